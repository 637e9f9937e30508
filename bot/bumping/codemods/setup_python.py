"""actions/setup-python: the default version that is gone since version 4, numbers that YAML shortens, `pip-install`.

https://github.com/actions/setup-python/releases
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.bumping.codemods.codemod import NOTHING, Crossing, Rewrite
from bot.errors import Refused
from bot.model import YamlPath
from bot.yaml import Insert, Node, Op, Remove, Replace, ScalarStyle

ACTIONS = frozenset({"actions/setup-python"})

_SHORTENED = re.compile(r"\d+\.\d*0\Z")
_MATRIX = re.compile(r"\s*\$\{\{\s*matrix\.([\w-]+)\s*\}\}\s*\Z")
_PIP_INSTALL = "pip-install"
_COVERED = frozenset({_PIP_INSTALL})


def rewrite(crossing: Crossing) -> Rewrite:
    """What keeps the same Python being set up. Raises Refused."""
    ops: list[Op] = []
    said: list[str] = []
    if crossing.passes(4) and not (crossing.given("python-version") or crossing.given("python-version-file")):
        ops.append(crossing.adding("python-version", '"3.x"'))
        said.append('`python-version: "3.x"` says what was its default')
    quoted = _quoted(crossing)
    if quoted:
        ops += quoted
        said.append("a version such as `3.10` is quoted, for without quotes it is the number 3.1")
    covers = _COVERED if crossing.passes(7) else NOTHING.covers
    if covers and crossing.given(_PIP_INSTALL) is not None:
        ops += _installing(crossing)
        said.append("what `pip-install` installed is installed by a step of its own")
    return Rewrite(ops=tuple(ops), said=tuple(said), covers=covers)


def _quoted(crossing: Crossing) -> list[Op]:
    block = crossing.step.node.get("with")
    node = block.get("python-version") if block is not None else None
    if node is None:
        return []
    # As a text, so that it gets quotes.
    own = [Replace((*crossing.step.path, "with", "python-version"), node.value)] if _is_shortened(node) else []
    found = _MATRIX.match(node.value)  # the value of what is no scalar is empty
    return [*own, *_in_matrix(crossing, found[1])] if found is not None else [*own]


def _in_matrix(crossing: Crossing, key: str) -> Iterator[Op]:
    path: YamlPath = (*crossing.job.path, "strategy", "matrix")
    matrix = crossing.place.workflow.document.find(path)
    if matrix is None:
        return
    axis = matrix.get(key)
    for index, item in enumerate(axis.elements or () if axis is not None else ()):
        if _is_shortened(item):
            yield Replace((*path, key, index), item.value)
    more = matrix.get("include")
    for index, entry in enumerate(more.elements or () if more is not None else ()):
        value = entry.get(key)
        if value is not None and _is_shortened(value):
            yield Replace((*path, "include", index, key), value.value)


def _is_shortened(node: Node) -> bool:
    return _SHORTENED.match(node.value) is not None and node.style is ScalarStyle.PLAIN and node.alias is None


def _installing(crossing: Crossing) -> tuple[Op, ...]:
    value = crossing.given(_PIP_INSTALL) or ""
    simple = "${{" not in value and "\n" not in value.strip() and crossing.step.condition is None
    if not simple or crossing.step.node.flow or crossing.place.in_action:  # there a step has to name its shell
        raise Refused(
            "setup-python 7 has no input `pip-install`; install with pip in a step of its own, then raise the action."
        )
    return (
        Remove((*crossing.step.path, "with", crossing.spelt(_PIP_INSTALL)), prune=True),
        Insert(crossing.step.path, {"run": f"python -m pip install {value.strip()}"}),
    )
