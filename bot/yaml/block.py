"""Members come and go in a block collection: whole lines, the comments that belong to them, the blank lines between."""

from __future__ import annotations

from msgspec import Struct

from bot.yaml import lines
from bot.yaml.changes import Addition, Change, Fresh
from bot.yaml.edits import Edit, united
from bot.yaml.members import Layout, Layouts, Member
from bot.yaml.nodes import BLOCK_SCALARS, Kind, last_leaf
from bot.yaml.remarks import remarks
from bot.yaml.render import Renderer, ends_in_block_scalar
from bot.yaml.style import quotes_of_members


class BlockPlan(Struct, frozen=True):
    """One block collection and what happens to its members."""

    layouts: Layouts
    change: Change
    renderer: Renderer

    @property
    def layout(self) -> Layout:
        return self.layouts.of(self.change.place.node)

    @property
    def text(self) -> str:
        return self.layout.text

    @property
    def line_break(self) -> str:
        return self.renderer.style.line_break

    def edits(self) -> list[Edit]:
        """Removals and additions; raises `Refused` where they cannot be told apart."""
        gone, first = self.change.gone, self.layout.members[0]
        if not first.own_line and len(gone) == len(self.layout.members) and self.change.added:
            return self.rewrite()
        removals = [edit for index in sorted(gone) for edit in self.around_remarks(index) or [self.removal(index)]]
        if not self.change.added and len(gone) == len(self.layout.members):
            removals += self.emptied()
        return united(removals) + [edit for edit in removals if edit.new] + self.additions()

    # ------------------------------------------------------------------ additions

    def additions(self) -> list[Edit]:
        ordered = self.change.ordered()
        return [self.addition(addition, ordered[:i], ordered[i + 1 :]) for i, addition in enumerate(ordered)]

    def addition(self, addition: Addition, earlier: list[Addition], later: list[Addition]) -> Edit:
        body, index = self.body(addition), addition.neighbour
        goes = index in self.change.gone
        before = addition.side == "before" or (goes and not self.layout.members[index].own_line)
        # A member that goes leaves its gaps to what comes in its stead: the one above to the first, below to the last.
        others = later if before else [each for each in earlier if each.side == "after"]
        inherits = goes and not any(each.neighbour == index for each in others)
        gap = self.line_break * (0 if inherits else self.gap(index + 1 if addition.side == "after" else max(index, 1)))
        if before:
            return self.before(index, body, gap)
        return self.after(index, body, gap, closed=not later and _needs_break(addition))

    def body(self, addition: Addition) -> str:
        """The new lines, indented, without the last break."""
        what, layout = addition.what, self.layout
        if isinstance(what, Fresh):
            wish = quotes_of_members(layout.node)
            rendered = self.renderer.member(what.key, what.value, layout.column, what.comment, wish=wish)
            return self.line_break.join(rendered)
        member = layout.members[what.index]
        if what.key is not None:
            assert member.key is not None
            rest = self.text[member.key.end : lines.line_end(self.text, member.end)]
            return layout.indent + self.renderer.key(what.key, layout.column) + rest
        if member.own_line:
            return self.text[layout.head(what.index) : layout.tail(what.index)]
        return layout.indent + self.text[member.start : layout.tail(what.index)]

    def after(self, index: int, body: str, gap: str, *, closed: bool) -> Edit:
        end = self.end_of(index)
        if lines.ends_unbroken(self.text, end):
            return Edit(end, end, self.line_break + gap + body + (self.line_break if closed else ""))
        start = lines.next_line(self.text, end)
        return Edit(start, start, gap + body + self.line_break)

    def before(self, index: int, body: str, gap: str) -> Edit:
        member = self.layout.members[index]
        if member.own_line:
            start = self.layout.head(index)
            return Edit(start, start, body + self.line_break + gap)
        new = body.removeprefix(self.layout.indent) + self.line_break + gap + self.layout.indent
        return Edit(member.start, member.start, new)

    def end_of(self, index: int) -> int:
        """Where the last line that clings to a member ends: comments indented deeper than the member included."""
        end = self.layout.tail(index)
        while not lines.ends_unbroken(self.text, end):
            start = lines.next_line(self.text, end)
            if not lines.is_comment(self.text, start) or lines.indent_of(self.text, start) <= self.layout.column:
                break
            end = lines.line_end(self.text, start)
        return end

    def gap(self, slot: int) -> int:
        """Blank lines that the author puts between members, at a slot between two of them or at the nearest one."""
        members = self.layout.members
        if len(members) > 1:
            return self.layout.blanks_after(min(slot, len(members) - 1) - 1)
        return 1 if len(self.change.place.path) == 1 and self.is_tall(members[0]) and self.root_is_spaced() else 0

    def is_tall(self, member: Member) -> bool:
        """A block of several lines, such as the only job of a workflow."""
        value = member.value
        return value.entries is not None and not value.flow and value.alias is None and len(value.entries) > 1

    def root_is_spaced(self) -> bool:
        root = self.layouts.document.root
        spaced = self.layouts.of(root) if root is not None and not root.flow else self.layout
        return any(spaced.blanks_after(index) for index in range(len(spaced.members) - 1))

    # ------------------------------------------------------------------ removals

    def removal(self, index: int) -> Edit:
        member = self.layout.members[index]
        if not member.own_line:
            return self.inline_removal(index)
        start, end = self.layout.head(index), self.layout.tail(index)
        if lines.ends_unbroken(self.text, end):
            return Edit(self.end_before(start, index), end, "")
        after = lines.next_line(self.text, end)
        if any(addition.neighbour == index for addition in self.change.added):
            return Edit(start, after, "")
        return self.with_blank_lines(index, start, after)

    def around_remarks(self, index: int) -> list[Edit]:
        """A removal that leaves comments where they are, at the indentation of the members; empty without such."""
        member, about = self.layout.members[index], self.change.about.get(index)
        if not about:
            return []
        at, end = self.layout.head(index), self.past_remarks(index)
        stay = set(remarks(self.text, at, end, member.value, about))
        if stay and not member.own_line:
            return self.behind_the_dash(index, sorted(stay))
        result: list[Edit] = []
        while stay and at <= end and at < len(self.text):
            following = lines.next_line(self.text, at)
            if at in stay:
                result.append(Edit(at, at + lines.indent_of(self.text, at), self.layout.indent))
            else:
                unbroken = lines.ends_unbroken(self.text, at)
                result.append(Edit(self.end_before(at, index) if unbroken else at, following, ""))
            at = following
        return result

    def behind_the_dash(self, index: int, stay: list[int]) -> list[Edit]:
        """The same for the first member in `- with:`, whose comments come to stand where it began."""
        edit = self.inline_removal(index)
        said = [self.text[at : lines.line_end(self.text, at)].strip() for at in stay]
        kept = "".join(line + self.line_break + self.layout.indent for line in said)
        return [Edit(edit.start, edit.end, kept + edit.new)]

    def past_remarks(self, index: int) -> int:
        """Where the last comment ends that is indented like a member's children, blank lines before it or not."""
        end, value = self.layout.tail(index), self.layout.members[index].value
        while value.kind is not Kind.SCALAR and not value.flow and not lines.ends_unbroken(self.text, end):
            start = lines.past_blank_lines(self.text, lines.next_line(self.text, end))
            if not lines.is_comment(self.text, start) or lines.indent_of(self.text, start) <= self.layout.column:
                break
            end = lines.line_end(self.text, start)
        return end

    def with_blank_lines(self, index: int, start: int, after: int) -> Edit:
        """A removal that does not leave two gaps where there was one."""
        gap_before = self.blank_lines_before(start, index)
        gap_after = lines.past_blank_lines(self.text, after)
        gone = self.change.gone
        if all(i in gone for i in range(index + 1, len(self.layout.members))):
            return Edit(gap_before, after, "") if self.survivor_before(index) is not None else Edit(start, after, "")
        if gap_before < start or self.survivor_before(index) is None:
            return Edit(start, gap_after, "")
        return Edit(start, after, "")

    def survivor_before(self, index: int) -> int | None:
        gone = self.change.gone
        return next((i for i in range(index - 1, -1, -1) if i not in gone), None)

    def blank_lines_before(self, start: int, index: int) -> int:
        """Where the blank lines above a member begin; those that a block scalar keeps (`|+`) are its own."""
        floor = lines.next_line(self.text, self.layout.members[index - 1].end) if index else 0
        while (before := lines.previous_line(self.text, start)) is not None and before >= floor:
            if not lines.is_blank(self.text, before):
                break
            start = before
        return start

    def end_before(self, start: int, index: int) -> int:
        """Where a removal at a file's unbroken end begins: it takes the break before it, so that none is left over."""
        survivor = self.survivor_before(index)
        if survivor is not None:
            start = self.blank_lines_before(start, index)
            leaf = last_leaf(self.layout.members[survivor].value)
            if leaf.style in BLOCK_SCALARS:
                return start  # that break belongs to the text of the scalar before it
        before = lines.previous_line(self.text, start)
        return start if before is None else lines.line_end(self.text, before)

    def inline_removal(self, index: int) -> Edit:
        """The first member in `- name: x`: what follows moves up to the dash."""
        member = self.layout.members[index]
        survivor = next((i for i in range(len(self.layout.members)) if i not in self.change.gone), None)
        if survivor is None:
            return Edit(member.start, self.layout.tail(index), "{}" if member.key is not None else "[]")
        end = lines.next_line(self.text, self.layout.tail(index))
        for each in range(index + 1, survivor):
            if lines.past_blank_lines(self.text, end) != self.layout.head(each):
                raise self.change.place.refuse("comments stand between the entries to be removed")
            end = lines.next_line(self.text, self.layout.tail(each))
        start = lines.past_blank_lines(self.text, end)
        return Edit(member.start, start + lines.indent_of(self.text, start), "")

    def emptied(self) -> list[Edit]:
        """`{}` or `[]` after the key or dash of a collection that loses all its members."""
        place, members = self.change.place, self.layout.members
        if place.parent is None:
            raise place.refuse("nothing would be left in the file")
        if place.node.anchor is not None or place.node.tag is not None:
            raise place.refuse("the collection that would be left empty has an anchor or a tag")
        if not members[0].own_line:
            return []
        mark = self.layouts.of(place.parent.node).members[place.index].mark
        return [Edit(mark, mark, " {}" if members[0].key is not None else " []")]

    def rewrite(self) -> list[Edit]:
        """All members of `- name: x` go and others come: the first of them comes to stand behind the dash."""
        members = self.layout.members
        bodies = [self.body(addition) for addition in self.change.ordered()]
        new = self.line_break.join(bodies).removeprefix(self.layout.indent)
        first = Edit(members[0].start, self.layout.tail(0), new)
        return [first, *united(self.removal(index) for index in range(1, len(members)))]


def _needs_break(addition: Addition) -> bool:
    """At a file's end without a line break, a block scalar would lose its own last break."""
    what = addition.what
    return isinstance(what, Fresh) and ends_in_block_scalar(what.value)
