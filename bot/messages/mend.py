"""What the pull request of mends says: it can be merged as it stands."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from bot.messages.frame import Frame, body_of
from bot.model import Severity, Step


class Mend(Struct, frozen=True, kw_only=True):
    """One thing that was mended: a sentence each, without a full stop."""

    file: str
    what: str
    why: str
    severity: Severity = Severity.LOW
    notes: str | None = None
    """The address of its release notes, which names nobody."""
    raises: bool = False
    """It gives an action another version, and is no mend of the workflow itself."""

    def steps(self) -> tuple[Step, ...]:
        """Nothing is left to people but to merge."""
        return ()


def title(mends: Sequence[Mend]) -> str:
    """What stands over the pull request that carries these mends."""
    distinct = list(dict.fromkeys(mends))
    raised = sum(mend.raises for mend in distinct)
    files = {mend.file for mend in distinct if not mend.raises}
    parts = []
    if files:
        parts.append("mend the publish workflow" if len(files) == 1 else f"mend {len(files)} workflows")
    if raised:
        parts.append("raise an action" if raised == 1 else f"raise {raised} actions")
    said = " and ".join(parts)
    return said[:1].upper() + said[1:]


def body(mends: Sequence[Mend], frame: Frame) -> str:
    """The body of the pull request that carries these mends."""
    return body_of("mends.md", frame, "excess-permission", mends=list(dict.fromkeys(mends)))
