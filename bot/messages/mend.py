"""What the pull request of mends says: it can be merged as it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.messages.frame import Frame, body_of
from bot.model import Severity, Step

TITLE = "Mend the publish workflow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mend:
    """One thing that was mended: a sentence each, without a full stop."""

    file: str
    what: str
    why: str
    severity: Severity = Severity.LOW
    notes: str | None = None
    """The address of its release notes, which names nobody."""

    def steps(self) -> tuple[Step, ...]:
        """Nothing is left to people but to merge."""
        return ()


def title(mends: Sequence[Mend]) -> str:
    """What stands over the pull request that carries these mends."""
    files = {mend.file for mend in mends}
    return TITLE if len(files) == 1 else f"Mend {len(files)} workflows"


def body(mends: Sequence[Mend], frame: Frame) -> str:
    """The body of the pull request that carries these mends."""
    return body_of("mends.md", frame, "excess-permission", mends=list(dict.fromkeys(mends)))
