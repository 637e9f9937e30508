"""Actions raised so that nothing breaks: what a `uses:` is, what it can become, and what has to change with it.

Pure: the `Catalogue` says which versions exist, `judge` gives a `Verdict` on each line. A bump that is not certain to
work is refused with a sentence; a line of another style, and every byte beside it, stays as it is written.

What judges is loaded when the first workflow is looked at.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from bot.bumping.catalogue import Action, Advisory, Catalogue, Manifest, Tag
from bot.bumping.verdict import BROKEN, COMMENT, OUTDATED, UNKNOWN, Verdict

if TYPE_CHECKING:
    from bot.bumping.judging import judge, wanted

__all__ = [
    "BROKEN",
    "COMMENT",
    "OUTDATED",
    "UNKNOWN",
    "Action",
    "Advisory",
    "Catalogue",
    "Manifest",
    "Tag",
    "Verdict",
    "judge",
    "wanted",
]


def __getattr__(name: str) -> object:
    if name not in ("judge", "wanted"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module("bot.bumping.judging"), name)
    globals()[name] = found  # so that nobody asks again
    return found
