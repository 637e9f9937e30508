"""Another value or another key in the place of one that is there."""

from __future__ import annotations

import re

from msgspec import Struct

from bot.yaml import lines
from bot.yaml.changes import Place
from bot.yaml.edits import Edit
from bot.yaml.members import Layouts, Member, content_start
from bot.yaml.nodes import BLOCK_SCALARS, Kind, Node, ScalarStyle
from bot.yaml.ops import Value
from bot.yaml.render import Block, Renderer, ends_in_block_scalar, fits_in_brackets

_INDICATOR = re.compile(r"[|>][-+0-9]*")


class ValuePlan(Struct, frozen=True):
    """The value of one member of the collection at `place` becomes another."""

    layouts: Layouts
    place: Place
    index: int
    value: Value
    renderer: Renderer

    @property
    def text(self) -> str:
        return self.layouts.document.text

    @property
    def member(self) -> Member:
        return self.layouts.of(self.place.node).members[self.index]

    def edits(self, *, brackets: bool) -> list[Edit]:
        """The place of the value written anew; a comment beside it stays. Raises `Refused` for strange writing."""
        old = self.member.value
        if brackets or (old.flow and fits_in_brackets(self.value)):
            return [self.replaced(self.renderer.flow(self.value, wish=self.wish()))]
        block = self.block()
        if old.kind is not Kind.SCALAR and not old.flow:
            return self.for_block_collection(block)
        if old.style in BLOCK_SCALARS:
            return self.for_block_scalar(block)
        return self.for_one_liner(block)

    def wish(self) -> ScalarStyle:
        style = self.member.value.style
        return style if style in (ScalarStyle.SINGLE, ScalarStyle.DOUBLE) else ScalarStyle.PLAIN

    def block(self) -> Block:
        column, is_item = self.layouts.of(self.place.node).column, self.member.key is None
        return self.renderer.value(self.value, column, item=is_item, wish=self.wish())

    def replaced(self, new: str) -> Edit:
        """A value on one line in the place of another; an empty place gets a blank before it."""
        start, end = content_start(self.text, self.member.value), self.member.value.end
        if start < end:
            return Edit(start, end, new)
        mark = self.member.mark
        if not new:
            return Edit(mark, mark, "")
        needs_colon = self.member.key is not None and self.text[mark - 1] != ":"
        return Edit(mark, mark, f": {new}" if needs_colon else f" {new}")

    def for_one_liner(self, block: Block) -> list[Edit]:
        """A plain or quoted scalar or brackets: the head takes its place, lines go below."""
        old = self.member.value
        if block.head:
            return [self.replaced(block.head), *self.below(old.end, block)]
        if old.anchor is not None:
            raise self.place.refuse(f"the anchor &{old.anchor} stands there")
        if lines.line_end(self.text, self.member.mark) < old.start:
            raise self.place.refuse("the value stands on another line than its key")
        if self.member.key is None and block.tail and lines.comment_beside(self.text, old.end) is None:
            return [Edit(self.member.mark, old.end, self.beside_dash(block))]
        return [Edit(self.member.mark, old.end, ""), *self.below(old.end, block)]

    def beside_dash(self, block: Block) -> str:
        """The lines of a collection that starts on its dash's line."""
        margin = len(block.tail[0]) - len(block.tail[0].lstrip(" "))
        gap = margin - self.layouts.of(self.place.node).column - 1
        return " " * gap + self.joined(block.tail).lstrip(" ")

    def for_block_scalar(self, block: Block) -> list[Edit]:
        """The header's indicator and the lines under it, each for itself: a comment on the header stays."""
        old = self.member.value
        header = _INDICATOR.match(self.text, content_start(self.text, old))
        if header is None:
            raise self.place.refuse("the header of the block scalar could not be found")
        end = lines.line_end(self.text, header.start())
        new = self.line_break + self.joined(block.tail) + self.closing(old.end) if block.tail else ""
        lower = Edit(end, max(end, old.end), new)
        if block.head:
            return [Edit(header.start(), header.end(), block.head), lower]
        return [Edit(self.member.mark, header.end(), ""), lower]

    def for_block_collection(self, block: Block) -> list[Edit]:
        """The members' lines go; comments above the first of them stay."""
        first = self.layouts.of(self.member.value).members[0]
        end = lines.line_end(self.text, self.member.value.end)
        if not first.own_line:
            new = block.head or self.joined(block.tail).lstrip(" ")
            tail = self.line_break + self.joined(block.tail) if block.head and block.tail else ""
            return [Edit(first.start, end, new + tail + self.closing(end))]
        start = lines.line_start(self.text, first.start)
        mark = self.member.mark
        head = [Edit(mark, mark, f" {block.head}")] if block.head else []
        if block.tail:
            return [*head, Edit(start, end, self.joined(block.tail) + self.closing(end))]
        if lines.ends_unbroken(self.text, end):
            before = lines.previous_line(self.text, start)
            return [*head, Edit(start if before is None else lines.line_end(self.text, before), end, "")]
        return [*head, Edit(start, lines.next_line(self.text, end), "")]

    def below(self, index: int, block: Block) -> list[Edit]:
        """Lines after the line of a position."""
        if not block.tail:
            return []
        end = lines.line_end(self.text, index)
        return [Edit(end, end, self.line_break + self.joined(block.tail) + self.closing(end))]

    def closing(self, end: int) -> str:
        """The break without which a block scalar at a file's unbroken end would lose its own."""
        return self.line_break if lines.ends_unbroken(self.text, end) and ends_in_block_scalar(self.value) else ""

    @property
    def line_break(self) -> str:
        return self.renderer.style.line_break

    def joined(self, tail: list[str]) -> str:
        return self.line_break.join(tail)


def rename(key: Node, new: str, renderer: Renderer, *, brackets: bool) -> Edit:
    """Another key, in the quotes of the old one where it has some."""
    wish = key.style if key.style in (ScalarStyle.SINGLE, ScalarStyle.DOUBLE) else ScalarStyle.PLAIN
    if wish is ScalarStyle.PLAIN and not brackets:
        return Edit(key.start, key.end, renderer.key(new, key.column - 1))
    return Edit(key.start, key.end, renderer.scalar(new, wish=wish, brackets=brackets))
