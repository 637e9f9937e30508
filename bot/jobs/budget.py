"""The limits of an installation, shared by all processes through the database."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Final

import sqlalchemy as sa

from bot.errors import StoreUnavailable
from bot.github import LaneKey
from bot.github.budget import Heard
from bot.pace import Left
from bot.store import in_thread, reason
from bot.store.budgets import Budgets

FRESH_SECONDS: Final = 1.0
"""For so long what was read is good enough: every request asks."""
TELL_SECONDS: Final = 5.0
TELL_REQUESTS: Final = 50
"""What is left is passed on after so long, or when so many fewer are left: every answer says it."""


class SharedBudget:
    """A `bot.github.Budget`. Raises StoreUnavailable: what cannot be booked must not be sent."""

    def __init__(self, budgets: Budgets) -> None:
        self._budgets = budgets
        self._heard: dict[LaneKey, tuple[float, Heard]] = {}
        self._told: dict[tuple[LaneKey, str], tuple[float, Left]] = {}

    async def take(self, lane: LaneKey, count: int, now: float) -> float:
        try:
            return await in_thread(self._budgets.take, lane, count, now)
        except sa.exc.SQLAlchemyError as error:
            raise StoreUnavailable(f"the pace of writing cannot be booked ({reason(error)})") from error

    async def wait(self, lane: LaneKey, count: int, now: float) -> float:
        try:
            return await in_thread(self._budgets.wait, lane, count, now)
        except sa.exc.SQLAlchemyError as error:
            raise StoreUnavailable(f"the pace of writing cannot be looked at ({reason(error)})") from error

    async def hear(self, lane: LaneKey, now: float) -> Heard:
        moment = time.monotonic()
        known = self._heard.get(lane)
        if known is not None and moment - known[0] < FRESH_SECONDS:
            return known[1]
        try:
            heard = await in_thread(self._look, lane, now)
        except sa.exc.SQLAlchemyError as error:
            raise StoreUnavailable(f"nobody can say whether GitHub may be asked ({reason(error)})") from error
        self._heard[lane] = moment, heard
        return heard

    def _look(self, lane: LaneKey, now: float) -> Heard:
        return Heard(self._budgets.closed_until(lane, now), self._budgets.left(lane, now))

    async def tell(self, lane: LaneKey, resource: str, left: Left) -> None:
        moment = time.monotonic()
        known = self._told.get((lane, resource))
        if known is not None and moment - known[0] < TELL_SECONDS and not _matters(known[1], left):
            return
        self._told[lane, resource] = moment, left
        with suppress(sa.exc.SQLAlchemyError):  # this process knows; the others hear of it when they ask GitHub
            await in_thread(self._budgets.tell, lane, resource, left)

    async def close(self, lane: LaneKey, until: float) -> None:
        self._heard.pop(lane, None)
        with suppress(sa.exc.SQLAlchemyError):  # this process knows; the others find out for themselves
            await in_thread(self._budgets.close, lane, until)


def _matters(told: Left, left: Left) -> bool:
    """Whether the others must hear of it at once."""
    return told.reset != left.reset or told.remaining - left.remaining >= TELL_REQUESTS or left.remaining <= 0
