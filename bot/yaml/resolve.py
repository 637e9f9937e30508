"""Operations -> what happens to which collection. Refuses what is not there; drops what stands there already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from bot.errors import Refused
from bot.model import YamlPath
from bot.yaml.changes import (
    Addition,
    Change,
    Changes,
    Fresh,
    Note,
    Place,
    Splice,
    Verbatim,
    is_empty_value,
    merged,
    nodes,
    position,
)
from bot.yaml.nodes import Document, Kind, Node, ScalarStyle
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
    Value,
)
from bot.yaml.quoting import reads_as_string
from bot.yaml.render import split
from bot.yaml.square import agree, meaning


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
    key = _key(op.path)
    place = _collection(op.path[:-1], changes, Kind.MAPPING)
    change = changes.of(place)
    slot: int = change.size
    side: Literal["after", "before"] = "after"
    beside = op.after if op.after is not None else op.before
    if beside is not None:
        slot = _sibling(place, beside)
        side = "after" if op.after is not None else "before"
        slot += side == "after"
    _add_key(change, key, Addition(slot=slot, side=side, what=Fresh(key=key, value=op.value, comment=op.comment)))


def _add_key(change: Change, key: str, addition: Addition) -> None:
    """An entry for a key that must be new, unless the entry would be the one that is there."""
    place, what = change.place, addition.what
    value = meaning(what.value) if isinstance(what, Fresh) else place.node.children[what.index].plain()
    for other in change.added:
        if other.what.key == key:
            if isinstance(other.what, Fresh) and value == meaning(other.what.value):
                return
            raise place.refuse(f"the key {key!r} would be added twice")
    if place.node.kind is Kind.MAPPING:
        there = place.node.get(key)
        if there is not None and position(place.node, key) not in change.removed:
            if agree(value, there.plain()):
                return
            raise place.refuse(f"the key {key!r} is there already, with another value")
        if there is None and merged(place.node, key):
            raise place.refuse(f"the key {key!r} comes from a merge key (<<) already")
    change.added.append(addition)


def _append(op: Append, changes: Changes) -> None:
    place = _collection(op.path, changes, Kind.SEQUENCE)
    change = changes.of(place)
    value = meaning(op.value)
    if not is_empty_value(place.node) and any(agree(value, each.plain()) for each in place.node.children):
        return
    what = Fresh(key=None, value=op.value, comment=op.comment)
    change.added.append(Addition(slot=change.size, side="after", what=what))


def _insert(op: Insert, changes: Changes) -> None:
    place = _place(op.path, changes)
    parent = _parent(place, changes)
    change = changes.of(parent)
    what = Fresh(key=op.key, value=op.value, comment=op.comment)
    addition = Addition(slot=place.index + (op.where == "after"), side=op.where, what=what)
    if parent.node.kind is Kind.MAPPING:
        if op.key is None:
            raise place.refuse("an entry that is inserted into a mapping needs a key")
        _add_key(change, op.key, addition)
        return
    if op.key is not None:
        raise place.refuse("an item of a list has no key")
    value, items = meaning(op.value), parent.node.children
    neighbours = items[max(place.index - 1, 0) : place.index + 1]
    if op.where == "after":
        neighbours = items[place.index : place.index + 2]
    if not any(agree(value, each.plain()) for each in neighbours):
        change.added.append(addition)


def _replace(op: Replace, changes: Changes) -> None:
    place = _place(op.path, changes)
    parent = _parent(place, changes)
    if place.node.alias is not None:
        raise place.refuse(f"the alias *{place.node.alias} stands there")
    if _is_value(place.node, op.value):
        return
    changes.check_unshared(place)
    if place.node.tag is not None:
        raise place.refuse(f"the value has a tag ({place.node.tag}), which says how it is read")
    if place.node.anchor is not None and place.node.kind is not Kind.SCALAR:
        raise place.refuse(f"the anchor &{place.node.anchor} stands there")
    change = changes.of(parent)
    if place.index in change.values and meaning(op.value) != meaning(change.values[place.index]):
        raise place.refuse("the value would be replaced by two others")
    change.values[place.index] = op.value


def _is_value(node: Node, value: Value) -> bool:
    """The value stands there already: the same data, and for scalars read as the same kind of data."""
    if not agree(meaning(value), node.plain()):
        return False
    value, _, _ = split(value)
    if node.style is ScalarStyle.PLAIN and isinstance(value, str):
        return reads_as_string(value)
    return node.style in (None, ScalarStyle.PLAIN) or not (value is None or isinstance(value, int))


def _replace_text(op: ReplaceText, changes: Changes) -> None:
    place = _place(op.path, changes)
    parent = _parent(place, changes)
    node = place.node
    if node.alias is not None or node.kind is not Kind.SCALAR or not op.old:
        raise place.refuse("a text can be replaced in a scalar alone, and not in an alias or an empty text")
    if _is_replaced(node.value, op):
        return
    found = node.value.count(op.old)
    if found != op.count:
        raise place.refuse(f"the text to be replaced stands there {found} times and not {op.count}")
    if node.anchor in changes.document.aliased:
        raise place.refuse(f"the anchor &{node.anchor} stands there, and aliases show it elsewhere")
    splices = changes.of(parent).texts.setdefault(place.index, [])
    at = node.value.find(op.old)
    while at >= 0:
        splices.append(Splice(start=at, end=at + len(op.old), new=op.new))
        at = node.value.find(op.old, at + len(op.old))


def _is_replaced(text: str, op: ReplaceText) -> bool:
    """Every `old` that is left is part of a `new`."""
    if not op.new:
        return op.old not in text
    return op.new in text and op.old not in text.replace(op.new, "\0")


def _remove(op: Remove, changes: Changes) -> None:
    place = changes.locate(op.path)
    if place is None:
        return
    parent = _parent(place, changes)
    _check_not_merged(place, parent)
    changes.check_unshared(place)
    change = changes.of(parent)
    change.removed.add(place.index)
    change.prune = change.prune or op.prune


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
            change = changes.of(place.parent)  # noqa: PLW2901 - up one level
            change.removed.add(place.index)
            change.prune = True


def _rename(op: Rename, changes: Changes) -> None:
    key = _key(op.path)
    parent = changes.locate(op.path[:-1])
    place = changes.locate(op.path)
    if parent is not None and parent.node.get(op.key) is not None:
        if place is None or key == op.key:
            return
        raise place.refuse(f"the key {op.key!r} is there already")
    place, parent = _place(op.path, changes), _parent(_place(op.path, changes), changes)
    _check_not_merged(place, parent)
    if merged(parent.node, op.key):
        raise place.refuse(f"the key {op.key!r} comes from a merge key (<<) already")
    changes.of(parent).keys[place.index] = op.key


def _move(op: Move, changes: Changes) -> None:
    place = _place(op.path, changes)
    parent = _parent(place, changes)
    change = changes.of(parent)
    beside = op.after if op.after is not None else op.before
    side: Literal["after", "before"] = "after" if op.before is None or op.after is not None else "before"
    slot = change.size if beside is None else _sibling(parent, beside) + (side == "after")
    if slot in (place.index, place.index + 1):
        return
    if place.index in change.moved:
        raise place.refuse("it would be moved twice")
    change.moved.add(place.index)
    change.added.append(Addition(slot=slot, side=side, what=Verbatim(index=place.index)))


def _copy(op: Copy, changes: Changes) -> None:
    _key(op.path)
    place = _place(op.path, changes)
    parent = _parent(place, changes)
    if any(node.anchor is not None for node in nodes(place.node)):
        raise place.refuse("an anchor stands in it, and a copy would define it twice")
    what = Verbatim(index=place.index, key=op.key)
    _add_key(changes.of(parent), op.key, Addition(slot=place.index + 1, side="after", what=what))


def _comment(op: Comment, changes: Changes) -> None:
    place = _place(op.path, changes)
    parent = _parent(place, changes)
    note = Note(index=place.index, text=op.text, where=op.where, replace=op.replace)
    changes.of(parent).notes.append(note)


def _key(path: YamlPath) -> str:
    if path and isinstance(path[-1], str):
        return path[-1]
    raise Refused("a path that ends in a key is needed", path=path)


def _place(path: YamlPath, changes: Changes) -> Place:
    place = changes.locate(path)
    if place is None:
        raise Refused(f"there is nothing at {'.'.join(map(str, path))!r}", path=path)
    return place


def _parent(place: Place, changes: Changes) -> Place:
    if place.parent is None:
        raise place.refuse("this cannot be done to the file as a whole")
    changes.check_open(place.parent)
    return place.parent


def _collection(path: YamlPath, changes: Changes, kind: Kind) -> Place:
    """The place of a collection that takes another member: of this kind, or empty."""
    place = _place(path, changes)
    changes.check_open(place)
    if place.node.kind is kind or is_empty_value(place.node):
        return place
    raise place.refuse(f"a {kind.value} was expected there and a {place.node.kind.value} was found")


def _sibling(parent: Place, step: str | int) -> int:
    node = parent.node
    there = node.get(step) is not None if isinstance(step, str) else -len(node.children) <= step < len(node.children)
    if is_empty_value(node) or not there:
        raise parent.refuse(f"there is no {step!r} to stand beside")
    return position(node, step)


def _check_not_merged(place: Place, parent: Place) -> None:
    key = place.path[-1]
    if isinstance(key, str) and merged(parent.node, key):
        raise place.refuse(f"a merge key (<<) brings {key!r} in too")


_HANDLERS: Final = {
    Add: _add,
    Append: _append,
    Insert: _insert,
    Replace: _replace,
    ReplaceText: _replace_text,
    Remove: _remove,
    Rename: _rename,
    Move: _move,
    Copy: _copy,
    Comment: _comment,
}
