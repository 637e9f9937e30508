"""`strategy.matrix`: every value that is spelt out for a key, combinations left aside."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from bot.workflow.nodes import pairs
from bot.yaml import Kind, Node

_SCALAR = Kind.SCALAR


@lru_cache(maxsize=4)  # nodes are told apart by identity; a hostile job asks for its matrix once in every step
def values(node: Node | None) -> Mapping[str, tuple[str, ...]]:
    """Every value that a key of a matrix may have, by its dotted key."""
    found: dict[str, dict[str, None]] = {}
    for key, value in pairs(node):
        if key.value == "exclude":
            continue
        _gather(found, "" if key.value == "include" else key.value, value)
    return {name: tuple(items) for name, items in found.items()}


def _gather(found: dict[str, dict[str, None]], name: str, node: Node) -> None:
    """Adds every value below a key of a matrix under its dotted key, lists of mappings looked through."""
    stack = [(name, node)]
    while stack:
        name, node = stack.pop()
        items = (node,) if node.elements is None else node.elements
        values = [item.value for item in items if item.kind is _SCALAR]
        if values and len(values) == len(items):
            found.setdefault(name, {}).update(dict.fromkeys(values))
        elif node.elements is not None:
            stack.extend([(name, item) for item in reversed(node.elements)])
        else:
            stack.extend([(f"{name}.{key.value}" if name else key.value, value) for key, value in pairs(node)])
