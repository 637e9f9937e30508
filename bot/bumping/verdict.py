"""What is found out about one `uses:`."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from bot.bumping.places import Place
from bot.model import Severity
from bot.yaml import Op

BROKEN, OUTDATED, COMMENT = "broken-action", "outdated-action", "pin-comment"
UNKNOWN = "unknown"
"""No rule's: the snapshot does not know enough for a verdict, which is no finding."""

Ops = Mapping[str, tuple[Op, ...]]
"""Path of a workflow -> what is done to it."""


class Verdict(Struct, frozen=True, kw_only=True):
    """One thing to say of one place, and either what mends it, or why that is left to people, or neither: a mere word.

    `rule` is the rule that says it. Sentences are without a full stop.
    """

    rule: str
    place: Place
    severity: Severity
    message: str
    ops: Ops = field(default_factory=dict)
    what: str = ""
    """Of the change: what was made of what, and what was made with it."""
    why: str = ""
    notes: str | None = None
    """`owner/repo/releases/tag/v7`, below GitHub's pages."""
    refusal: str | None = None
    leaves: bool = False
    """Something may be left to say of the place once it is changed."""

    @property
    def makes(self) -> bool:
        """Claims that something is changed."""
        return bool(self.ops)


def at(verdict: Verdict, place: Place) -> Verdict:
    """The same words on another place."""
    return verdict if verdict.place is place else replace(verdict, place=place)
