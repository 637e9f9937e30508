"""Surgical edits of a YAML text: `edit(text, ops)` splices, re-reads and proves, or raises `Refused`.

Knows neither GitHub nor PyPI. Positions live here and nowhere else.
"""

from bot.yaml.document import parse
from bot.yaml.engine import edit
from bot.yaml.nodes import Document, Kind, Node, Plain, ScalarStyle
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
    "edit",
    "parse",
]
