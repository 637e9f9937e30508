"""What a parsed YAML text is made of: nodes with exact spans. Knows nothing of how to edit.

Positions are code point indexes into `Document.text`, so that `text[node.start:node.end]` is the node as written:
anchor, tag and quotes included; trailing comments, blank lines and the last line break excluded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum

import msgspec

from bot.model import YamlPath

Plain = None | str | list["Plain"] | dict[str, "Plain"]
"""A document as plain data: every scalar is its text (`3.10`, not `3.1`); None only for an empty document."""


class Kind(Enum):
    SCALAR = "scalar"
    MAPPING = "mapping"
    SEQUENCE = "sequence"


class ScalarStyle(Enum):
    PLAIN = ""
    SINGLE = "'"
    DOUBLE = '"'
    LITERAL = "|"
    FOLDED = ">"


BLOCK_SCALARS = (ScalarStyle.LITERAL, ScalarStyle.FOLDED)


_SCALAR = Kind.SCALAR  # an enum's member takes ten times as long to look up
_STYLES = {style.value: style for style in ScalarStyle}


class Mark(msgspec.Struct, frozen=True, gc=False):
    """A position in the text, as the parser gives it: all three counted from 0. Of an end, `index` alone is asked."""

    index: int
    line: int = 0
    column: int = 0


# A msgspec.Struct and not a dataclass: reading workflows is the hot path, and this is six times cheaper to make.
class Node(msgspec.Struct, frozen=True, eq=False, gc=False):
    """One place in the text. At an alias (`*name`) the span is the alias's own; all else reads through to its anchor.

    `value` is a scalar's decoded text (`""` for an empty value), `""` for collections. `flow` says that a collection is
    written in brackets. `tag` is as the parser resolved it.

    The first seven are in the order in which the parser gives them of a scalar: what it makes of most scalars is a node
    at once. That is why positions and style are kept as it has them; they are read seldom.
    """

    anchor: str | None
    tag: str | None
    implicit: object
    """Of no use here."""
    value: str
    start_mark: Mark
    end_mark: Mark
    written: str | None
    """A scalar's style, as `ScalarStyle` has it."""
    kind: Kind = _SCALAR
    flow: bool = False
    entries: dict[str, tuple[Node, Node]] | None = None
    """Of a mapping: key text -> (key, value), in the text's order. A key that is no simple scalar stands under its
    source and is found by `items()` alone."""
    elements: Sequence[Node] | None = None
    """Of a sequence."""
    alias: str | None = None

    @property
    def start(self) -> int:
        return self.start_mark.index

    @property
    def end(self) -> int:
        return self.end_mark.index

    @property
    def line(self) -> int:
        """Counted from 1, as `column` is."""
        return self.start_mark.line + 1

    @property
    def column(self) -> int:
        return self.start_mark.column + 1

    @property
    def style(self) -> ScalarStyle | None:
        """None for collections."""
        return None if self.written is None else _STYLES[self.written]

    def __repr__(self) -> str:
        """Where it stands and not what: texts from outside stay out of logs."""
        return f"Node({self.kind.value}, {self.start}:{self.end}, line {self.line})"

    def items(self) -> Iterator[tuple[Node, Node]]:
        """The (key, value) pairs of a mapping; nothing for other kinds."""
        return iter(self.entries.values()) if self.entries else iter(())

    def get(self, key: str) -> Node | None:
        """The value under a simple key, or None; also None where this is no mapping."""
        entries = self.entries
        pair = entries.get(key) if entries else None
        if pair is None:
            return None
        # As `is_simple_key` has it: this is asked a dozen times of every step of a workflow.
        name, value = pair
        return value if name.kind is _SCALAR and name.alias is None else None

    def keys(self) -> list[str]:
        """The texts of a mapping's simple keys, in the text's order."""
        return [text for text, (key, _) in self.entries.items() if key.is_simple_key] if self.entries else []

    @property
    def children(self) -> Sequence[Node]:
        """The elements of a sequence or the values of a mapping; nothing for a scalar."""
        if self.elements is not None:
            return self.elements
        return [pair[1] for pair in self.entries.values()] if self.entries else ()

    @property
    def size(self) -> int:
        """The number of `children`."""
        return len(self.elements if self.elements is not None else self.entries or ())

    @property
    def is_simple_key(self) -> bool:
        """True for a scalar that stands here itself: a path can name the entry of such a key, and of no other."""
        return self.kind is _SCALAR and self.alias is None

    def plain(self) -> str | list[Plain] | dict[str, Plain]:
        """The node as plain data, aliases expanded, every scalar as its text."""
        if self.entries is not None:
            return {text: value.plain() for text, (_, value) in self.entries.items()}
        if self.elements is not None:
            return [element.plain() for element in self.elements]
        return self.value


class Document(msgspec.Struct, frozen=True, eq=False, gc=False):
    """A text and its nodes. `aliased` names the anchors that an alias shows somewhere."""

    text: str
    root: Node | None
    aliased: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        return f"Document({len(self.text)} characters)"

    def find(self, path: YamlPath) -> Node | None:
        """The node at a path of mapping keys and sequence indexes, or None; reads go through aliases."""
        node = self.root
        for step in path:
            if node is None:
                return None
            node = child(node, step)
        return node

    def plain(self) -> Plain:
        """The whole document as plain data; None when there is nothing in it."""
        return None if self.root is None else self.root.plain()


def alike(node: Node, other: Node) -> bool:
    """The same data as `plain` gives, keys in whatever order; without making it."""
    if node.kind is not other.kind or node.value != other.value:
        return False
    if node.entries is not None and other.entries is not None:
        there = other.entries
        return node.entries.keys() == there.keys() and all(
            alike(value, there[key][1]) for key, (_, value) in node.entries.items()
        )
    members, others = node.children, other.children
    return len(members) == len(others) and all(map(alike, members, others))


def same(node: Node, other: Node) -> bool:
    """The same data as `plain` gives, keys in the same order; without making it."""
    if node.kind is not other.kind or node.value != other.value:
        return False
    if node.entries is not None and other.entries is not None:
        return _are_same(node.entries, other.entries)
    if node.size != other.size:
        return False
    for member, there in zip(node.elements or (), other.elements or (), strict=True):
        # Most members are scalars, which are told apart here and now.
        if member.value != there.value or not (member.kind is _SCALAR is there.kind or same(member, there)):
            return False
    return True


def _are_same(entries: dict[str, tuple[Node, Node]], others: dict[str, tuple[Node, Node]]) -> bool:
    if list(entries) != list(others):
        return False
    for (_, value), (_, there) in zip(entries.values(), others.values(), strict=True):
        if value.value != there.value or not (value.kind is _SCALAR is there.kind or same(value, there)):
            return False
    return True


def child(node: Node, step: str | int) -> Node | None:
    """One step of a path; a negative index counts from the end."""
    if isinstance(step, str):
        return node.get(step)
    elements = node.elements
    if elements is None or not -len(elements) <= step < len(elements):
        return None
    return elements[step]


def last_leaf(node: Node) -> Node:
    """The last node that is no block collection, inside a node or itself."""
    while node.alias is None and not node.flow:
        if node.entries:
            _, node = next(reversed(node.entries.values()))
        elif node.elements:
            node = node.elements[-1]
        else:
            break
    return node
