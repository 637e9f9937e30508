"""Operations -> what happens to which collection. Refuses what is not there; drops what stands there already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from bot.yaml.changes import (
    Addition,
    Change,
    Changes,
    Fresh,
    Note,
    Place,
    Verbatim,
    is_empty_value,
    merged,
    nodes,
    position,
)
from bot.yaml.meaning import agree, meaning
from bot.yaml.nodes import Document, Kind
from bot.yaml.ops import (
    Add,
    Append,
    Comment,
    Copy,
    Insert,
    Move,
    Op,
    Remove,
    Rename,
    Replace,
    ReplaceText,
)
from bot.yaml.places import check_not_merged, collection_at, index_of, key_of, parent_of, place_at
from bot.yaml.resolve_values import resolve_replace, resolve_replace_text


def resolve(document: Document, ops: Sequence[Op]) -> Changes:
    """All operations against the document as it is; raises `Refused` with one sentence."""
    changes = Changes(document)
    for op in ops:
        _HANDLERS[type(op)](op, changes)  # type: ignore[operator]  # each handler takes its own kind of operation
    _prune(changes)
    for change in changes:
        _check_stays(change.place, changes)
    return changes


def _check_stays(place: Place, changes: Changes) -> None:
    """Raises `Refused` where one operation works inside of what another one takes away."""
    while place.parent is not None:
        around = changes.by_node.get(id(place.parent.node))
        if around is not None and (place.index in around.gone or place.index in around.values):
            raise place.refuse("one of the changes removes, moves or replaces what another one changes")
        place = place.parent


def _add(op: Add, changes: Changes) -> None:
    key = key_of(op.path)
    place = collection_at(op.path[:-1], changes, Kind.MAPPING)
    change = changes.of(place)
    slot: int = change.size
    side: Literal["after", "before"] = "after"
    beside = op.after if op.after is not None else op.before
    if beside is not None:
        slot = index_of(place, beside)
        side = "after" if op.after is not None else "before"
        slot += side == "after"
    _add_key(change, key, Addition(slot=slot, side=side, what=_fresh(key, op)))


def _fresh(key: str | None, op: Add | Append | Insert) -> Fresh:
    return Fresh(key=key, value=op.value, data=meaning(op.value), comment=op.comment)


def _add_key(change: Change, key: str, addition: Addition) -> None:
    """An entry for a key that must be new, unless the entry would be the one that is there."""
    place, what = change.place, addition.what
    value = what.data if isinstance(what, Fresh) else place.node.children[what.index].plain()
    for other in change.added:
        if other.what.key == key:
            if isinstance(other.what, Fresh) and value == other.what.data:
                return
            raise place.refuse(f"the key {key!r} would be added twice")
    if place.node.kind is Kind.MAPPING:
        there = place.node.get(key)
        if there is not None and not _is_free(position(place.node, key), change):
            if agree(value, there):
                return
            raise place.refuse(f"the key {key!r} is there already, with another value")
        if there is None and merged(place.node, key):
            raise place.refuse(f"the key {key!r} comes from a merge key (<<) already")
    change.added.append(addition)


def _is_free(index: int, change: Change) -> bool:
    """Claims that the entry goes or gets another key."""
    return index in change.removed or index in change.keys


def _append(op: Append, changes: Changes) -> None:
    place = collection_at(op.path, changes, Kind.SEQUENCE)
    change = changes.of(place)
    what = _fresh(None, op)
    if not is_empty_value(place.node) and any(agree(what.data, each) for each in place.node.children):
        return
    change.added.append(Addition(slot=change.size, side="after", what=what))


def _insert(op: Insert, changes: Changes) -> None:
    place = place_at(op.path, changes)
    parent = parent_of(place, changes)
    change = changes.of(parent)
    what = _fresh(op.key, op)
    addition = Addition(slot=place.index + (op.where == "after"), side=op.where, what=what)
    if parent.node.kind is Kind.MAPPING:
        if op.key is None:
            raise place.refuse("an entry that is inserted into a mapping needs a key")
        _add_key(change, op.key, addition)
        return
    if op.key is not None:
        raise place.refuse("an item of a list has no key")
    items = parent.node.children
    neighbours = items[max(place.index - 1, 0) : place.index + 1]
    if op.where == "after":
        neighbours = items[place.index : place.index + 2]
    if not any(agree(what.data, each) for each in neighbours):
        change.added.append(addition)


def _remove(op: Remove, changes: Changes) -> None:
    place = changes.locate(op.path)
    if place is None:
        return
    parent = parent_of(place, changes)
    check_not_merged(place, parent)
    changes.check_unshared(place)
    change = changes.of(parent)
    change.removed.add(place.index)
    change.prune = change.prune or op.prune
    if op.about:
        change.about[place.index] = op.about


def _prune(changes: Changes) -> None:
    """Collections that lose all their members and should not stay empty lose their own entry instead."""
    for change in sorted(changes, key=lambda change: -len(change.place.path)):
        if changes.by_node.get(id(change.place.node)) is not change:
            continue  # pruned already, from below
        while change.prune and not change.added and len(change.removed) == change.size:
            place = change.place
            if place.parent is None:
                raise place.refuse("nothing would be left in the file")
            changes.check_open(place.parent)
            changes.check_unshared(place)
            del changes.by_node[id(place.node)]
            about = next(iter(change.about.values()), ())
            change = changes.of(place.parent)  # noqa: PLW2901 - up one level
            change.removed.add(place.index)
            change.prune = True
            if about:
                change.about[place.index] = about


def _rename(op: Rename, changes: Changes) -> None:
    key = key_of(op.path)
    parent = changes.locate(op.path[:-1])
    place = changes.locate(op.path)
    if parent is not None and parent.node.get(op.key) is not None:
        if place is None or key == op.key:
            return
        raise place.refuse(f"the key {op.key!r} is there already")
    place, parent = place_at(op.path, changes), parent_of(place_at(op.path, changes), changes)
    check_not_merged(place, parent)
    if merged(parent.node, op.key):
        raise place.refuse(f"the key {op.key!r} comes from a merge key (<<) already")
    changes.of(parent).keys[place.index] = op.key


def _move(op: Move, changes: Changes) -> None:
    place = place_at(op.path, changes)
    parent = parent_of(place, changes)
    change = changes.of(parent)
    beside = op.after if op.after is not None else op.before
    side: Literal["after", "before"] = "after" if op.before is None or op.after is not None else "before"
    slot = change.size if beside is None else index_of(parent, beside) + (side == "after")
    if slot in (place.index, place.index + 1):
        return
    if place.index in change.moved:
        raise place.refuse("it would be moved twice")
    change.moved.add(place.index)
    change.added.append(Addition(slot=slot, side=side, what=Verbatim(index=place.index)))


def _copy(op: Copy, changes: Changes) -> None:
    key_of(op.path)
    place = place_at(op.path, changes)
    parent = parent_of(place, changes)
    if any(node.anchor is not None for node in nodes(place.node)):
        raise place.refuse("an anchor stands in it, and a copy would define it twice")
    what = Verbatim(index=place.index, key=op.key)
    _add_key(changes.of(parent), op.key, Addition(slot=place.index + 1, side="after", what=what))


def _comment(op: Comment, changes: Changes) -> None:
    place = place_at(op.path, changes)
    parent = parent_of(place, changes)
    note = Note(index=place.index, text=op.text, where=op.where, replace=op.replace)
    changes.of(parent).notes.append(note)


_HANDLERS: Final = {
    Add: _add,
    Append: _append,
    Insert: _insert,
    Replace: resolve_replace,
    ReplaceText: resolve_replace_text,
    Remove: _remove,
    Rename: _rename,
    Move: _move,
    Copy: _copy,
    Comment: _comment,
}
