"""The limits of an installation, shared by all processes through the database."""

from __future__ import annotations

import time
from typing import Final

import sqlalchemy as sa

from bot.errors import StoreUnavailable
from bot.github import LaneKey
from bot.store import in_thread, reason
from bot.store.budgets import Budgets

FRESH_SECONDS: Final = 1.0
"""For so long what was read of a closure is good enough: every request asks."""


class SharedBudget:
    """A `bot.github.Budget`. Raises StoreUnavailable: what cannot be booked must not be sent."""

    def __init__(self, budgets: Budgets) -> None:
        self._budgets = budgets
        self._known: dict[LaneKey, tuple[float, float]] = {}

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

    async def closed_until(self, lane: LaneKey, now: float) -> float:
        moment = time.monotonic()
        known = self._known.get(lane)
        if known is not None and moment - known[0] < FRESH_SECONDS:
            return known[1]
        try:
            until = await in_thread(self._budgets.closed_until, lane, now)
        except sa.exc.SQLAlchemyError as error:
            raise StoreUnavailable(f"nobody can say whether GitHub may be asked ({reason(error)})") from error
        self._known[lane] = moment, until
        return until

    async def close(self, lane: LaneKey, until: float) -> None:
        self._known.pop(lane, None)
        try:
            await in_thread(self._budgets.close, lane, until)
        except sa.exc.SQLAlchemyError:
            return  # this process knows; the others find out for themselves
