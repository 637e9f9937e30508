"""What the pull request of mends says: it can be merged as it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.messages.frame import Frame
from bot.messages.markdown import render
from bot.model import Step

TITLE = "Mend the publish workflow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mend:
    """One thing that was mended: a sentence each, without a full stop."""

    file: str
    what: str
    why: str

    @property
    def title(self) -> str:
        return TITLE

    def steps(self) -> tuple[Step, ...]:
        """Nothing is left to people but to merge."""
        return ()


def body(mends: Sequence[Mend], frame: Frame) -> str:
    """The body of the pull request that carries these mends."""
    return render("mends.md", mends=list(dict.fromkeys(mends)), refusals=frame.refusals, marker=frame.marker)
