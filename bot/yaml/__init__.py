"""Surgical edits of a YAML text: `edit(text, ops)` splices, re-reads and proves, or raises `Refused`.

Knows neither GitHub nor PyPI. Positions live here and nowhere else.
"""

from collections.abc import Sequence

from bot.yaml.document import parse
from bot.yaml.nodes import Document, Kind, Node, Plain, ScalarStyle, alike
from bot.yaml.ops import (
    Add,
    Append,
    Comment,
    Commented,
    Copy,
    Insert,
    Move,
    Op,
    Raw,
    Remove,
    Rename,
    Replace,
    ReplaceText,
    Value,
)

__all__ = [
    "Add",
    "Append",
    "Comment",
    "Commented",
    "Copy",
    "Document",
    "Insert",
    "Kind",
    "Move",
    "Node",
    "Op",
    "Plain",
    "Raw",
    "Remove",
    "Rename",
    "Replace",
    "ReplaceText",
    "ScalarStyle",
    "Value",
    "alike",
    "edit",
    "parse",
]


def edit(source: str | Document, ops: Sequence[Op]) -> str:
    """The text after all operations, proved to mean what they mean; the same object where nothing is to be done.

    Raises `Refused` with one sentence where that cannot be proved, `Unparsable` where the source is no YAML document.
    """
    from bot.yaml.engine import edit as prove  # noqa: PLC0415 - reading alone, which is most of it, loads no editor

    return prove(source, ops)
