"""Texts that hold expressions: what they can be in a job, and whether each leg of its matrix has its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice, product

from bot.workflow import Job
from bot.yaml import Kind, Node

MOST = 200
"""Names that one template may stand for; more count as unknown."""
_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
_MATRIX = re.compile(r"matrix\.([\w-]+(?:\.[\w-]+)*)\Z")
_OF_RUN = re.compile(r"github\.(?:sha|ref|ref_name|run_id|run_number|run_attempt|event_name|repository|actor)\Z")
"""The same in every job of a run."""
_RUNNER = {"runner.os": ("Linux", "Windows", "macOS"), "runner.arch": ("X86", "X64", "ARM", "ARM64")}
_LEG = "strategy.job-index"


def expressions(template: str) -> tuple[str, ...]:
    """What stands between the braces."""
    return tuple(found[1] for found in _EXPRESSION.finditer(template))


def expand(template: str, job: Job) -> frozenset[str] | None:
    """Every name that a template can be in a job; None where that cannot be told."""
    whole = _EXPRESSION.match(template)
    if whole is not None and whole.end() == len(template):  # such as `${{ matrix.os }}`, as most are
        values = _values(whole[1], job)
        return _few(values) if values is not None else None
    choices: list[tuple[str, ...]] = []
    for inner in expressions(template):
        values = _values(inner, job)
        if values is None:
            return None
        choices.append(values)
    pieces = _EXPRESSION.split(template)[::2]
    return _few("".join(_woven(pieces, chosen)) for chosen in product(*choices))


def _few(names: Iterable[str]) -> frozenset[str] | None:
    found = frozenset(islice(names, MOST + 1))
    return found if len(found) <= MOST else None


def is_unique_per_leg(template: str, job: Job) -> bool:
    """Claims that no two jobs which a matrix makes of this one have the same name."""
    matrix = _matrix(job)
    if not job.has_matrix:
        return True
    named = expressions(template)
    if _LEG in named:
        return True
    keys = {found[1] for inner in named if (found := _MATRIX.match(inner))}
    if matrix is None or matrix.kind is not Kind.MAPPING:
        return False
    axes = {key.value: value for key, value in matrix.items() if key.value not in ("include", "exclude")}
    if axes:
        return all(_tells_apart(axis, value, keys) for axis, value in axes.items())
    return _entries_differ(matrix.get("include"), keys)


def _matrix(job: Job) -> Node | None:
    strategy = job.node.get("strategy")
    return strategy.get("matrix") if strategy is not None else None


def _tells_apart(axis: str, value: Node, keys: set[str]) -> bool:
    items = value.elements
    if items is not None and len(items) == 1:
        return True
    if axis in keys:
        return items is None or all(item.kind is Kind.SCALAR for item in items)
    below = [key.removeprefix(f"{axis}.") for key in keys if key.startswith(f"{axis}.")]
    return bool(below) and items is not None and _differ(items, below)


def _entries_differ(include: Node | None, keys: set[str]) -> bool:
    items = include.elements if include is not None else None
    return items is not None and (len(items) == 1 or _differ(items, sorted(keys)))


def _differ(items: Iterator[Node] | object, keys: list[str]) -> bool:
    """Claims that no two mappings have the same values at these dotted keys."""
    assert isinstance(items, (list, tuple))
    values = [tuple(_at(item, key) for key in keys) for item in items]
    return len(set(values)) == len(values) and not any("${{" in part for value in values for part in value)


def _at(node: Node, dotted: str) -> str:
    found: Node | None = node
    for key in dotted.split("."):
        found = found.get(key) if found is not None else None
    return found.value if found is not None and found.kind is Kind.SCALAR else ""


def _values(inner: str, job: Job) -> tuple[str, ...] | None:
    if _OF_RUN.match(inner):
        return (f"\0{inner}\0",)
    if inner in _RUNNER:
        return _RUNNER[inner]
    found = _MATRIX.match(inner)
    values = job.matrix.get(found[1]) if found is not None else None
    return values if values and not any("${{" in value for value in values) else None


def _woven(pieces: list[str], chosen: tuple[str, ...]) -> Iterator[str]:
    for index, piece in enumerate(pieces):
        yield piece
        if index < len(chosen):
            yield chosen[index]
