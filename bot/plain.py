"""Hostile text made harmless for a terminal and a CI log, without hiding that it is strange."""

from __future__ import annotations

import re

_STRANGE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters but tab and line feed
    "\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff"  # invisible, or change the direction of what follows
    "\ud800-\udfff\U000e0000-\U000e007f]"  # no characters at all; invisible letters
)
_COMMAND = re.compile(r"^(\s*):(?=:)|##(?=\[)", re.MULTILINE)
"""How a line commands GitHub's runner, in both its notations; blanks before the first are ignored:
https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs"""


def plain(text: str) -> str:
    """`text` with every control or invisible character but tab and line feed written as an escape such as `\\x1b`."""
    return _COMMAND.sub(_defused, _STRANGE.sub(_escape, text))


def line(text: str) -> str:
    """The same for what must stay on one line."""
    return plain(text.replace("\n", " ").replace("\t", " ")).strip()


def _escape(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")


def _defused(found: re.Match[str]) -> str:
    return "#\\x23" if found[0].startswith("#") else f"{found[1]}\\x3a"
