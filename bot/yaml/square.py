"""What operations mean on plain data, and the proof that the edited text means the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from bot.errors import Refused, Unparsable
from bot.yaml.changes import Change, Changes, Fresh, is_empty_value, spliced
from bot.yaml.document import parse
from bot.yaml.meaning import Model, agree, meaning
from bot.yaml.nodes import Document, Kind, Node

_Wanted = Model | Node
_NOTHING: Final[Mapping[int, Change]] = {}
"""What happens to what stands behind an alias: an edit that would reach through one is refused."""


def prove(before: str, after: str, changes: Changes) -> Document:
    """The edited text as a document; raises `Refused` unless it means what the operations mean on plain data."""
    try:
        document = parse(after)
    except Unparsable as error:
        raise Refused(f"the edited file could not be read any more ({error.reason})", line=error.line) from error
    if not _commutes(changes, document):
        raise Refused("the edit would have changed more than it should, or less")
    if before[:1] == "\ufeff" != after[:1]:
        raise Refused("the edit would have lost the byte order mark")
    if before.endswith(("\n", "\r")) and not after.endswith(("\n", "\r")):
        raise Refused("the edit would have lost the last line break")
    if "\r\n" in before and before.count("\r\n") == before.count("\n") and after.count("\r\n") != after.count("\n"):
        raise Refused("the edit would have mixed line endings")
    return document


def _commutes(changes: Changes, after: Document) -> bool:
    """The document after the edit holds what the changes make of the one before, key for key and text for text.

    Both trees are walked side by side, every node of them: as good as comparing them as plain data, which would have to
    be made first.
    """
    old, new = changes.document.root, after.root
    if old is None or new is None:
        return old is new
    return _holds(old, new, changes.by_node)


def _holds(node: Node, found: Node, changes: Mapping[int, Change]) -> bool:
    """`found` holds what the changes make of `node`."""
    if node.alias is not None:
        changes = _NOTHING
    elif (change := changes.get(id(node))) is not None:
        return _holds_changed(change, found, changes)
    if node.kind is not found.kind or node.value != found.value:
        return False
    if node.entries is not None and (found.entries is None or list(node.entries) != list(found.entries)):
        return False
    members, there = node.children, found.children
    if len(members) != len(there):
        return False
    for member, item in zip(members, there, strict=True):
        # Most members are scalars to which nothing happens: they are told apart here and now.
        is_plain = member.kind is Kind.SCALAR is item.kind and id(member) not in changes
        if member.value != item.value if is_plain else not _holds(member, item, changes):
            return False
    return True


def _holds_changed(change: Change, found: Node, changes: Mapping[int, Change]) -> bool:
    node = change.place.node
    if node.kind is Kind.SCALAR and not is_empty_value(node):
        return agree(node.value, found)
    pairs = _pairs(node, change)
    is_mapping = pairs[0][0] is not None if node.kind is Kind.SCALAR and pairs else node.kind is Kind.MAPPING
    keys = [key for key, _ in pairs if key is not None]
    if not is_mapping:
        there: Sequence[Node] | None = found.elements
    else:
        if len(set(keys)) != len(pairs):
            raise Refused("a key would stand twice in one mapping", line=node.line)
        there = found.children if found.entries is not None and keys == list(found.entries) else None
    if there is None or len(pairs) != len(there):
        return False
    return all(
        _holds(wanted, item, changes) if isinstance(wanted, Node) else agree(wanted, item)
        for (_, wanted), item in zip(pairs, there, strict=True)
    )


def _pairs(node: Node, change: Change) -> list[tuple[str | None, _Wanted]]:
    """The members after the change, keys None in a sequence; a node stands for itself with what happens inside it."""
    keys: list[str | None] = list(node.entries) if node.entries is not None else [None] * len(node.children)
    old = [(key, _member(value, i, change)) for i, (key, value) in enumerate(zip(keys, node.children, strict=True))]
    result: list[tuple[str | None, _Wanted]] = []
    done = 0
    for addition in change.ordered():
        result += _kept(old, change, done, addition.slot)
        done = addition.slot
        what = addition.what
        if isinstance(what, Fresh):
            result.append((what.key, what.data))
        else:
            source = node.children[what.index]
            result.append((keys[what.index], source) if what.key is None else (what.key, source.plain()))
    return result + _kept(old, change, done, len(old))


def _kept(
    old: list[tuple[str | None, _Wanted]], change: Change, start: int, end: int
) -> list[tuple[str | None, _Wanted]]:
    return [(change.keys.get(i, old[i][0]), old[i][1]) for i in range(start, end) if i not in change.gone]


def _member(node: Node, index: int, change: Change) -> _Wanted:
    if index in change.values:
        return meaning(change.values[index])
    if index in change.texts:
        return spliced(node.value, change.texts[index])
    return node
