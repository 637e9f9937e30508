"""Commands found in a comment: lines of its own text that begin with `/pubflow`.

What GitHub shows as a quotation, as code, in a list or a table, or does not show at all, is not said by who wrote the
comment, or not to us. So the comment is read as Markdown: https://spec.commonmark.org/0.31.2/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

LONGEST = 65_536
"""Characters of a comment on GitHub."""
MOST = 10
"""Commands of one comment that are heard."""
_LONGEST_LINE = 400
_POSSIBLE = re.compile(r"^[ \t]{0,3}/pubflow(?:\s|\Z)", re.IGNORECASE | re.MULTILINE)
_LINE = re.compile(r"/pubflow(?:[ \t]+(?P<said>.*))?\Z", re.IGNORECASE)
_BREAKS = frozenset({"softbreak", "hardbreak"})
_UNSEEN = frozenset({"html_inline"})


def might_hold(text: str) -> bool:
    """False only if `text` holds no command; costs next to nothing."""
    return _POSSIBLE.search(text) is not None


def lines(text: str) -> tuple[str, ...]:
    """What follows `/pubflow` in each line that is a command, in order; empty where nothing follows."""
    if not might_hold(text):
        return ()
    found = (_LINE.match(line) for line in _own_lines(_markdown().parse(text[:LONGEST])))
    said = [(match["said"] or "").strip()[:_LONGEST_LINE] for match in found if match is not None]
    return tuple(said[:MOST])


def _own_lines(tokens: Sequence[Token]) -> Iterator[str]:
    """The text of each line of paragraphs that stand in nothing else."""
    for opening, inline in pairwise(tokens):
        # A line above `---` is a heading to Markdown; people put one before their signature.
        plain = opening.type == "paragraph_open" or (opening.type == "heading_open" and opening.markup in {"-", "="})
        if plain and opening.level == 0 and inline.type == "inline":
            yield from _split(inline.children or [])


def _split(children: Sequence[Token]) -> Iterator[str]:
    """Lines as people see them; one that begins with anything but text begins with what no command begins with."""
    line: list[str] = []
    for token in children:
        if token.type in _BREAKS:
            yield "".join(line)
            line = []
        elif token.type in {"text", "text_special"} or line:
            line.append("" if token.type in _UNSEEN else token.content or token.markup)
        else:
            line.append("\0")
    yield "".join(line)


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt  # noqa: PLC0415 - the web process only needs `might_hold`

    return MarkdownIt("commonmark").enable("table")
