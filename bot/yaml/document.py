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
    SequenceStartEvent,
    StreamEndEvent,
)
from bot.yaml.nodes import Document, Kind, Mark, Node

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.yaml.events import Event

MAX_BYTES = 1 << 20
MAX_DEPTH = 100
MAX_NODES = 100_000
"""Nodes of a document, those that an alias shows again included."""
LARGEST_KEPT = 32_768
"""Characters of a text whose document is kept a while: the documents that are kept take a megabyte at most."""

BOM = "\ufeff"
_MAPPING = Kind.MAPPING
_SEQUENCE = Kind.SEQUENCE
_BLOCK_STYLES = frozenset("|>")
_LINE_BREAK = re.compile("\r\n?|\n")
_BLOCK_HEADER = re.compile(r"(?:[&!]\S*\s+)*[|>]([-+0-9]*)")
_BREAKS = "\r\n\x85\u2028\u2029"


def parse(text: str) -> Document:
    """The text's one document; raises `Unparsable` for anything else."""
    if len(text) > LARGEST_KEPT:
        return _parse(text)
    kept = _kept(text)
    return kept if kept.text is text else Document(text, kept.root, kept.aliased)


@lru_cache(maxsize=8)
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

    __slots__ = ("aliased", "anchors", "count", "next", "ready", "rulers", "shift", "text")

    def __init__(self, text: str, shift: int) -> None:
        self.text = text
        self.shift = shift
        self.next: Callable[[], Event] = CParser(text[1:] if shift else text).get_event
        self.count = 1
        """Nodes so far; each is counted by what it stands in."""
        self.anchors: dict[str, tuple[Node, int] | None] = {}
        """Name -> (node, how many nodes it shows); None while the node is still open."""
        self.aliased: set[str] = set()
        self.rulers: list[int] | None = None
        """Starts of the lines as people count them, where the parser counts otherwise (NEL, U+2028 and U+2029)."""
        if not text.isascii() and ("\x85" in text or "\u2028" in text or "\u2029" in text):
            self.rulers = _line_starts(text)
        self.ready: type[Node] | None = Node if ScalarEvent is Node and self.rulers is None and not shift else None
        """The class of those scalars that are nodes as the parser gives them: none where its positions are not ours."""

    def document(self) -> Document:
        self.next()  # the stream's start
        if self.next().__class__ is StreamEndEvent:
            return Document(self.text, None)
        event = self.next()
        root = _COMPOSE[event.__class__](self, event, 0)
        assert self.next().__class__ is DocumentEndEvent
        extra = self.next()
        if extra.__class__ is not StreamEndEvent:
            raise _unparsable("a second document starts here", self.text, extra.start_mark.index + self.shift)
        return Document(self.text, root, frozenset(self.aliased))

    def scalar(self, event: Event, _: int) -> Node:
        """Any scalar; most of those in collections are ready and never come here."""
        given = event if ScalarEvent is Node else _node_of(event)
        first, last = self.moved(given.start_mark), self.moved(given.end_mark)
        if given.written in _BLOCK_STYLES:
            last = Mark(_end_of_block_scalar(self.text, first.index, last.index))
        node = Node(given.anchor, given.tag, None, given.value, first, last, given.written)
        if node.anchor is not None:
            self.anchors[node.anchor] = (node, 1)
        return node

    def mapping(self, event: Event, depth: int) -> Node:
        before = self.count if depth < MAX_DEPTH and event.anchor is None else self.opened(event, depth)
        entries: dict[str, tuple[Node, Node]] = {}
        following, ready = self.next, self.ready
        piece: Event
        value: Event = None
        # Two pieces in a turn, and what is ready taken as it is: eight nodes in ten are, and this is where time goes.
        while (piece := following()).__class__ is not MappingEndEvent:
            self.count += 2
            if self.count > MAX_NODES:
                self.grow(0, piece)
            if piece.__class__ is ready and piece.anchor is None and piece.written not in _BLOCK_STYLES:
                key, text = piece, piece.value
            else:
                key = _COMPOSE[piece.__class__](self, piece, depth + 1)
                text = key.value if piece.__class__ is ScalarEvent else self.text[key.start : key.end]
            if text in entries:
                raise self.error(f"the key {text[:80]!r} stands here a second time", piece)
            value = following()
            if value.__class__ is not ready or value.anchor is not None or value.written in _BLOCK_STYLES:
                value = _COMPOSE[value.__class__](self, value, depth + 1)
            entries[text] = (key, value)
        mark = event.start_mark if ready else self.moved(event.start_mark)
        end = value.end_mark if value is not None and not event.flow_style else self.end(event, piece, value)
        node = Node(event.anchor, event.ctag, None, "", mark, end, None, _MAPPING, event.flow_style, entries)
        return node if event.anchor is None else self.closed(node, before)

    def sequence(self, event: Event, depth: int) -> Node:
        before = self.count if depth < MAX_DEPTH and event.anchor is None else self.opened(event, depth)
        elements: list[Node] = []
        following, ready = self.next, self.ready
        piece: Event
        element: Event = None
        while (piece := following()).__class__ is not SequenceEndEvent:
            self.count += 1
            if self.count > MAX_NODES:
                self.grow(0, piece)
            element = piece
            if piece.__class__ is not ready or piece.anchor is not None or piece.written in _BLOCK_STYLES:
                element = _COMPOSE[piece.__class__](self, piece, depth + 1)
            elements.append(element)
        mark = event.start_mark if ready else self.moved(event.start_mark)
        end = element.end_mark if element is not None and not event.flow_style else self.end(event, piece, element)
        node = Node(event.anchor, event.ctag, None, "", mark, end, None, _SEQUENCE, event.flow_style, None, elements)
        return node if event.anchor is None else self.closed(node, before)

    def opened(self, event: Event, depth: int) -> int:
        """How many nodes there are before those of a collection that begins."""
        if depth == MAX_DEPTH:
            raise self.error(f"nested deeper than {MAX_DEPTH} levels", event)
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        return self.count

    def closed(self, node: Node, before: int) -> Node:
        """A collection with an anchor, from now on to be shown by aliases."""
        assert node.anchor is not None
        self.anchors[node.anchor] = (node, self.count - before)
        return node

    def end(self, event: Event, last_event: Event, last: Node | None) -> Mark:
        """Where a collection ends, which its `last` node does too if it is written in a block.

        The parser ends a block collection at the next token, past comments and blank lines that are not its own. So it
        does with a pair in a list, `[a: b ]`, whose end has no character of its own.
        """
        if last is not None and not (event.flow_style and last_event.start_mark.index < last_event.end_mark.index):
            return last.end_mark
        return self.moved(last_event.end_mark)

    def alias(self, event: Event, _: int) -> Node:
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
        start, end = self.moved(event.start_mark), self.moved(event.end_mark)
        return Node(
            None, there.tag, None, there.value, start, end, there.written, there.kind, there.flow,
            there.entries, there.elements, name,
        )  # fmt: skip

    def grow(self, nodes: int, event: Event) -> None:
        self.count += nodes
        if self.count > MAX_NODES:
            raise self.error(f"there are more than {MAX_NODES} values, those behind aliases counted again", event)

    def moved(self, mark: Mark) -> Mark:
        """The mark as people count: the parser was not given a byte order mark, and sees some lines otherwise."""
        index = mark.index + self.shift
        if self.rulers is None:
            return Mark(index, mark.line, mark.column) if self.shift else mark
        line, column = _place(self.rulers, index)
        return Mark(index, line - 1, column - 1)

    def error(self, reason: str, event: Event) -> Unparsable:
        mark = self.moved(event.start_mark)
        return Unparsable(reason, line=mark.line + 1, column=mark.column + 1)


_COMPOSE: Mapping[type, Callable[[_Composer, Event, int], Node]] = {
    ScalarEvent: _Composer.scalar,
    MappingStartEvent: _Composer.mapping,
    SequenceStartEvent: _Composer.sequence,
    AliasEvent: _Composer.alias,
}


def _node_of(event: Event) -> Node:
    """Of a scalar that came in ruamel's own class."""
    return Node(event.anchor, event.ctag, None, event.value, event.start_mark, event.end_mark, event.style)


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
