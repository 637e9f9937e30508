"""Small readings of a node that forgive every shape: what is not there, or not of the kind looked for, is empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.yaml import Kind, Node

_SCALAR = Kind.SCALAR  # looked up once: these ask it of every node of a workflow
NOTHING: Mapping[str, str] = {}


def text(node: Node | None) -> str | None:
    """A scalar's text, None for everything else and for an empty value."""
    return node.value or None if node is not None and node.kind is _SCALAR else None


def parts(node: Node | None) -> Mapping[str, Node]:
    """The entries of a mapping, by key, as `Node.get` finds them."""
    if node is None or not node.entries:
        return {}
    return {key: value for key, (name, value) in node.entries.items() if name.kind is _SCALAR and name.alias is None}


def strings(node: Node | None) -> tuple[str, ...]:
    """The scalars of a sequence, or the one scalar that stands in place of it."""
    if node is None:
        return ()
    if node.kind is _SCALAR:
        return (node.value,) if node.value else ()
    return tuple([item.value for item in node.elements or () if item.kind is _SCALAR])


def table(node: Node | None) -> Mapping[str, str]:
    """The scalar entries of a mapping."""
    if node is None or not node.entries:
        return NOTHING
    return {
        key.value: value.value for key, value in node.entries.values() if key.kind is _SCALAR and value.kind is _SCALAR
    }


def pairs(node: Node | None) -> Sequence[tuple[Node, Node]]:
    """Entries of a mapping whose key is a plain word."""
    if node is None or not node.entries:
        return ()
    return [pair for pair in node.entries.values() if pair[0].kind is _SCALAR]
