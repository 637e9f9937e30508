"""A node of one place as a value for another: scalars as they are written, comments with them."""

from __future__ import annotations

from collections.abc import Mapping

from bot.moving.nouns import Unmovable
from bot.yaml import Commented, Document, Kind, Node, Raw, ScalarStyle, Value

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


def _entry(document: Document, key: Node, value: Node) -> Value:
    restated, text = restate(document, value), document.text
    inline = value.kind is Kind.SCALAR and value.style in _SIMPLE and value.end > value.start
    beside = _beside(text, value.end if inline or value.flow else key.end + 1)
    above = _above(text, key.start)
    return Commented(restated, beside=beside, above=above) if beside or above else restated


def _scalar(document: Document, node: Node) -> Value:
    source = document.text[node.start : node.end]
    if "\n" not in source and "\r" not in source:
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
    lines: list[str] = []
    while first > 0:
        before = text.rfind("\n", 0, first - 1) + 1
        line = text[before : first - 1].strip()
        if not line.startswith("#"):
            break
        lines.insert(0, line)
        first = before
    return "\n".join(lines) or None


def _line_end(text: str, index: int) -> int:
    found = text.find("\n", index)
    return len(text) if found < 0 else found
