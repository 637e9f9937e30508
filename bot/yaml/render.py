"""Plain data -> lines of YAML in a given style. Makes new text only; where it goes is decided elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import chain

from msgspec import Struct

from bot.errors import Refused
from bot.yaml.nodes import ScalarStyle
from bot.yaml.ops import Collection, Commented, Raw, Value, is_filled, is_mapping
from bot.yaml.quoting import NOT_PRINTABLE, is_safe_plain, quoted
from bot.yaml.style import Style

_PLAIN = ScalarStyle.PLAIN
_LITERAL_LINE = re.compile(rf"[^{NOT_PRINTABLE}]*")


class Block(Struct, frozen=True, gc=False):
    """A value as written: what stands on the line of its key or dash, and the lines that follow, fully indented."""

    head: str
    tail: list[str]


def split(value: Value, comment: str | None = None) -> tuple[Value, str | None, str | None]:
    """A value without its comments, the comment beside it and the one above it."""
    above = None
    while isinstance(value, Commented):
        comment, above, value = value.beside or comment, value.above or above, value.value
    return value, comment, above


def comment_of(text: str) -> str:
    """A comment's one line as written, `#` included; raises `Refused` for what cannot stand on one line."""
    text = text.strip()
    text = text if text.startswith("##") else text.removeprefix("#").strip()
    if not _LITERAL_LINE.fullmatch(text) or re.search("[\u2028\u2029]", text):
        raise Refused("a comment must be one line of printable text")
    return text if text.startswith("##") else f"# {text}" if text else "#"


def ends_in_block_scalar(value: Value) -> bool:
    """The last line of the rendered value is one of a block scalar: its line break matters."""
    value, _, _ = split(value)
    if isinstance(value, str):
        return "\n" in value
    if isinstance(value, Raw):
        return "\n" in value.text
    if not is_filled(value):
        return False
    return ends_in_block_scalar(list(value.values())[-1] if is_mapping(value) else list(value)[-1])


def fits_in_brackets(value: Value) -> bool:
    """A filled collection of short things: no comments and no texts of several lines anywhere in it."""
    return is_filled(value) and _fits(value)


def _fits(value: Value) -> bool:
    if isinstance(value, (str, Raw)):
        return "\n" not in (value if isinstance(value, str) else value.text)
    if is_filled(value):
        return all(map(_fits, value.values() if is_mapping(value) else value))
    return not isinstance(value, Commented)


def raw_lines(raw: Raw) -> tuple[str, list[str]]:
    """The first line, and the others without their common indentation."""
    if "\n" not in raw.text:
        return raw.text, []
    head, *rest = raw.text.rstrip("\n").split("\n")
    margin = min((len(line) - len(line.lstrip(" ")) for line in rest if line.strip()), default=0)
    return head, [line[margin:] if line.strip() else "" for line in rest]


class Renderer(Struct, frozen=True, gc=False):
    style: Style

    def member(
        self,
        key: str | None,
        value: Value,
        column: int,
        comment: str | None = None,
        *,
        wish: ScalarStyle = _PLAIN,
    ) -> list[str]:
        """The lines of one mapping entry, or of one sequence item where `key` is None."""
        if key is not None and comment is None and (line := self._line(value, wish)):
            return [f"{' ' * column}{self.key(key, column)}: {line}"]  # as most are
        value, beside, above = split(value, comment)
        indent = " " * column
        lines = [indent + comment_of(line) for line in above.splitlines()] if above else []
        if key is None and is_filled(value):
            if beside:
                lines.append(indent + comment_of(beside))
            return lines + self._item(value, column)
        block = self.value(value, column, item=key is None, wish=wish)
        first = indent + ("-" if key is None else f"{self.key(key, column)}:")
        if block.head:
            first += " " + block.head
        if beside:
            first += self.style.comment_gap + comment_of(beside)
        lines.append(first)
        return lines + block.tail if block.tail else lines

    def value(self, value: Value, column: int, *, item: bool = False, wish: ScalarStyle = _PLAIN) -> Block:
        """A value under a key (or, `item`, a dash) that stands in a column."""
        while isinstance(value, Commented):
            value = value.value
        if line := self._line(value, wish):
            return Block(line, [])
        if isinstance(value, str) and "\n" in value and (literal := self._literal(value, column)):
            return literal
        if isinstance(value, Raw):
            return self._raw(value, column)
        if is_filled(value):
            return Block("", self.members(value, column + (self.style.item if item else self._step(value))))
        return Block(self.scalar(value, wish=wish) if value is not None or item else "", [])

    def _line(self, value: Value, wish: ScalarStyle) -> str | None:
        """A text that stands on one line; None for any other value."""
        if isinstance(value, str):
            return None if "\n" in value else self.scalar(value, wish=wish)
        return value.text if isinstance(value, Raw) and "\n" not in value.text else None

    def members(self, value: Collection, column: int) -> list[str]:
        """The lines of all members of a collection."""
        if is_mapping(value):
            members = [self.member(key, inner, column) for key, inner in value.items()]
        else:
            members = [self.member(None, inner, column) for inner in value]
        return list(chain.from_iterable(members))

    def key(self, text: str, column: int) -> str:
        # `on` is how everybody writes a workflow's triggers, though YAML 1.1 reads a boolean there.
        if text == "on" and column == 0:
            return text
        return self.scalar(text)

    def scalar(self, value: Value, *, wish: ScalarStyle = _PLAIN, brackets: bool = False) -> str:
        """Anything that stands on one line: a scalar or an empty collection."""
        if isinstance(value, str):
            if wish is _PLAIN:
                if is_safe_plain(value, brackets=brackets):
                    return value
                wish = self.style.quote
            return quoted(value, wish, brackets=brackets)
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int):
            return str(value)
        if value is None:
            return "null"
        return "{}" if isinstance(value, Mapping) else "[]"

    def flow(self, value: Value, *, wish: ScalarStyle = _PLAIN) -> str:
        """A value inside brackets, on one line."""
        value, beside, above = split(value)
        if beside or above:
            raise Refused("a comment cannot stand inside brackets")
        if isinstance(value, Raw):
            return self._raw_line(value)
        if not is_filled(value):
            return self.scalar(value, wish=wish, brackets=True)
        if is_mapping(value):
            pad = " " if self.style.padded else ""
            return "{" + pad + ", ".join(self.flow_entry(key, inner) for key, inner in value.items()) + pad + "}"
        return "[" + ", ".join(self.flow(inner) for inner in value) + "]"

    def flow_entry(self, key: str, value: Value, *, wish: ScalarStyle = _PLAIN) -> str:
        return f"{self.scalar(key, brackets=True)}: {self.flow(value, wish=wish)}"

    def _step(self, value: Collection) -> int:
        if is_mapping(value):
            return self.style.mapping
        first, _, _ = split(next(iter(value), None))
        return self.style.records if isinstance(first, (dict, Mapping)) else self.style.sequence

    def _item(self, value: Collection, column: int) -> list[str]:
        step = self.style.item
        lines = self.members(value, column + step)
        first = next(i for i, line in enumerate(lines) if not line.lstrip(" ").startswith("#"))
        above = [" " * column + line.lstrip(" ") for line in lines[:first]]
        dash = " " * column + "-" + " " * (step - 1)
        return [*above, dash + lines[first][column + step :], *lines[first + 1 :]]

    def _literal(self, text: str, column: int) -> Block | None:
        """`|` and the lines; None for a text that such a block cannot hold."""
        body = text.rstrip("\n")
        content = body.split("\n")
        fits = all(_LITERAL_LINE.fullmatch(line) and (line.strip() or not line) for line in content)
        if not body or not fits or body.startswith((" ", "\t", "\n")):
            return None
        breaks = len(text) - len(body)
        indicator = "|" if breaks == 1 else "|-" if breaks == 0 else "|+"
        return Block(indicator, self._indented([*content, *[""] * (breaks - 1)], column))

    def _raw(self, raw: Raw, column: int) -> Block:
        head, rest = raw_lines(raw)
        return Block(head, self._indented(rest, column))

    def _raw_line(self, raw: Raw) -> str:
        if "\n" in raw.text:
            raise Refused("a value of several lines cannot stand inside brackets")
        return raw.text

    def _indented(self, content: Sequence[str], column: int) -> list[str]:
        if not content:  # as nearly always
            return []
        indent = " " * (column + self.style.mapping)
        return [indent + line if line else "" for line in content]
