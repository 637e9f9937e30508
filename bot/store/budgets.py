"""An installation's limits, shared by all processes: the writes of the last hour, and when GitHub said to wait."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from bot.pace import WRITES, Pace, Windows
from bot.store.engine import lock, transaction
from bot.store.tables import closures, writes

_LONGEST: Final = 2 * 3600.0
"""A closure that seems to last longer was written by a clock that went wrong."""


@dataclass(frozen=True, slots=True)
class Budgets:
    """Times are seconds since 1970; every method is one transaction."""

    engine: sa.Engine
    windows: Windows = WRITES

    def take(self, lane: int, count: int, now: float) -> float:
        """Book `count` writes and return 0, or book none and return the seconds after which to ask again."""
        longest = max(seconds for seconds, _ in self.windows)
        mine = writes.c.lane == lane
        with transaction(self.engine) as connection:
            lock(connection, [f"writes of {lane}"])
            rows = connection.execute(
                sa.select(writes.c.at, writes.c.many).where(mine, writes.c.at > now - longest).order_by(writes.c.at)
            )
            pace = Pace(self.windows, [row.at for row in rows for _ in range(row.many)])
            wait = pace.wait(now, count)
            if not wait:
                connection.execute(writes.insert().values(lane=lane, at=now, many=count))
                connection.execute(writes.delete().where(mine, writes.c.at <= now - longest))
        return wait

    def closed_until(self, lane: int, now: float) -> float:
        """Until when nobody may ask; 0 when everybody may."""
        with self.engine.connect() as connection:
            until = connection.scalar(sa.select(closures.c.until).where(closures.c.lane == lane))
        return until if until is not None and now < until < now + _LONGEST else 0.0

    def close(self, lane: int, until: float) -> None:
        """Nobody asks before; an end that is already known to be later stays."""
        with transaction(self.engine) as connection:
            lock(connection, [f"closure of {lane}"])
            known = connection.scalar(sa.select(closures.c.until).where(closures.c.lane == lane))
            if known is None:
                connection.execute(closures.insert().values(lane=lane, until=until))
            elif known < until:
                connection.execute(closures.update().where(closures.c.lane == lane).values(until=until))
