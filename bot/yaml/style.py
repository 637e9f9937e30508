"""How a text's author indents, quotes and ends lines: what is added shall look like its neighbours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property

from bot.yaml import lines
from bot.yaml.nodes import Document, Kind, Mark, Node, ScalarStyle

_SCALAR = Kind.SCALAR
_MAPPING = Kind.MAPPING


class _Steps:
    """How far blocks stand from what they belong to, and how many do; a step of 0 is a list under its key."""

    __slots__ = ("item", "mapping", "records", "sequence")

    def __init__(self) -> None:
        self.mapping: dict[int, int] = {}  # a Counter takes longer to make than most of these take to fill
        self.sequence: dict[int, int] = {}
        self.records: dict[int, int] = {}
        """Of the sequences, those of mappings."""
        self.item: dict[int, int] = {}
        """After their dashes."""

    def see(self, node: Node) -> list[Node]:
        """The members of one collection in block style; those of them that are one too."""
        inner: list[Node] = []
        for key, value in node.entries.values() if node.entries else ():
            if value.kind is _SCALAR or value.flow or value.alias is not None:
                continue
            inner.append(value)
            first, mark = value.start_mark, key.start_mark
            if first.line > mark.line and value.anchor is None and value.tag is None:
                step = first.column - mark.column
                seen = self.mapping if value.kind is _MAPPING else self.sequence
                seen[step] = seen.get(step, 0) + 1
                if value.elements and value.elements[0].kind is _MAPPING:
                    self.records[step] = self.records.get(step, 0) + 1
        return self.see_items(node.elements, node.start_mark) if node.elements else inner

    def see_items(self, elements: Sequence[Node], dash: Mark) -> list[Node]:
        inner: list[Node] = []
        line, column = dash.line, dash.column
        for element in elements:
            if element.kind is not _SCALAR and not element.flow and element.alias is None:
                inner.append(element)
            first = element.start_mark
            # An empty item stands right after its dash and shows nothing.
            if first.line == line and first.column > column + 1:
                step = first.column - column
                self.item[step] = self.item.get(step, 0) + 1
        return inner

    def see_all(self, node: Node) -> None:
        """Every collection in the document's order; nothing behind an alias, and brackets show nothing."""
        for inner in self.see(node):
            self.see_all(inner)


class Habits:
    """What most of a document does; each habit is looked for when it is asked for, which most are not.

    Columns count from the parent's: of a mapping in a mapping, of the `-` under a key, of an item after its `-`.
    """

    def __init__(self, document: Document) -> None:
        self._document = document

    @cached_property
    def _nodes(self) -> list[Node]:
        """All values in the document's order, a collection before its members; nothing behind an alias."""
        found: list[Node] = []
        if self._document.root is not None:
            _gather(self._document.root, found)
        return found

    @cached_property
    def _steps(self) -> _Steps:
        steps = _Steps()
        root = self._document.root
        if root is not None and not root.flow:
            steps.see_all(root)
        return steps

    @property
    def mapping(self) -> int:
        return _most(self._steps.mapping) if self._steps.mapping else 2

    @property
    def sequence(self) -> int:
        return _most(self._steps.sequence) if self._steps.sequence else self.mapping

    @property
    def records(self) -> int | None:
        """Of sequences of mappings, such as steps, which many authors write otherwise than others; None without one."""
        return _most(self._steps.records) if self._steps.records else None

    @property
    def item(self) -> int:
        return _most(self._steps.item) if self._steps.item else 2

    @cached_property
    def line_break(self) -> str:
        text = self._document.text
        if "\r" not in text:
            return "\n"
        windows, other = text.count("\r\n"), text.count("\n")
        if windows * 2 > other:
            return "\r\n"
        return "\n" if other else "\r"

    @cached_property
    def quote(self) -> ScalarStyle:
        styles = Counter(node.style for node in self._nodes)
        return ScalarStyle.SINGLE if styles[ScalarStyle.SINGLE] > styles[ScalarStyle.DOUBLE] else ScalarStyle.DOUBLE

    @cached_property
    def padded(self) -> bool:
        """`{ a: b }` and not `{a: b}`."""
        text = self._document.text
        maps = [node for node in self._nodes if node.flow and node.entries]
        return sum(1 if text.startswith("{ ", node.start) else -1 for node in maps) > 0

    @cached_property
    def comment_gap(self) -> str:
        gaps: Counter[str] = Counter()
        root = self._document.root
        if root is not None:
            _see_gap(root, self._document.text, gaps)
            _see_gaps(root, self._document.text, gaps)
        gap = gaps.most_common(1)[0][0] if gaps else ""
        return gap if gap in (" ", "  ") else "  "


class Style:
    """How the members of one collection are written: as they show, else as most of the document does it."""

    def __init__(self, habits: Habits, node: Node) -> None:
        self._habits = habits
        self._node = node
        self.line_break = habits.line_break

    @cached_property
    def _steps(self) -> _Steps:
        steps = _Steps()
        if not self._node.flow and self._node.alias is None:
            steps.see(self._node)
        return steps

    @cached_property
    def mapping(self) -> int:
        return _most(self._steps.mapping) if self._steps.mapping else self._habits.mapping

    @cached_property
    def sequence(self) -> int:
        return _most(self._steps.sequence) if self._steps.sequence else self._habits.sequence

    @cached_property
    def records(self) -> int:
        known = _most(self._steps.records) if self._steps.records else self._habits.records
        return self.sequence if known is None else known

    @cached_property
    def item(self) -> int:
        return _most(self._steps.item) if self._steps.item else self._habits.item

    @property
    def quote(self) -> ScalarStyle:
        return self._habits.quote

    @property
    def padded(self) -> bool:
        return self._habits.padded

    @property
    def comment_gap(self) -> str:
        return self._habits.comment_gap


def quotes_of_members(node: Node) -> ScalarStyle:
    """The quotes that all scalars of a collection have; plain where they differ (or a mapping shows just one)."""
    styles = [value.style for value in node.children if value.kind is Kind.SCALAR]
    enough = len(styles) > (1 if node.kind is Kind.MAPPING else 0)
    if enough and len(set(styles)) == 1 and styles[0] in (ScalarStyle.SINGLE, ScalarStyle.DOUBLE):
        return styles[0]
    return ScalarStyle.PLAIN


def _gather(node: Node, found: list[Node]) -> None:
    found.append(node)
    for value in node.children:
        if value.alias is not None:
            continue
        if value.kind is Kind.SCALAR:
            found.append(value)
        else:
            _gather(value, found)


def _see_gaps(node: Node, text: str, gaps: Counter[str]) -> None:
    """All scalars inside a node, in the document's order; nothing behind an alias."""
    for value in node.children:
        if value.alias is not None:
            continue
        if value.kind is not _SCALAR:
            _see_gaps(value, text, gaps)
        elif text.startswith((" ", "\t", "#"), value.end_mark.index):  # most are followed by a line break
            _see_gap(value, text, gaps)


def _see_gap(node: Node, text: str, gaps: Counter[str]) -> None:
    comment = lines.comment_beside(text, node.end) if node.kind is _SCALAR else None
    if comment is not None:
        gaps[text[node.end : comment]] += 1


def _most(seen: dict[int, int]) -> int:
    return max(seen, key=seen.__getitem__)  # of equals the first, as it came
