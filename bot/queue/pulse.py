"""How workers know of each other's death, and what is done about it.

Each worker counts up a row of its own. Who sees another's count stand still for long enough, by its own steady clock,
takes that worker's name from it and gives its jobs out again. A worker that cannot count, or finds its name taken, is
lost and stops: somebody else may be working on what it works on.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import uuid4

import sqlalchemy as sa

from bot.errors import StoreUnavailable
from bot.queue.book import Book
from bot.queue.engine import Client
from bot.queue.options import QueueOptions
from bot.queue.states import Attempt
from bot.queue.writer import Writer
from bot.store import in_thread
from bot.store.tables import workers

T = TypeVar("T")

_TAKEN = ""
"""The token of a worker that was declared dead."""

_log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True, eq=False)
class Pulse:
    executor: str
    book: Book
    client: Client
    writer: Writer
    options: QueueOptions
    _token: str = field(default_factory=lambda: uuid4().hex)
    _seen: dict[str, tuple[tuple[str, int], float]] = field(default_factory=dict)
    """Of each other worker its token and count, and since when they stand."""

    async def begin(self) -> None:
        """Announce this worker, before it takes any work. Raises StoreUnavailable."""
        row = {"executor": self.executor, "token": self._token, "beat": 0}

        def announce(connection: sa.Connection) -> None:
            connection.execute(workers.delete().where(workers.c.executor == self.executor))
            connection.execute(workers.insert().values(row))

        await self._write(announce, self.executor)

    async def beat_until_lost(self) -> None:
        """Returns when this worker may not go on."""
        last = time.monotonic()
        while True:
            try:
                if not await self._write(self._beat):
                    return
                last = time.monotonic()
                await self._watch()
            except StoreUnavailable as error:
                _log.warning("no heartbeat could be written: %s", error)
            if time.monotonic() - last > self.options.dead_after * 2 / 3:
                return
            await asyncio.sleep(self.options.heartbeat)

    async def cease(self) -> None:
        """A worker that ends in order is not missed."""
        mine = (workers.c.executor == self.executor) & (workers.c.token == self._token)
        await self._write(lambda connection: connection.execute(workers.delete().where(mine)))

    async def release(self) -> None:
        """Free what the engine still counts as being run here."""
        _, workflows = await in_thread(self.client.abandoned, self.executor)
        await in_thread(self.client.cancel, workflows)

    def _beat(self, connection: sa.Connection) -> bool:
        mine = (workers.c.executor == self.executor) & (workers.c.token == self._token)
        return connection.execute(workers.update().where(mine).values(beat=workers.c.beat + 1)).rowcount == 1

    async def _watch(self) -> None:
        now = time.monotonic()
        rows = await self._write(lambda connection: connection.execute(sa.select(workers)).all())
        others = {row.executor: (row.token, row.beat) for row in rows if row.executor != self.executor}
        self._seen = {
            name: self._seen[name] if name in self._seen and self._seen[name][0] == state else (state, now)
            for name, state in others.items()
        }
        for name, (state, since) in list(self._seen.items()):
            if now - since >= self.options.dead_after:
                await self._rescue(name, state)

    async def _rescue(self, name: str, state: tuple[str, int]) -> None:
        """Every step may be done twice or by two at once, and may be the last one: the row goes at the very end."""
        if not await self._write(lambda connection: _take(connection, name, state)):
            return
        attempts, workflows = await in_thread(self.client.abandoned, name)
        _log.warning("worker %s is dead; %d of its jobs are given to others", name, len(attempts))
        for attempt in attempts:
            await self._write(self._replacing(name, attempt), attempt.lane, name)
        await in_thread(self.client.cancel, workflows)
        gone = (workers.c.executor == name) & (workers.c.token == _TAKEN)
        await self._write(lambda connection: connection.execute(workers.delete().where(gone)))

    def _replacing(self, name: str, attempt: Attempt) -> Callable[[sa.Connection], bool]:
        def replace(connection: sa.Connection) -> bool:
            # It may have come back just now, and have begun this very attempt again.
            taken = sa.select(workers.c.token).where(workers.c.executor == name)
            return connection.scalar(taken) == _TAKEN and self.book.replace(connection, attempt, counted=True)

        return replace

    async def _write(self, work: Callable[[sa.Connection], T], *locks: str) -> T:
        return await self.writer.write(work, locks, wait=self.options.store_wait, spare=True)


def _take(connection: sa.Connection, name: str, state: tuple[str, int]) -> bool:
    token, beat = state
    unchanged = (workers.c.executor == name) & (workers.c.token == token) & (workers.c.beat == beat)
    return connection.execute(workers.update().where(unchanged).values(token=_TAKEN)).rowcount == 1
