"""An empty value, `{}` or `[]` gets its first members."""

from __future__ import annotations

from bot.yaml import lines
from bot.yaml.changes import Change, Fresh, Place
from bot.yaml.edits import Edit
from bot.yaml.members import Layouts
from bot.yaml.render import Renderer, ends_in_block_scalar


def is_in_brackets(place: Place) -> bool:
    """Some collection around the place is written in brackets."""
    parent = place.parent
    return parent is not None and (parent.node.flow or is_in_brackets(parent))


def fill(change: Change, layouts: Layouts, renderer: Renderer) -> list[Edit]:
    """In block style wherever that can be; raises `Refused` for what is written strangely."""
    place, text = change.place, layouts.document.text
    node = place.node
    fresh = [addition.what for addition in change.ordered() if isinstance(addition.what, Fresh)]
    if node.anchor is not None or node.tag is not None:
        raise place.refuse("the empty collection has an anchor or a tag")
    if node.flow and text[node.start + 1 : node.end - 1].strip():
        raise place.refuse("there is a comment inside the empty brackets")
    if is_in_brackets(place):
        return [_in_brackets(place, fresh, layouts, renderer)]
    if place.parent is None:
        return [_at_root(place, fresh, text, renderer)]
    return _under(place, place.parent, fresh, layouts, renderer)


def _in_brackets(place: Place, fresh: list[Fresh], layouts: Layouts, renderer: Renderer) -> Edit:
    assert place.parent is not None
    node, text = place.node, layouts.document.text
    if any(each.comment for each in fresh):
        raise place.refuse("a comment cannot stand inside brackets")
    if fresh[0].key is None:
        new = renderer.flow([each.value for each in fresh])
    else:
        new = renderer.flow({each.key: each.value for each in fresh if each.key is not None})
    if node.start < node.end:
        return Edit(node.start, node.end, new)
    mark = layouts.of(place.parent.node).members[place.index].mark
    return Edit(mark, mark, f" {new}" if text[mark - 1] == ":" else f": {new}")


def _at_root(place: Place, fresh: list[Fresh], text: str, renderer: Renderer) -> Edit:
    node = place.node
    if node.start != lines.line_start(text, node.start) or node.start == node.end:
        raise place.refuse("there is nothing in the file to add to")
    if lines.comment_beside(text, node.end) is not None:
        raise place.refuse("a comment stands beside the empty brackets")
    return Edit(node.start, node.end, _bodies(fresh, 0, renderer))


def _under(place: Place, parent: Place, fresh: list[Fresh], layouts: Layouts, renderer: Renderer) -> list[Edit]:
    """Lines below the key, or beside the dash where no comment stands there."""
    node, text, around = place.node, layouts.document.text, layouts.of(parent.node)
    member = around.members[place.index]
    if lines.line_end(text, member.mark) < node.end:
        raise place.refuse("the empty value stands on another line than its key")
    style = renderer.style
    step = style.item if member.key is None else style.sequence if fresh[0].key is None else style.mapping
    body = _bodies(fresh, around.column + step, renderer)
    end = lines.line_end(text, node.end)
    if member.key is None and lines.comment_beside(text, node.end) is None:
        return [Edit(member.mark, node.end, " " * (step - 1) + body.lstrip(" "))]
    closed = lines.ends_unbroken(text, end) and ends_in_block_scalar(fresh[-1].value)
    below = Edit(end, end, style.line_break + body + (style.line_break if closed else ""))
    return [Edit(member.mark, node.end, ""), below] if node.end > member.mark else [below]


def _bodies(fresh: list[Fresh], column: int, renderer: Renderer) -> str:
    each = (renderer.member(one.key, one.value, column, one.comment) for one in fresh)
    return renderer.style.line_break.join(line for member in each for line in member)
