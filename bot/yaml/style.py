"""How a text's author indents, quotes and ends lines: what is added shall look like its neighbours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cached_property

from bot.yaml import lines
from bot.yaml.nodes import Document, Kind, Node, ScalarStyle


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
    def mapping(self) -> int:
        seen = _under_keys(self._nodes, Kind.MAPPING)
        return _most(seen) if seen else 2

    @cached_property
    def sequence(self) -> int:
        seen = _under_keys(self._nodes, Kind.SEQUENCE)
        return _most(seen) if seen else self.mapping

    @cached_property
    def records(self) -> int | None:
        """Of sequences of mappings, such as steps, which many authors write otherwise than others; None without one."""
        seen = _under_keys(self._nodes, Kind.SEQUENCE, of=Kind.MAPPING)
        return _most(seen) if seen else None

    @cached_property
    def item(self) -> int:
        seen = _after_dashes(self._nodes)
        return _most(seen) if seen else 2

    @cached_property
    def line_break(self) -> str:
        text = self._document.text
        windows, other = text.count("\r\n"), text.count("\n")
        if windows * 2 > other:
            return "\r\n"
        return "\n" if other or "\r" not in text else "\r"

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
        text = self._document.text
        gaps: Counter[str] = Counter()
        for node in self._nodes:
            # Most values are followed by a line break at once.
            if node.kind is Kind.SCALAR and text[node.end : node.end + 1] not in lines.BREAKS:
                comment = lines.comment_beside(text, node.end)
                if comment is not None:
                    gaps[text[node.end : comment]] += 1
        gap = gaps.most_common(1)[0][0] if gaps else ""
        return gap if gap in (" ", "  ") else "  "


class Style:
    """How the members of one collection are written: as they show, else as most of the document does it."""

    def __init__(self, habits: Habits, node: Node) -> None:
        self._habits = habits
        self._near = (node,)

    @cached_property
    def mapping(self) -> int:
        seen = _under_keys(self._near, Kind.MAPPING)
        return _most(seen) if seen else self._habits.mapping

    @cached_property
    def sequence(self) -> int:
        seen = _under_keys(self._near, Kind.SEQUENCE)
        return _most(seen) if seen else self._habits.sequence

    @cached_property
    def records(self) -> int:
        seen = _under_keys(self._near, Kind.SEQUENCE, of=Kind.MAPPING)
        known = _most(seen) if seen else self._habits.records
        return self.sequence if known is None else known

    @cached_property
    def item(self) -> int:
        seen = _after_dashes(self._near)
        return _most(seen) if seen else self._habits.item

    @property
    def line_break(self) -> str:
        return self._habits.line_break

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


def _under_keys(nodes: Iterable[Node], kind: Kind, *, of: Kind | None = None) -> dict[int, int]:
    """How far blocks of a kind stand from their keys, and how many do; 0 is a list under its key. `of`: first items."""
    seen: dict[int, int] = {}  # a Counter takes longer to make than most of these take to fill
    for node in nodes:
        if node.entries and not node.flow and node.alias is None:
            for key, value in node.entries.values():
                if of is not None and not (value.elements and value.elements[0].kind is of):
                    continue
                if value.kind is kind and value.line > key.line and _is_block(value):
                    seen[value.column - key.column] = seen.get(value.column - key.column, 0) + 1
    return seen


def _after_dashes(nodes: Iterable[Node]) -> dict[int, int]:
    """How far items stand from their dashes, and how many do."""
    seen: dict[int, int] = {}
    for node in nodes:
        if node.elements and not node.flow and node.alias is None:
            for element in node.elements:
                # An empty item stands right after its dash and shows nothing.
                if element.line == node.line and element.column > node.column + 1:
                    seen[element.column - node.column] = seen.get(element.column - node.column, 0) + 1
    return seen


def _is_block(node: Node) -> bool:
    simple = node.alias is None and node.anchor is None and node.tag is None
    return simple and not node.flow


def _most(seen: dict[int, int]) -> int:
    return max(seen, key=seen.__getitem__)  # of equals the first, as it came
