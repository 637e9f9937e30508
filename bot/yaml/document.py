"""Text -> nodes with exact spans: what the parser says of a text (`events`), composed.

The nodes are composed here, from the parser's stream of events, because its own composer follows 50,000 brackets into
a segmentation fault, forgets where aliases stand and takes a key twice without a word. Everything that a hostile text
may grow without bound is bounded here: size, depth, number of nodes, aliases expanded.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING

from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.reader import ReaderError

from bot.errors import Unparsable
from bot.yaml.events import (
    AliasEvent,
    CParser,
    DocumentEndEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)
from bot.yaml.nodes import Document, Kind, Node, ScalarStyle

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.yaml.events import Event

MAX_BYTES = 1 << 20
MAX_DEPTH = 100
MAX_NODES = 100_000
"""Nodes of a document, those that an alias shows again included."""
LARGEST_KEPT = 32_768
"""Characters of a text whose document is kept a while: the documents that are kept take a megabyte or two."""

BOM = "\ufeff"
_STYLES = {style.value: style for style in ScalarStyle}
_SCALAR = Kind.SCALAR
_BLOCK_STYLES = ("|", ">")
_UNUSUAL_BREAK = re.compile("[\x85\u2028\u2029]")
_LINE_BREAK = re.compile("\r\n?|\n")
_BLOCK_HEADER = re.compile(r"(?:[&!]\S*\s+)*[|>]([-+0-9]*)")
_BREAKS = "\r\n\x85\u2028\u2029"


def parse(text: str) -> Document:
    """The text's one document; raises `Unparsable` for anything else."""
    if len(text) > LARGEST_KEPT:
        return _parse(text)
    kept = _kept(text)
    return kept if kept.text is text else Document(text, kept.root, kept.aliased)


@lru_cache(maxsize=24)
def _kept(text: str) -> Document:
    """An edit is proved by reading its result, and that result is read again by whoever goes on from there.

    Soon, or never: with more of them kept, few more are found, and the processor's own cache is worn out.
    """
    return _parse(text)


def _parse(text: str) -> Document:
    if len(text) > MAX_BYTES or (not text.isascii() and len(text.encode(errors="replace")) > MAX_BYTES):
        raise Unparsable("the file is larger than 1 MiB")
    shift = 1 if text.startswith(BOM) else 0
    if text.startswith(BOM, shift) and shift:
        raise Unparsable("there are two byte order marks", column=2)
    try:
        return _Composer(text, shift).document()
    except UnicodeEncodeError as error:
        raise _unparsable("half of a surrogate pair", text, error.start + shift) from error
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _unparsable(error.problem or "this is not YAML", text, mark.index + shift) from error
    except ReaderError as error:
        # The parser counts the bytes of the text's UTF-8 form.
        index = len(text[shift:].encode()[: error.position].decode(errors="ignore"))
        raise _unparsable(f"the character U+{error.character:04X} is not allowed", text, index + shift) from error


class _Composer:
    """One run over one text: the parser's events in, nodes out."""

    __slots__ = ("aliased", "anchors", "count", "next", "rulers", "shift", "text")

    def __init__(self, text: str, shift: int) -> None:
        self.text = text
        self.shift = shift
        self.next: Callable[[], Event] = CParser(text[1:] if shift else text).get_event
        self.count = 0
        self.anchors: dict[str, tuple[Node, int] | None] = {}
        """Name -> (node, how many nodes it shows); None while the node is still open."""
        self.aliased: set[str] = set()
        self.rulers: list[int] | None = None
        """Starts of the lines as people count them, where the parser counts otherwise (NEL, U+2028 and U+2029)."""
        if not text.isascii() and _UNUSUAL_BREAK.search(text):
            self.rulers = _line_starts(text)

    def document(self) -> Document:
        self.next()  # the stream's start
        if self.next().__class__ is StreamEndEvent:
            return Document(self.text, None)
        root = self.node(self.next(), 0)
        assert self.next().__class__ is DocumentEndEvent
        extra = self.next()
        if extra.__class__ is not StreamEndEvent:
            raise _unparsable("a second document starts here", self.text, extra.start_mark.index + self.shift)
        return Document(self.text, root, frozenset(self.aliased))

    def node(self, event: Event, depth: int) -> Node:
        """The node that an event begins."""
        kind = event.__class__
        if kind is ScalarEvent:
            return self.scalar(event)
        self.grow(1, event)
        if kind is AliasEvent:
            return self.alias(event)
        if depth == MAX_DEPTH:
            raise self.error(f"nested deeper than {MAX_DEPTH} levels", event)
        name, before = event.anchor, self.count
        if name is not None:
            self.anchors[name] = None
        node = self.mapping(event, depth + 1) if kind is MappingStartEvent else self.sequence(event, depth + 1)
        if name is not None:
            self.anchors[name] = (node, self.count - before)
        return node

    def scalar(self, event: Event) -> Node:
        self.count += 1
        if self.count > MAX_NODES:
            self.grow(0, event)
        mark, style, shift = event.start_mark, event.style, self.shift
        start = mark.index + shift
        end = event.end_mark.index + shift
        if style and style in _BLOCK_STYLES:
            end = _end_of_block_scalar(self.text, start, end)
        line, column = (mark.line + 1, mark.column + 1) if self.rulers is None else _place(self.rulers, start)
        name = event.anchor
        node = Node(_SCALAR, start, end, line, column, event.value, _STYLES[style], name, event.ctag)
        if name is not None:
            self.anchors[name] = (node, 1)
        return node

    def mapping(self, event: Event, depth: int) -> Node:
        entries: dict[str, tuple[Node, Node]] = {}
        following, compose, shift, is_ruled = self.next, self.node, self.shift, self.rulers is not None
        key: Node | None = None
        node: Node | None = None
        text = ""
        while (piece := following()).__class__ is not MappingEndEvent:
            is_scalar = piece.__class__ is ScalarEvent
            if is_scalar and piece.anchor is None and not is_ruled and piece.style not in _BLOCK_STYLES:
                # As `scalar` does it, which takes a quarter of the time longer: eight nodes in ten are made here.
                self.count += 1
                if self.count > MAX_NODES:
                    self.grow(0, piece)
                mark, start, end = piece.start_mark, piece.start_mark.index + shift, piece.end_mark.index + shift
                style, tag = _STYLES[piece.style], piece.ctag
                node = Node(_SCALAR, start, end, mark.line + 1, mark.column + 1, piece.value, style, None, tag)
            else:
                node = compose(piece, depth)
            if key is None:
                text = node.value if is_scalar else self.text[node.start : node.end]
                if text in entries:
                    raise self.error(f"the key {text[:80]!r} stands here a second time", piece)
                key = node
            else:
                entries[text] = (key, node)
                key = None
        return self.collection(event, piece, node, entries, None)

    def sequence(self, event: Event, depth: int) -> Node:
        elements: list[Node] = []
        following, scalar, compose = self.next, self.scalar, self.node
        while (first := following()).__class__ is not SequenceEndEvent:
            elements.append(scalar(first) if first.__class__ is ScalarEvent else compose(first, depth))
        return self.collection(event, first, elements[-1] if elements else None, None, elements)

    def collection(
        self,
        event: Event,
        last_event: Event,
        last: Node | None,
        entries: dict[str, tuple[Node, Node]] | None,
        elements: list[Node] | None,
    ) -> Node:
        kind = Kind.SEQUENCE if entries is None else Kind.MAPPING
        mark, flow = event.start_mark, event.flow_style
        start = mark.index + self.shift
        # The parser ends a block collection at the next token, past comments and blank lines that are not its own.
        # So it does with a pair in a list, `[a: b ]`, whose end has no character of its own.
        stop = last_event.end_mark
        is_closed = flow and last_event.start_mark.index < stop.index
        end = stop.index + self.shift if is_closed or last is None else last.end
        line, column = (mark.line + 1, mark.column + 1) if self.rulers is None else _place(self.rulers, start)
        return Node(kind, start, end, line, column, "", None, event.anchor, event.ctag, flow, entries, elements)

    def alias(self, event: Event) -> Node:
        """A node at the alias's own place that reads as the anchor's."""
        name = event.anchor
        if name not in self.anchors:
            raise self.error(f"no anchor {name!r} stands before this alias", event)
        known = self.anchors[name]
        if known is None:
            raise self.error(f"the alias {name!r} stands inside its own anchor", event)
        there, weight = known
        self.grow(weight, event)
        self.aliased.add(name)
        start, end = event.start_mark.index + self.shift, event.end_mark.index + self.shift
        line, column = self.place(event)
        return Node(
            there.kind, start, end, line, column, there.value, there.style, None, there.tag, there.flow,
            there.entries, there.elements, name,
        )  # fmt: skip

    def grow(self, nodes: int, event: Event) -> None:
        self.count += nodes
        if self.count > MAX_NODES:
            raise self.error(f"there are more than {MAX_NODES} values, those behind aliases counted again", event)

    def place(self, event: Event) -> tuple[int, int]:
        mark = event.start_mark
        if self.rulers is not None:
            return _place(self.rulers, mark.index + self.shift)
        return mark.line + 1, mark.column + 1

    def error(self, reason: str, event: Event) -> Unparsable:
        line, column = self.place(event)
        return Unparsable(reason, line=line, column=column)


def _end_of_block_scalar(text: str, start: int, end: int) -> int:
    """Before the last line's break; blank lines that follow are inside only where the header keeps them (`|+`)."""
    source = text[start:end]
    header = _BLOCK_HEADER.match(source)
    if header and "+" in header[1]:
        return end - (2 if source.endswith("\r\n") else 1 if source[-1] in _BREAKS else 0)
    end = start + len(source.rstrip(" \t" + _BREAKS))
    while end < len(text) and text[end] not in _BREAKS:
        end += 1  # blanks at the end of the last line belong to its text
    return end


def _line_starts(text: str) -> list[int]:
    return [1 if text.startswith(BOM) else 0, *(found.end() for found in _LINE_BREAK.finditer(text))]


def _place(rulers: list[int], index: int) -> tuple[int, int]:
    row = max(bisect_right(rulers, index), 1)
    return row, max(index - rulers[row - 1], 0) + 1


def _unparsable(reason: str, text: str, index: int) -> Unparsable:
    line, column = _place(_line_starts(text), index)
    return Unparsable(reason, line=line, column=column)
