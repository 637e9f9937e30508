"""What every pull request's body says besides its own matter, and how a body is kept within GitHub's limit."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from bot.environments import Gap
from bot.messages import asked
from bot.messages.checkboxes import Box, checkbox
from bot.messages.found import ranks
from bot.messages.markdown import render
from bot.messages.protection import protections
from bot.messages.stat import files, in_words
from bot.model import Change, Finding, Refusal
from bot.secrets import Verdict
from bot.wishes import Wished

LONGEST = 60_000
"""Characters of a body. GitHub takes 65,536; the rest is room for what is added to a body later."""
_MOST = (100, 30, 10, 3)
"""Entries of each list; the first number that keeps the body short enough is taken."""


class Frame(Struct, frozen=True, kw_only=True):
    """`refusals` are those of the rules whose changes are proposed: what was left as it is, and why."""

    draft: bool
    private: bool
    marker: str
    refusals: tuple[Refusal, ...] = ()
    registered: bool = False
    """Somebody said that the publishers are registered."""
    found: tuple[Finding, ...] = ()
    """What the changes mend."""
    why: Mapping[str, str] = field(default_factory=dict)
    """Rule -> why it matters, in one clause."""
    changes: tuple[Change, ...] = ()
    site: str | None = None
    """The address of this site of pubflow, without a slash at its end."""
    asked: tuple[Wished, ...] = ()
    """What people asked for by commands, and this follows."""
    lacking: Mapping[str, tuple[Gap, ...]] | None = None
    """What each environment lacks from which PyPI will be published; None: not checked."""
    secrets: tuple[Verdict, ...] = ()
    """What may be said of stored secrets once the changes are made; of those that are not checked nothing."""
    waits: bool = False
    """Somebody must register a publisher before this is merged."""


def body_of(template: str, frame: Frame, rule: str, **values: object) -> str:
    """A template of a body with these values and all that the frame says, cut where it would be too long.

    Only whole entries of lists are left out, and their number is said: the Markdown stays whole.
    """
    common = {
        "files": files(frame.changes),
        "stat": in_words(frame.changes),
        "refusals": frame.refusals,
        "asked": asked.lines(frame.asked),
        "boxes": _boxes(frame),
        "rule": next((finding.rule for finding in frame.found), rule),
        "schema_url": frame.site and f"{frame.site}/schema/pubflow.json",
        "draft": frame.draft,
        "private": frame.private,
        "protections": protections(frame.lacking) if frame.lacking is not None else None,
        "marker": frame.marker,
    }
    text = ""
    for most in _MOST:
        found = ranks(frame.found, frame.why, most)
        text = render(template, most=most, found=found, **{"warnings": (), **common, **values})
        if len(text) <= LONGEST:
            break
    return text


def _boxes(frame: Frame) -> list[str]:
    boxes = [
        checkbox(Box.REBASE, "Bring this up to date with the default branch now"),
        checkbox(Box.RECREATE, "Make this anew, without the commits that others added"),
    ]
    if frame.waits:
        return [
            checkbox(Box.REGISTERED, "The publisher is registered as described above", ticked=frame.registered),
            *boxes,
        ]
    return boxes
