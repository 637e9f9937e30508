"""Members come and go in a collection written in brackets, on one line or on several."""

from __future__ import annotations

from itertools import groupby, pairwise

from msgspec import Struct

from bot.yaml import lines
from bot.yaml.changes import Addition, Change, Fresh
from bot.yaml.edits import Edit
from bot.yaml.members import Layout, Layouts, Member, content_start
from bot.yaml.render import Renderer
from bot.yaml.style import quotes_of_members


class FlowPlan(Struct, frozen=True):
    """One collection in brackets, with at least one member, and what happens to its members."""

    layouts: Layouts
    change: Change
    renderer: Renderer

    @property
    def layout(self) -> Layout:
        return self.layouts.of(self.change.place.node)

    @property
    def text(self) -> str:
        return self.layout.text

    def edits(self) -> list[Edit]:
        """Removals and additions; raises `Refused` where comments stand in the way."""
        gone, count = self.change.gone, len(self.layout.members)
        if len(gone) == count or (gone and (self.change.added or len(gone) > 1) and not self.is_tall()):
            return [self.rewrite()]
        edits = [self.removal(index) for index in sorted(gone)]
        for (index, side), group in groupby(self.change.ordered(), key=lambda each: (each.neighbour, each.side)):
            pieces = [self.piece(addition) for addition in group]
            edits += self.after(index, pieces) if side == "after" else self.before(index, pieces)
        return edits

    def is_tall(self) -> bool:
        return any(member.own_line for member in self.layout.members)

    def piece(self, addition: Addition) -> str:
        what = addition.what
        if not isinstance(what, Fresh):
            member = self.layout.members[what.index]
            if what.key is None or member.key is None:
                return self.text[member.start : member.end]
            return self.renderer.scalar(what.key, brackets=True) + self.text[member.key.end : member.end]
        if what.comment:
            raise self.change.place.refuse("a comment cannot stand inside brackets")
        wish = quotes_of_members(self.change.place.node)
        if what.key is None:
            return self.renderer.flow(what.value, wish=wish)
        return self.renderer.flow_entry(what.key, what.value, wish=wish)

    def after(self, index: int, pieces: list[str]) -> list[Edit]:
        member = self.layout.members[index]
        if not member.own_line:
            return [Edit(member.end, member.end, "".join(f", {piece}" for piece in pieces))]
        new_line = self.new_line(member)
        comma = lines.skip_blanks(self.text, member.end)
        if not self.text.startswith(",", comma):
            new = ",".join(new_line + piece for piece in pieces)
            if not self.ends_line(member.end):
                return [Edit(member.end, member.end, "," + new)]
            end = lines.line_end(self.text, member.end)
            return [Edit(member.end, member.end, ","), Edit(end, end, new)]
        if not self.ends_line(comma + 1):
            return [Edit(comma + 1, comma + 1, "".join(f" {piece}," for piece in pieces))]
        end = lines.line_end(self.text, comma)
        return [Edit(end, end, "".join(f"{new_line}{piece}," for piece in pieces))]

    def before(self, index: int, pieces: list[str]) -> list[Edit]:
        member = self.layout.members[index]
        gap = "," + self.new_line(member) if member.own_line else ", "
        return [Edit(member.start, member.start, "".join(piece + gap for piece in pieces))]

    def new_line(self, member: Member) -> str:
        start = lines.line_start(self.text, member.start)
        return self.renderer.style.line_break + self.text[start : member.start]

    def ends_line(self, index: int) -> bool:
        """Nothing but a comment follows on the line."""
        after = lines.skip_blanks(self.text, index)
        return after == len(self.text) or self.text[after] in "#" + lines.BREAKS

    def removal(self, index: int) -> Edit:
        members = self.layout.members
        member = members[index]
        after = lines.skip_blanks(self.text, member.end)
        after += self.text.startswith(",", after)
        if member.own_line and self.ends_line(after):
            return Edit(lines.line_start(self.text, member.start), lines.next_line(self.text, member.end), "")
        start, end = member.start, member.end
        if index + 1 < len(members):
            end = members[index + 1].start
        else:
            start = members[index - 1].end
        self.check_no_comment(members[index - 1].end if index else start, start)
        self.check_no_comment(member.end, end)
        return Edit(start, end, "")

    def rewrite(self) -> Edit:
        """Everything between the brackets anew: what stays as it was written."""
        members, node = self.layout.members, self.change.place.node
        first, last = content_start(self.text, node) + 1, node.end - 1
        for start, end in pairwise((first, *(at for member in members for at in (member.start, member.end)), last)):
            if not any(member.start == start for member in members):
                self.check_no_comment(start, end)
        pieces: list[str] = []
        done = 0
        for addition in self.change.ordered():
            pieces += [*self.kept(done, addition.slot), self.piece(addition)]
            done = addition.slot
        pieces += self.kept(done, len(members))
        if not pieces:
            return Edit(first, last, "")
        return Edit(members[0].start, members[-1].end, ", ".join(pieces))

    def kept(self, start: int, end: int) -> list[str]:
        members = self.layout.members[start:end]
        return [self.text[each.start : each.end] for each in members if each.index not in self.change.gone]

    def check_no_comment(self, start: int, end: int) -> None:
        if "#" in self.text[start:end]:
            raise self.change.place.refuse("comments stand between the members in brackets")
