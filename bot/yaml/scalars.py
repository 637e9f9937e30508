"""Another text inside a scalar: the characters of its source that the decoded ones stand for."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from bot.yaml import lines
from bot.yaml.changes import Place, Splice, spliced
from bot.yaml.document import parse
from bot.yaml.edits import Edit, apply
from bot.yaml.members import content_start
from bot.yaml.nodes import BLOCK_SCALARS, Node, ScalarStyle
from bot.yaml.quoting import quoted
from bot.yaml.render import Renderer


def retext(
    place: Place, node: Node, splices: list[Splice], renderer: Renderer, text: str, *, brackets: bool
) -> list[Edit]:
    """The edits of one scalar; raises `Refused` where source and decoded text cannot be laid side by side."""
    if node.style in BLOCK_SCALARS:
        return _in_block(text, place, node, splices, renderer.style.line_break)
    start = content_start(text, node)
    source = text[start : node.end]
    margin = 0 if node.style is ScalarStyle.PLAIN else 1
    new = spliced(node.value, splices)
    if node.style is ScalarStyle.PLAIN and "\n" in new:
        raise place.refuse("a value without quotes cannot hold several lines")
    if source[margin : len(source) - margin] == node.value and _same_style(new, node, renderer, brackets=brackets):
        offset = start + margin
        return [Edit(offset + each.start, offset + each.end, each.new) for each in splices]
    if node.style is ScalarStyle.DOUBLE and (edits := _in_double_quotes(source, start, new, node, splices)):
        return edits
    if any(character in source for character in lines.BREAKS) and node.style is not ScalarStyle.PLAIN:
        raise place.refuse("the text is folded over several lines")
    wish = node.style or ScalarStyle.PLAIN
    return [Edit(start, node.end, renderer.scalar(new, wish=wish, brackets=brackets))]


def _same_style(new: str, node: Node, renderer: Renderer, *, brackets: bool) -> bool:
    """The new text stands in the old quotes without any escape."""
    wish = node.style or ScalarStyle.PLAIN
    written = renderer.scalar(new, wish=wish, brackets=brackets)
    return written == wish.value + new + wish.value


def _in_double_quotes(source: str, start: int, new: str, node: Node, splices: list[Splice]) -> list[Edit]:
    """Edits that leave the escapes around alone; none where the old texts cannot be found between them."""
    edits: list[Edit] = []
    at = 0
    for splice in sorted(splices, key=lambda splice: splice.start):
        old = quoted(node.value[splice.start : splice.end], ScalarStyle.DOUBLE)[1:-1]
        if source.count(old) != len(splices) or (at := source.find(old, at)) < 0:
            return []
        edits.append(Edit(start + at, start + at + len(old), quoted(splice.new, ScalarStyle.DOUBLE)[1:-1]))
        at += len(old)
    written = apply(source, [Edit(each.start - start, each.end - start, each.new) for each in edits])
    return edits if parse(f"- {written}\n").plain() == [new] else []


class _Row(Struct, frozen=True):
    """One line of a block scalar: `length` characters from `decoded` on in its text, from `source` on in the file."""

    decoded: int
    length: int
    source: int
    missing: int
    """How many spaces of indentation a blank line lacks."""


def _in_block(text: str, place: Place, node: Node, splices: list[Splice], line_break: str) -> list[Edit]:
    indent = _indent(text, node)
    rows = list(_rows(text, node, indent))
    if not rows or any(row.decoded < 0 for row in rows):
        raise place.refuse("the lines of the block scalar could not be told apart")
    return [_edit(text, place, node, splice, rows, line_break + " " * indent) for splice in splices]


def _indent(text: str, node: Node) -> int:
    """The spaces that are no part of the scalar's lines."""
    start = lines.past_blank_lines(text, lines.next_line(text, content_start(text, node)))
    first = node.value.lstrip("\n").split("\n", 1)[0]
    return lines.indent_of(text, start) - (len(first) - len(first.lstrip(" ")))


def _rows(text: str, node: Node, indent: int) -> Iterator[_Row]:
    """Row by row; `decoded` is -1 where a row's characters are not in the decoded text where they should be."""
    start, at, value = lines.next_line(text, content_start(text, node)), 0, node.value
    folded = node.style is ScalarStyle.FOLDED
    while start <= node.end and start < len(text):
        end = lines.line_end(text, start)
        source = min(start + indent, end)
        content = text[source:end]
        while folded and not value.startswith(content, at) and value[at : at + 1] in (" ", "\n"):
            at += 1
        matches = value.startswith(content, at) and lines.skip_blanks(text, start) >= source
        yield _Row(at if matches else -1, len(content), source, indent - (source - start))
        at += len(content) + (0 if folded else 1)
        start = lines.next_line(text, end) if end < len(text) else len(text) + 1


def _edit(text: str, place: Place, node: Node, splice: Splice, rows: list[_Row], new_line: str) -> Edit:
    first = _row(rows, splice.start)
    last = _row(rows, splice.end)  # None where the splice takes the last line break, which the span does not hold
    if first is None or (last is not first and node.style is ScalarStyle.FOLDED and "\n" in splice.new):
        raise place.refuse("the text to be replaced is folded over several lines")
    start = first.source + splice.start - first.decoded
    if last is None:
        if splice.new.endswith("\n"):
            return Edit(start, node.end, _indented(splice.new[:-1], new_line))
        if splice.new or splice.start != first.decoded or first.decoded == 0:
            raise place.refuse("the last line break of the block scalar would go")
        return Edit(_end_of_line_before(text, first.source), node.end, "")
    if not splice.new and splice.start == first.decoded and splice.end == last.decoded:
        return Edit(lines.line_start(text, first.source), lines.line_start(text, last.source), "")  # whole lines
    indented = _indented(splice.new, new_line)
    lead = " " * first.missing if splice.new and splice.new[0] != "\n" else ""
    return Edit(start, last.source + splice.end - last.decoded, lead + indented)


def _end_of_line_before(text: str, index: int) -> int:
    before = lines.previous_line(text, lines.line_start(text, index))
    assert before is not None
    return lines.line_end(text, before)


def _row(rows: list[_Row], at: int) -> _Row | None:
    """The row of a decoded position; None past the last row."""
    return next((row for row in rows if row.decoded <= at <= row.decoded + row.length), None)


def _indented(new: str, new_line: str) -> str:
    """Lines after the first at the indentation of the others, blank ones without any."""
    first, *rest = new.split("\n")
    line_break = new_line.rstrip(" ")
    blanks = [line_break if not line and i < len(rest) - 1 else new_line + line for i, line in enumerate(rest)]
    return first + "".join(blanks)
