"""What all processes share of an installation's limits: the writes that were sent, and when GitHub said to wait."""

from __future__ import annotations

from collections import defaultdict
from typing import Protocol

from bot.github.limits import LaneKey
from bot.pace import WRITES, Pace, Windows


class Budget(Protocol):
    """Times are seconds since the epoch."""

    async def take(self, lane: LaneKey, count: int, now: float) -> float:
        """Book `count` writes and return 0, or book none and return the seconds after which to ask again."""
        ...

    async def wait(self, lane: LaneKey, count: int, now: float) -> float:
        """What `take` would return, with nothing booked."""
        ...

    async def closed_until(self, lane: LaneKey, now: float) -> float:
        """Until when nothing may be asked; 0 when it may. Called before every request: it may be a second old."""
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

    async def closed_until(self, lane: LaneKey, now: float) -> float:  # noqa: ARG002 - the protocol's
        return 0.0

    async def close(self, lane: LaneKey, until: float) -> None:
        """The lane in memory knows it."""
