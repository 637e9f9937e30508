"""Small readings of a node that forgive every shape: what is not there, or not of the kind looked for, is empty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.yaml import Kind, Node


def text(node: Node | None) -> str | None:
    """A scalar's text, None for everything else and for an empty value."""
    return node.value or None if node is not None and node.kind is Kind.SCALAR else None


def texts(node: Node) -> dict[str, str]:
    """The entries of a mapping that have a scalar's text, by key.

    One look at those that are there, because a step has three or four of the dozen that it may have.
    """
    return {
        key: value.value
        for key, (name, value) in (node.entries or {}).items()
        if value.kind is Kind.SCALAR and value.value and name.kind is Kind.SCALAR and name.alias is None
    }


def strings(node: Node | None) -> tuple[str, ...]:
    """The scalars of a sequence, or the one scalar that stands in place of it."""
    if node is None:
        return ()
    if node.kind is Kind.SCALAR:
        return (node.value,) if node.value else ()
    return tuple(item.value for item in node.elements or () if item.kind is Kind.SCALAR)


def table(node: Node | None) -> Mapping[str, str]:
    """The scalar entries of a mapping."""
    if node is None or not node.entries:
        return {}
    return {
        key.value: value.value
        for key, value in node.entries.values()
        if key.kind is Kind.SCALAR and value.kind is Kind.SCALAR
    }


def pairs(node: Node | None) -> Iterator[tuple[Node, Node]]:
    """Entries of a mapping whose key is a plain word."""
    for key, value in node.items() if node is not None else ():
        if key.kind is Kind.SCALAR:
            yield key, value
