"""The comment lines in what goes: those that speak of something else stay."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.yaml import lines
from bot.yaml.changes import nodes
from bot.yaml.nodes import Kind, Node

_CODE = re.compile(r"[ \t]*#[#\s]*(?:-\s+)?[\w-]+\s*[:=](?:\s|\Z)")
"""An entry that somebody switched off; it says nothing of the lines around it."""


def remarks(text: str, start: int, end: int, value: Node, about: Sequence[str]) -> list[int]:
    """Where the comment lines from `start` to `end` begin that name none of `about`; `value` lies between the two.

    Lines of prose that follow each other are one remark, and stay or go together.
    """
    if text.find("#", start, end) < 0:  # as nearly always
        return []
    folded = [
        (group, " ".join(text[at : lines.line_end(text, at)] for at in group).casefold())
        for group in _groups(text, list(_comment_lines(text, start, end, value)))
    ]
    return [at for group, said in folded if not any(word in said for word in about) for at in group]


def _comment_lines(text: str, start: int, end: int, value: Node) -> Iterator[int]:
    scalars = [(node.start, node.end) for node in nodes(value) if node.kind is Kind.SCALAR]
    while start < end:
        if lines.is_comment(text, start) and not any(first < start < last for first, last in scalars):
            yield start
        start = lines.next_line(text, start)


def _groups(text: str, starts: Sequence[int]) -> list[list[int]]:
    groups: list[list[int]] = []
    joins = False
    for start in starts:
        prose = _CODE.match(text, start, lines.line_end(text, start)) is None
        if joins and prose and lines.next_line(text, groups[-1][-1]) == start:
            groups[-1].append(start)
        else:
            groups.append([start])
        joins = prose
    return groups
