"""What a pull request's body says besides its own matter."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """`refusals` are those of the rules whose changes are proposed: what was left as it is, and why."""

    draft: bool
    private: bool
    marker: str
    refusals: tuple[Refusal, ...] = ()
    registered: bool = False
    """Somebody said that the publishers are registered."""
