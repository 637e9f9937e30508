"""A piece of one workflow as a value that can be put into another, with the comments beside its scalars."""

from __future__ import annotations

import re

from bot.errors import Refused
from bot.model import YamlPath
from bot.yaml import Commented, Document, Kind, Node, Raw

_BESIDE = re.compile(r"[ \t]*#[ \t]*([^\n]*)")

Part = Raw | Commented | list["Part"] | dict[str, "Part"]


def taken(document: Document, path: YamlPath) -> Part:
    """The node at a path as a value; raises `Refused` when there is none."""
    node = document.find(path)
    if node is None:
        raise Refused("A part of a recipe is not where it should be.", path=path)
    return _part(document, node)


def _part(document: Document, node: Node) -> Part:
    if node.entries is not None and node.entries:
        return {key: _part(document, value) for key, (_, value) in node.entries.items()}
    if node.elements:
        return [_part(document, element) for element in node.elements]
    written = Raw(document.text[node.start : node.end])
    beside = _BESIDE.match(document.text, node.end) if node.kind is Kind.SCALAR else None
    return Commented(written, beside=beside[1]) if beside is not None else written
