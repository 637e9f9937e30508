"""Actions raised so that nothing breaks: what a `uses:` is, what it can become, and what has to change with it.

Pure: the `Catalogue` says which versions exist, `judge` gives a `Verdict` on each line. A bump that is not certain to
work is refused with a sentence; a line of another style, and every byte beside it, stays as it is written.
"""

from __future__ import annotations

from bot.bumping.catalogue import Action, Advisory, Catalogue, Manifest, Tag
from bot.bumping.judging import judge, wanted
from bot.bumping.verdict import BROKEN, COMMENT, OUTDATED, Verdict

__all__ = [
    "BROKEN",
    "COMMENT",
    "OUTDATED",
    "Action",
    "Advisory",
    "Catalogue",
    "Manifest",
    "Tag",
    "Verdict",
    "judge",
    "wanted",
]
