"""What all processes share of an installation's limits: the writes that were sent, and what GitHub said of the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from bot.github.limits import LaneKey
from bot.pace import WRITES, Left, Pace, Windows


@dataclass(frozen=True, slots=True)
class Heard:
    """What GitHub said to any of us."""

    closed_until: float = 0.0
    """Nothing may be asked before; 0 when it may."""
    left: Mapping[str, Left] = field(default_factory=dict)
    """Of primary limits, by their names."""


class Budget(Protocol):
    """Times are seconds since the epoch."""

    async def take(self, lane: LaneKey, count: int, now: float) -> float:
        """Book `count` writes and return 0, or book none and return the seconds after which to ask again."""
        ...

    async def wait(self, lane: LaneKey, count: int, now: float) -> float:
        """What `take` would return, with nothing booked."""
        ...

    async def hear(self, lane: LaneKey, now: float) -> Heard:
        """Called before every request: it may be a second old."""
        ...

    async def tell(self, lane: LaneKey, resource: str, left: Left) -> None:
        """GitHub said how much is left of a primary limit. Called after every request: not each is passed on."""
        ...

    async def close(self, lane: LaneKey, until: float) -> None:
        """GitHub said to wait: nobody asks before."""
        ...


class OwnBudget:
    """For a process that shares with nobody."""

    def __init__(self, windows: Windows = WRITES) -> None:
        self._paces: defaultdict[LaneKey, Pace] = defaultdict(lambda: Pace(windows))

    async def take(self, lane: LaneKey, count: int, now: float) -> float:
        pace = self._paces[lane]
        wait = pace.wait(now, count)
        if not wait:
            pace.book(now, count)
        return wait

    async def wait(self, lane: LaneKey, count: int, now: float) -> float:
        return self._paces[lane].wait(now, count)

    async def hear(self, lane: LaneKey, now: float) -> Heard:  # noqa: ARG002 - the protocol's
        return Heard()

    async def tell(self, lane: LaneKey, resource: str, left: Left) -> None:
        """The lane in memory knows it."""

    async def close(self, lane: LaneKey, until: float) -> None:
        """The lane in memory knows it."""
