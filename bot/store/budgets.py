"""An installation's limits, shared by all processes: the writes of the last hour, and what GitHub said of the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from bot.pace import WRITES, Left, Pace, Windows
from bot.store.engine import lock, transaction
from bot.store.tables import allowances, closures, writes

_LONGEST: Final = 2 * 3600.0
"""A closure that seems to last longer was written by a clock that went wrong."""


@dataclass(frozen=True, slots=True)
class Budgets:
    """Times are seconds since 1970; every method is one transaction."""

    engine: sa.Engine
    windows: Windows = WRITES

    def take(self, lane: int, count: int, now: float) -> float:
        """Book `count` writes and return 0, or book none and return the seconds after which to ask again."""
        with transaction(self.engine) as connection:
            lock(connection, [f"writes of {lane}"])
            wait = self._pace(connection, lane, now).wait(now, count)
            if not wait:
                connection.execute(writes.insert().values(lane=lane, at=now, many=count))
                old = (writes.c.lane == lane) & (writes.c.at <= now - self._longest)
                connection.execute(writes.delete().where(old))
        return wait

    def wait(self, lane: int, count: int, now: float) -> float:
        """What `take` would return, with nothing booked."""
        with self.engine.connect() as connection:
            return self._pace(connection, lane, now).wait(now, count)

    @property
    def _longest(self) -> float:
        return max(seconds for seconds, _ in self.windows)

    def _pace(self, connection: sa.Connection, lane: int, now: float) -> Pace:
        recent = (writes.c.lane == lane) & (writes.c.at > now - self._longest)
        rows = connection.execute(sa.select(writes.c.at, writes.c.many).where(recent).order_by(writes.c.at))
        return Pace(self.windows, [row.at for row in rows for _ in range(row.many)])

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

    def left(self, lane: int, now: float) -> dict[str, Left]:
        """What is left of each primary limit whose period is not over."""
        found = sa.select(allowances.c.resource, allowances.c.remaining, allowances.c.reset)
        running = (allowances.c.reset > now) & (allowances.c.reset < now + _LONGEST)
        with self.engine.connect() as connection:
            rows = connection.execute(found.where(allowances.c.lane == lane, running)).all()
        return {row.resource: Left(row.remaining, row.reset) for row in rows}

    def tell(self, lane: int, resource: str, left: Left) -> None:
        """The newest period stays, and of one period the least that was said."""
        this = (allowances.c.lane == lane) & (allowances.c.resource == resource)
        with transaction(self.engine) as connection:
            lock(connection, [f"allowance of {lane}"])
            known = connection.execute(sa.select(allowances).where(this)).one_or_none()
            if known is None:
                connection.execute(allowances.insert().values(lane=lane, resource=resource, **left._asdict()))
            elif (known.reset, -known.remaining) < (left.reset, -left.remaining):
                connection.execute(allowances.update().where(this).values(**left._asdict()))
