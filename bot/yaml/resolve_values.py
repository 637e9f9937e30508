"""`Replace` and `ReplaceText` -> what happens to which member; the other operations are in `resolve`."""

from __future__ import annotations

from bot.yaml.changes import Changes, Splice
from bot.yaml.meaning import agree, meaning
from bot.yaml.nodes import Kind, Node, ScalarStyle
from bot.yaml.ops import Replace, ReplaceText, Value
from bot.yaml.places import parent_of, place_at
from bot.yaml.quoting import reads_as_string
from bot.yaml.render import split


def resolve_replace(op: Replace, changes: Changes) -> None:
    place = place_at(op.path, changes)
    parent = parent_of(place, changes)
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
    if not agree(meaning(value), node):
        return False
    value, _, _ = split(value)
    if node.style is ScalarStyle.PLAIN and isinstance(value, str):
        return reads_as_string(value)
    return node.style in (None, ScalarStyle.PLAIN) or not (value is None or isinstance(value, int))


def resolve_replace_text(op: ReplaceText, changes: Changes) -> None:
    place = place_at(op.path, changes)
    parent = parent_of(place, changes)
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
