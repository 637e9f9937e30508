"""Comments above an entry or item, and beside it."""

from __future__ import annotations

from bot.yaml import lines
from bot.yaml.changes import Note, Place
from bot.yaml.edits import Edit
from bot.yaml.members import Layout, Layouts, Member, content_start
from bot.yaml.nodes import BLOCK_SCALARS, Kind
from bot.yaml.render import Renderer, comment_of


def note_edits(note: Note, place: Place, layouts: Layouts, renderer: Renderer) -> list[Edit]:
    """Nothing where the comment stands there already; raises `Refused` where another one does."""
    around = layouts.of(place.node)
    if note.where == "above":
        return _above(note, place, around, renderer)
    return _beside(note, place, layouts, renderer)


def _above(note: Note, place: Place, around: Layout, renderer: Renderer) -> list[Edit]:
    text, member = around.text, around.members[note.index]
    start = lines.line_start(text, member.start)
    # What shares its line with a dash gets its comment above the dash.
    indent = text[start : start + lines.indent_of(text, start)]
    if not member.own_line and text[start + len(indent)] != "-":
        raise place.refuse("no comment can stand right above what shares its line with something else")
    new = [indent + comment_of(line) for line in note.text.splitlines()]
    if not new or _stands_above(new, text, start):
        return []
    return [Edit(start, start, "".join(line + renderer.style.line_break for line in new))]


def _stands_above(new: list[str], text: str, start: int) -> bool:
    above: list[str] = []
    while len(above) < len(new) and (at := lines.previous_line(text, start)) is not None:
        above.insert(0, text[at : lines.line_end(text, at)])
        start = at
    return above == new


def _beside(note: Note, place: Place, layouts: Layouts, renderer: Renderer) -> list[Edit]:
    around = layouts.of(place.node)
    text, member = around.text, around.members[note.index]
    while (first := _first_beside(member, layouts)) is not None:
        member = first
    end = _beside_which(text, member)
    comment = lines.comment_beside(text, end)
    new = _written(note.text)
    if comment is None:
        if lines.skip_blanks(text, end) != lines.line_end(text, end):
            raise place.refuse("something else follows on the line")
        return [Edit(end, lines.line_end(text, end), renderer.style.comment_gap + new)] if note.text else []
    stop = lines.line_end(text, comment)
    if text[comment:stop].rstrip() == new and note.text:
        return []
    if not note.replace:
        raise place.refuse("another comment stands there")
    return [Edit(comment, stop, new)] if note.text else [Edit(end, stop, "")]


def _written(text: str) -> str:
    """A comment as it shall be written: one that is given with its `#` stays as it is, `#v4` too."""
    plain = comment_of(text)
    return text.strip() if text.strip().startswith("#") else plain


def _first_beside(member: Member, layouts: Layouts) -> Member | None:
    """The first member inside an item, where it shares the dash's line: a comment on that line is beside it."""
    value = member.value
    if member.key is not None or value.kind is Kind.SCALAR or value.flow or value.alias is not None:
        return None
    first = layouts.of(value).members[0]
    return None if first.own_line else first


def _beside_which(text: str, member: Member) -> int:
    """Where the part of a member ends that its comment stands beside: its value, or the line of its key or header."""
    value = member.value
    if value.style in BLOCK_SCALARS:
        start = content_start(text, value)
        return start + len(text[start : lines.line_end(text, start)].split(" ", 1)[0].split("\t", 1)[0])
    is_block = value.kind is not Kind.SCALAR and not value.flow and value.alias is None
    if is_block and lines.line_end(text, member.mark) < value.end and member.key is not None:
        props = text[value.start : content_start(text, value)].split("\n", 1)[0].rstrip()
        same_line = lines.line_end(text, member.mark) > value.start
        return value.start + len(props) if same_line else member.mark
    return max(member.mark, value.end)
