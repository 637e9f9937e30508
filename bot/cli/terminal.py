"""How commands print: the answer on stdout, everything else on stderr, colours on a terminal only.

Lines come from `bot.report`, which made them harmless; here they get colours and the terminal's width.
"""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Iterable
from typing import TextIO

import typer

from bot.plain import line
from bot.report.people import Line, Role

_NARROWEST = 40
_STYLES: dict[Role, tuple[str | None, bool, bool]] = {
    Role.PLAIN: (None, False, False),
    Role.TITLE: (None, True, False),
    Role.GOOD: ("green", False, False),
    Role.BAD: ("yellow", True, False),
    Role.QUIET: (None, False, True),
    Role.ADDED: ("green", False, False),
    Role.REMOVED: ("red", False, False),
    Role.HUNK: ("cyan", False, False),
}
"""Colour, bold, dim."""


def say(lines: Iterable[Line], stream: TextIO) -> None:
    """Print lines of prose, wrapped to the width of a terminal; elsewhere as long as they are."""
    width = max(shutil.get_terminal_size().columns, _NARROWEST) if stream.isatty() else None
    for item in lines:
        for text in _wrapped(item, width):
            _print(text, item.role, stream)


def show_patch(lines: Iterable[Line]) -> None:
    """Print a patch on stdout: for eyes on a terminal, exactly as `git apply` wants it elsewhere."""
    for item in lines:
        _print(item.text.removesuffix("\r") if sys.stdout.isatty() else item.text, item.role, sys.stdout)


def note(text: str) -> None:
    """Print one line that is not the answer, on stderr."""
    _print(line(text), Role.PLAIN, sys.stderr)


def hint(text: str) -> None:
    """Print what to do next, on stderr, set off from what stands above it."""
    say((Line(text=""), Line(text=line(text), role=Role.QUIET)), sys.stderr)


def coloured(stream: TextIO) -> bool:
    """Whether to use colours: on a terminal that has them, unless NO_COLOR is set (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _wrapped(item: Line, width: int | None) -> list[str]:
    margin = " " * item.indent
    if width is None:
        return [margin + item.text]
    return textwrap.wrap(
        item.text,
        width,
        initial_indent=margin,
        subsequent_indent=margin + " " * item.hang,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [""]


def _print(text: str, role: Role, stream: TextIO) -> None:
    stream.write((_painted(text, role) if coloured(stream) else text) + "\n")


def _painted(text: str, role: Role) -> str:
    colour, bold, dim = _STYLES[role]
    return typer.style(text, fg=colour, bold=bold or None, dim=dim or None) if role is not Role.PLAIN else text
