"""The members of a collection as they stand: where each begins, where its value belongs, which comments are its own."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct, field

from bot.errors import Refused
from bot.yaml import lines
from bot.yaml.nodes import Document, Kind, Node

_PROPERTIES = re.compile("(?:[&!][^ \t\r\n\x85\u2028\u2029]*[ \t\r\n\x85\u2028\u2029]*)*")


class Member(Struct, frozen=True, gc=False):
    """One entry of a mapping or item of a sequence.

    `start` is the first character of the key, the `-`, or in brackets of the item; `mark` comes right after the `:` or
    the `-` (in brackets: where a value could follow); `end` after the value.
    """

    index: int
    start: int
    mark: int
    end: int
    key: Node | None
    value: Node
    own_line: bool
    """Only spaces stand before it; False for the first member in `- name: x`."""


class Layout(Struct, frozen=True, gc=False):
    """A collection's members. `column` counts from 0: where all members of a block collection begin."""

    text: str
    node: Node
    members: list[Member]
    column: int

    @property
    def indent(self) -> str:
        return " " * self.column

    def head(self, index: int) -> int:
        """Where the lines of an own-line member begin, comments right above it (same indentation) included.

        Comments at the top of the file are the file's own.
        """
        member = self.members[index]
        floor = self.members[index - 1].end if index else -1
        start = own = lines.line_start(self.text, member.start)
        while (before := lines.previous_line(self.text, start)) is not None and before > floor:
            if not lines.is_comment(self.text, before) or lines.indent_of(self.text, before) != self.column:
                return own if self.text.startswith(("---", "%"), before) else start
            start = before
        return start if index else own

    def tail(self, index: int) -> int:
        """Where the last line of a member ends, the comment beside it included, and the comments after it that are
        indented like its children."""
        member = self.members[index]
        end = lines.line_end(self.text, member.end)
        if member.value.kind is Kind.SCALAR or member.value.flow or member.value.alias is not None:
            return end
        while not lines.ends_unbroken(self.text, end):
            start = lines.next_line(self.text, end)
            if not lines.is_comment(self.text, start) or lines.indent_of(self.text, start) <= self.column:
                break
            end = lines.line_end(self.text, start)
        return end

    def blanks_after(self, index: int) -> int:
        """How many blank lines follow a member's last line."""
        return lines.count_blank_lines(self.text, lines.next_line(self.text, self.tail(index)))


def layout(document: Document, node: Node) -> Layout:
    """How the members of a collection stand; raises `Refused` for what is not edited (`? ` keys, tabs before keys)."""
    text = document.text
    members = _members(text, node)
    column = members[0].start - lines.line_start(text, members[0].start) if members else 0
    return Layout(text, node, members, column)


class Layouts(Struct):
    """The layouts of one document's collections, each made once."""

    document: Document
    by_node: dict[int, Layout] = field(default_factory=dict)

    def of(self, node: Node) -> Layout:
        found = self.by_node.get(id(node))
        if found is None:
            found = self.by_node[id(node)] = layout(self.document, node)
        return found


def content_start(text: str, node: Node) -> int:
    """Where a node starts after its anchor and tag."""
    if node.anchor is None and node.tag is None:
        return node.start
    found = _PROPERTIES.match(text, node.start)
    return found.end() if found else node.start


def _members(text: str, node: Node) -> list[Member]:
    if node.entries is not None and not node.flow:
        return _entries(text, node.entries, content_start(text, node))
    find = _in_brackets if node.flow else _item
    pairs = node.entries.values() if node.entries is not None else [(None, value) for value in node.elements or ()]
    at, flow = content_start(text, node), node.flow
    if flow:
        if text[at] not in "[{":
            raise Refused("a pair without braces of its own is not edited", line=node.line)
        at += 1
    result: list[Member] = []
    for index, (key, value) in enumerate(pairs):
        at = lines.skip(text, at)
        if flow and index and text.startswith(",", at):
            at = lines.skip(text, at + 1)
        start, mark = find(text, at, key, value)
        own = lines.is_indented(text, start)
        if not (own or index == 0 or flow):
            raise _oddly_indented(value)
        at = max(mark, value.end)
        result.append(Member(index, start, mark, at, key, value, own))
    return result


def _entries(text: str, entries: Mapping[str, tuple[Node, Node]], at: int) -> list[Member]:
    """Those of a mapping in block style, which most changes are in."""
    result: list[Member] = []
    for index, (key, value) in enumerate(entries.values()):
        start, colon = key.start_mark.index, key.end_mark.index
        if not text.startswith(":", colon):
            colon = lines.skip_blanks(text, colon)
        if lines.skip(text, at) != start or not text.startswith(":", colon):
            raise Refused("a key written with a question mark is not edited", line=key.line)
        own = lines.is_indented(text, start)
        if not own and index:
            raise _oddly_indented(value)
        at = max(colon + 1, value.end_mark.index)
        result.append(Member(index, start, colon + 1, at, key, value, own))
    return result


def _oddly_indented(value: Node) -> Refused:
    return Refused("the indentation is made of more than spaces", line=value.line)


def _item(text: str, at: int, _: Node | None, __: Node) -> tuple[int, int]:
    if not text.startswith("-", at):
        raise Refused("the items of this list could not be told apart", line=text.count("\n", 0, at) + 1)
    return at, at + 1


def _in_brackets(text: str, at: int, key: Node | None, value: Node) -> tuple[int, int]:
    if at != (value if key is None else key).start:
        raise Refused("a key written with a question mark is not edited", line=value.line)
    if key is None:
        return at, at
    colon = lines.skip(text, key.end)
    return at, colon + 1 if text.startswith(":", colon) else key.end
