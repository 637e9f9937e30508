"""Group commit: everything that waits when the writer is free goes into one transaction.

On a disk that needs 5 ms to make a write durable, one transaction for each of 50 callers takes 2.3 seconds at the 99th
percentile, and one for all of them a tenth of a second. A lone caller waits for nobody: entries are gathered for a few
turns of the loop, and turns in which nobody is served take microseconds. In those that serve many the writer is waked
once for several: loop and writer take the interpreter's lock from each other, and each time all is slower for a while.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar, cast

import sqlalchemy as sa

from bot.errors import StoreUnavailable
from bot.store import lock, reason, transaction

T = TypeVar("T")
Work = Callable[[sa.Connection], T]
"""Part of a transaction. It may be called twice: after a failed batch, or when a commit's answer was lost."""

TURNS: Final = 4
"""Of the loop, in which entries are gathered. Each turn brings what all connections have to say."""
GATHER: Final = 0.005
"""Seconds after which they are not gathered any longer: something holds the loop up."""

BATCH: Final = 128
"""Entries in a transaction at most: it holds SQLite's only write lock, and on PostgreSQL a lock for every name."""

# What the database says when it cannot, as opposed to what a defect of ours would raise.
_UNAVAILABLE = (
    sa.exc.OperationalError,
    sa.exc.InterfaceError,
    sa.exc.InternalError,
    sa.exc.TimeoutError,
    sqlite3.OperationalError,
    OSError,
)


@dataclass(slots=True, eq=False)
class _Entry:
    work: Work[object]
    locks: Collection[str]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[object]
    abandoned: bool = False


@dataclass(slots=True, eq=False)
class Writer:
    """A thread that writes for everybody. `start` it, and `close` it when nobody calls any more."""

    engine: sa.Engine
    room: int
    """Entries that may wait; further ones are refused at once."""
    shortcut: Callable[[sa.Engine, Sequence[Work[object]]], list[object] | None] = lambda _engine, _works: None
    """What a batch returns once it was written by shorter ways; None: they do not lead there, and nothing was."""
    transactions: int = 0
    """Committed so far."""
    _gathered: dict[asyncio.AbstractEventLoop, list[_Entry]] = field(default_factory=dict)
    """What the writer does not know of yet."""
    _entries: deque[_Entry] = field(default_factory=deque)
    _wake: threading.Condition = field(default_factory=threading.Condition)
    _closed: bool = False
    _thread: threading.Thread | None = None

    @property
    def closed(self) -> bool:
        return self._closed

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="queue-writer", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Write what waits, then end the thread; blocks until then."""
        with self._wake:
            self._closed = True
            for loop in list(self._gathered):
                self._hand_over(loop)
            self._wake.notify()
        if self._thread is not None:
            self._thread.join()

    async def write(self, work: Work[T], locks: Collection[str] = (), *, wait: float, spare: bool = False) -> T:
        """What `work` returns, once it is durable.

        `locks` are names that no other process may hold meanwhile. Raises StoreUnavailable when the database does not
        take it within `wait` seconds (it may still be written later) or when the room is full; `spare` entries are let
        in even then. What `work` itself raises comes through.
        """
        loop = asyncio.get_running_loop()
        entry = _Entry(work, locks, loop, loop.create_future())
        with self._wake:
            if self._closed:
                raise StoreUnavailable("the queue is closed")
            waiting = sum(map(len, self._gathered.values()), len(self._entries))
            if waiting >= self.room and not spare:
                raise StoreUnavailable(f"{waiting} records already wait for the database")
            self._gather(entry)
        try:
            async with asyncio.timeout(wait):
                return cast("T", await entry.future)
        except TimeoutError:
            raise StoreUnavailable(f"the database did not answer within {wait:g} seconds") from None
        finally:
            entry.abandoned = True

    def _gather(self, entry: _Entry) -> None:
        gathered = self._gathered.setdefault(entry.loop, [])
        gathered.append(entry)
        if len(gathered) == 1:
            entry.loop.call_soon(self._turn, entry.loop, TURNS, entry.loop.time() + GATHER)

    def _turn(self, loop: asyncio.AbstractEventLoop, left: int, until: float) -> None:
        if left > 1 and loop.time() < until:
            loop.call_soon(self._turn, loop, left - 1, until)
            return
        with self._wake:
            self._hand_over(loop)
            self._wake.notify()

    def _hand_over(self, loop: asyncio.AbstractEventLoop) -> None:
        self._entries.extend(self._gathered.pop(loop, ()))

    def _run(self) -> None:
        while batch := self._next():
            answers = self._commit(batch)
            for loop in {entry.loop for entry in batch}:
                mine = [(entry, answer) for entry, answer in zip(batch, answers, strict=True) if entry.loop is loop]
                _deliver(loop, mine)

    def _next(self) -> list[_Entry]:
        """The entries that wait, or none when the writer was closed and has nothing left."""
        with self._wake:
            while True:
                taken = [self._entries.popleft() for _ in range(min(BATCH, len(self._entries)))]
                batch = [entry for entry in taken if not entry.abandoned]
                if batch or (self._closed and not self._entries):
                    return batch
                if not self._entries:
                    self._wake.wait()

    def _commit(self, batch: Sequence[_Entry]) -> list[object]:
        try:
            return self._transact(batch)
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to one of the callers, who gets it
            if len(batch) == 1:
                return [_for_the_caller(error)]
        return self._one_by_one(batch)

    def _one_by_one(self, batch: Sequence[_Entry]) -> list[object]:
        """A clash hurts only its own caller. Once the database itself fails it is not asked for the rest."""
        answers: list[object] = []
        for entry in batch:
            if any(isinstance(answer, _Failed) and answer.database for answer in answers):
                answers.append(answers[-1])
            else:
                answers += self._commit([entry])
        return answers

    def _transact(self, batch: Sequence[_Entry]) -> list[object]:
        answers = self.shortcut(self.engine, [entry.work for entry in batch])
        if answers is None:
            names = {name for entry in batch for name in entry.locks}
            with transaction(self.engine) as connection:
                lock(connection, names)
                answers = [entry.work(connection) for entry in batch]
        self.transactions += 1
        return answers


@dataclass(frozen=True, slots=True)
class _Failed:
    error: BaseException
    database: bool


def _for_the_caller(error: Exception) -> _Failed:
    if isinstance(error, _UNAVAILABLE):
        refusal = StoreUnavailable(f"the database did not take it ({reason(error)})")
        refusal.__cause__ = error
        return _Failed(refusal, database=True)
    return _Failed(error, database=False)


def _deliver(loop: asyncio.AbstractEventLoop, answers: Sequence[tuple[_Entry, object]]) -> None:
    """Wake the callers, all with one call to their loop; one that has ended has no callers any more."""
    try:
        loop.call_soon_threadsafe(_settle, answers)
    except RuntimeError:
        return


def _settle(answers: Sequence[tuple[_Entry, object]]) -> None:
    for entry, answer in answers:
        if entry.future.done():
            continue
        if isinstance(answer, _Failed):
            entry.future.set_exception(answer.error)
        else:
            entry.future.set_result(answer)
