"""A node of one place as a value for another: scalars as they are written, comments with them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from msgspec.structs import replace

from bot.moving.nouns import CREDENTIALS, Unmovable
from bot.yaml import Commented, Document, Kind, Node, Raw, ScalarStyle, Value, lines
from bot.yaml.members import layout
from bot.yaml.quoting import is_safe_plain
from bot.yaml.remarks import remarks

_SIMPLE = (ScalarStyle.PLAIN, ScalarStyle.SINGLE, ScalarStyle.DOUBLE)


def restate(document: Document, node: Node) -> Value:
    """The value at a node, ready to be written elsewhere; raises `Unmovable` where an alias or an anchor is in it."""
    if node.alias is not None or node.anchor is not None or node.tag not in (None, ""):
        raise Unmovable("it uses YAML anchors, aliases or tags, which cannot be moved to another place")
    if node.kind is Kind.SCALAR:
        return _scalar(document, node)
    if node.elements is not None:
        return [restate_item(document, element) for element in node.elements]
    return {key.value: _entry(document, key, value) for key, value in node.items()}


def restate_item(document: Document, node: Node) -> Value:
    """The same for an item of a list, the comments above it included; those of a mapping are its first key's."""
    restated, above = restate(document, node), _above(document.text, node.start)
    return Commented(restated, above=above) if above and node.kind is not Kind.MAPPING else restated


def restate_keys(document: Document, node: Node, changed: Mapping[str, Value | None]) -> dict[str, Value]:
    """A mapping's entries with some replaced or (None) left out; entries that are new come last."""
    found: dict[str, Value] = {}
    for key, value in node.items():
        if key.value not in changed:
            found[key.value] = _entry(document, key, value)
        elif (new := changed[key.value]) is not None:
            above = _above(document.text, key.start)
            beside = _beside(document.text, key.end + 1) if value.kind is not Kind.SCALAR else None
            found[key.value] = Commented(new, beside=beside, above=above) if above or beside else new
    return found | {key: value for key, value in changed.items() if value is not None and key not in found}


def noted(document: Document, node: Node, key: str, value: Value) -> Value:
    """A value with the comment lines that stand above a key of a mapping, for the same key elsewhere."""
    found = next((name for name, _ in node.items() if name.value == key), None)
    above = _above(document.text, found.start) if found is not None else None
    return Commented(value, above=above) if above else value


def left_over(document: Document, node: Node, key: str, gone: Collection[str]) -> str | None:
    """The comments at an entry's own entries that go and after the last one, but for those on credentials."""
    value = node.get(key)
    if value is None or value.flow or value.alias is not None or value.kind is not Kind.MAPPING:
        return None
    around, text = layout(document, node), document.text
    index = list(node.entries or ()).index(key)
    stays = [name for name, _ in value.items() if name.value not in gone]
    start = lines.next_line(text, around.members[index].mark) if stays else around.head(index)
    found = remarks(text, start, around.tail(index), value, CREDENTIALS)
    attached = {at for name in stays for at in _lines_above(text, name.start)} if found else set()
    return "\n".join(text[at : lines.line_end(text, at)].strip() for at in found if at not in attached) or None


def said_at(document: Document, items: Node, index: int) -> str | None:
    """The comments above an item of a list and inside of it, but for those on credentials."""
    around, text = layout(document, items), document.text
    start, member = around.head(index), around.members[index]
    if member.value.flow or text.find("#", start, around.tail(index)) < 0:
        return None
    found = remarks(text, start, around.tail(index), member.value, CREDENTIALS)
    dash = lines.comment_beside(text, member.mark)
    if dash is not None and not any(word in text[dash : member.value.start].casefold() for word in CREDENTIALS):
        found = sorted([*found, dash])
    return "\n".join(text[each : lines.line_end(text, each)].strip() for each in found) or None


def under(comment: str, value: Value) -> Value:
    """A value with one more comment on lines above its key."""
    if isinstance(value, Commented):
        return replace(value, above=f"{value.above}\n{comment}" if value.above else comment)
    return Commented(value, above=comment)


def _entry(document: Document, key: Node, value: Node) -> Value:
    restated, text = restate(document, value), document.text
    inline = value.kind is Kind.SCALAR and value.style in _SIMPLE and value.end > value.start
    beside = _beside(text, value.end if inline or value.flow else key.end + 1)
    above = _above(text, key.start)
    return Commented(restated, beside=beside, above=above) if beside or above else restated


def _scalar(document: Document, node: Node) -> Value:
    source = document.text[node.start : node.end]
    if "\n" not in source and "\r" not in source:
        if source == node.value and is_safe_plain(source, brackets=True):
            return source  # which is written just so, and need not be parsed for that
        return Raw(source) if source else None
    if node.style in (ScalarStyle.LITERAL, ScalarStyle.FOLDED):
        return Raw("\n".join(source.splitlines()))
    return node.value


def _beside(text: str, end: int) -> str | None:
    line = text[end : _line_end(text, end)]
    return line.strip() if line.strip().startswith("#") else None


def _above(text: str, start: int) -> str | None:
    """The comment lines right above the line on which a key or an item starts."""
    first = text.rfind("\n", 0, start) + 1
    if text[first:start].strip(" -"):
        return None
    above = [text[at : lines.line_end(text, at)].strip() for at in _lines_above(text, start)]
    return "\n".join(reversed(above)) or None


def _lines_above(text: str, start: int) -> Iterator[int]:
    """Where the comment lines begin that stand right above the line of a place, from the last to the first."""
    at = lines.previous_line(text, lines.line_start(text, start))
    while at is not None and text[at : lines.line_end(text, at)].lstrip().startswith("#"):
        yield at
        at = lines.previous_line(text, at)


def _line_end(text: str, index: int) -> int:
    found = text.find("\n", index)
    return len(text) if found < 0 else found
