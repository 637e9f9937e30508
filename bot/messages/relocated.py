"""The issue that says that a repository's new name must be registered."""

from __future__ import annotations

from collections.abc import Sequence

from bot.messages.markdown import render
from bot.messages.marker import remark_marker
from bot.messages.registrations import Registration

TITLE = "Register the publisher under this repository's new name"


def marker(after: str) -> str:
    """`after`: the new `owner/name`."""
    return remark_marker("relocated-" + "".join(one if one.isalnum() and one.isascii() else "-" for one in after))


def body(before: str, after: str, registrations: Sequence[Registration]) -> str:
    """The issue's body; `before` and `after` are `owner/name`."""
    return render(
        "relocated.md", before=before, after=after, registrations=registrations, most=20, marker=marker(after)
    )
