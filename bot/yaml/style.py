"""How a text's author indents, quotes and ends lines: what is added shall look like its neighbours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from bot.yaml import lines
from bot.yaml.nodes import Document, Kind, Node, ScalarStyle


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """Columns, from the parent's: of a mapping in a mapping, of the `-` under a key, of an item after its `-`."""

    line_break: str = "\n"
    mapping: int = 2
    sequence: int = 2
    item: int = 2
    quote: ScalarStyle = ScalarStyle.DOUBLE
    padded: bool = False
    """`{ a: b }` and not `{a: b}`."""
    comment_gap: str = "  "

    def near(self, node: Node) -> Style:
        """The style of the members of one collection, where they show one."""
        seen = _look([node])
        return replace(
            self,
            mapping=_most(seen.mapping, self.mapping),
            sequence=_most(seen.sequence, self.sequence),
            item=_most(seen.item, self.item),
        )


@dataclass(slots=True)
class _Seen:
    mapping: Counter[int]
    sequence: Counter[int]
    item: Counter[int]


def style_of(document: Document) -> Style:
    """What most of a document does."""
    everywhere = list(_nodes(document.root))
    seen = _look(everywhere)
    mapping = _most(seen.mapping, 2)
    return Style(
        line_break=_line_break(document.text),
        mapping=mapping,
        sequence=_most(seen.sequence, mapping),
        item=_most(seen.item, 2),
        quote=_quote(everywhere),
        padded=_padded(document.text, everywhere),
        comment_gap=_comment_gap(document.text, everywhere),
    )


def quotes_of_members(node: Node) -> ScalarStyle:
    """The quotes that all scalars of a collection have; plain where they differ (or a mapping shows just one)."""
    styles = [value.style for value in node.children if value.kind is Kind.SCALAR]
    enough = len(styles) > (1 if node.kind is Kind.MAPPING else 0)
    if enough and len(set(styles)) == 1 and styles[0] in (ScalarStyle.SINGLE, ScalarStyle.DOUBLE):
        return styles[0]
    return ScalarStyle.PLAIN


def _nodes(root: Node | None) -> Iterator[Node]:
    waiting = [root] if root is not None else []
    while waiting:
        node = waiting.pop()
        if node.alias is None:
            yield node
            waiting.extend(reversed(node.children))


def _look(nodes: Iterable[Node]) -> _Seen:
    seen = _Seen(Counter(), Counter(), Counter())
    for node in nodes:
        if node.flow or node.alias is not None:
            continue
        for key, value in node.items():
            if value.line > key.line and _is_block(value):
                counter = seen.mapping if value.kind is Kind.MAPPING else seen.sequence
                counter[value.column - key.column] += 1
        for element in node.elements or ():
            # An empty item stands right after its dash and shows nothing.
            if element.line == node.line and element.column > node.column + 1:
                seen.item[element.column - node.column] += 1
    return seen


def _is_block(node: Node) -> bool:
    simple = node.alias is None and node.anchor is None and node.tag is None
    return simple and node.kind is not Kind.SCALAR and not node.flow


def _most(counter: Counter[int], default: int) -> int:
    return counter.most_common(1)[0][0] if counter else default


def _line_break(text: str) -> str:
    windows, other = text.count("\r\n"), text.count("\n")
    if windows * 2 > other:
        return "\r\n"
    return "\n" if other or "\r" not in text else "\r"


def _quote(nodes: Iterable[Node]) -> ScalarStyle:
    styles = Counter(node.style for node in nodes)
    return ScalarStyle.SINGLE if styles[ScalarStyle.SINGLE] > styles[ScalarStyle.DOUBLE] else ScalarStyle.DOUBLE


def _padded(text: str, nodes: Iterable[Node]) -> bool:
    maps = [node for node in nodes if node.flow and node.kind is Kind.MAPPING and node.entries]
    return sum(1 if text.startswith("{ ", node.start) else -1 for node in maps) > 0


def _comment_gap(text: str, nodes: Iterable[Node]) -> str:
    gaps: Counter[str] = Counter()
    for node in nodes:
        if node.kind is Kind.SCALAR and (comment := lines.comment_beside(text, node.end)) is not None:
            gaps[text[node.end : comment]] += 1
    gap = gaps.most_common(1)[0][0] if gaps else ""
    return gap if gap in (" ", "  ") else "  "
