"""The queue's door: what comes in is durable before it is acknowledged, and is worked until it is done or set aside."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

import sqlalchemy as sa

from bot.errors import StoreUnavailable
from bot.model import InstallationId, Job, RepoId
from bot.queue import upkeep
from bot.queue.arrival import Arrival, absorb
from bot.queue.book import Book, lane_of_repository
from bot.queue.engine import Client
from bot.queue.options import Depth, Handler, JobInfo, JobState, Kinds, QueueOptions
from bot.queue.shift import Shift, Tools
from bot.queue.writer import Work, Writer
from bot.store import in_thread, make_engine, migrate, reason
from bot.store.tables import jobs, looks

T = TypeVar("T")

_AT_ONCE: Final = 100
"""Jobs of one `submit` that go into one transaction."""

_CHECK: Final = "whether anything can be stored"


def _nothing() -> None:
    return


class Queue:
    """One per process. `open` it to put jobs in and to look at them, `start` it to have them worked as well.

    Every method may raise StoreUnavailable while the database does not answer.
    """

    def __init__(  # noqa: PLR0913 - all but the first two are named
        self,
        engine: sa.Engine,
        home: Path,
        *,
        options: QueueOptions | None = None,
        kinds: Kinds = Kinds(),  # noqa: B008 - frozen
        redact: Callable[[str], str] = str,
        on_lost: Callable[[], None] = _nothing,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`home`: this machine's folder; `redact` runs over every text of an error before it is stored or logged;
        `on_lost` is called when this worker has had to stop by itself, so that the process can end."""
        self._engine = engine
        self._home = home
        self._options = options or QueueOptions()
        self._kinds = kinds
        self._redact = redact
        self._on_lost = on_lost
        self._clock = clock
        self._tools: Tools | None = None
        self._shift: Shift | None = None

    async def open(self) -> None:
        """Bring the tables up to date and get ready to write. Raises StoreUnavailable."""
        if self._tools is None:
            self._tools = await in_thread(self._prepare)
            self._tools.writer.start()

    async def start(self, handlers: Mapping[str, Handler], *, work: bool = True) -> None:
        """Work jobs on the running loop with these handlers, by kind; with `work=False` only take them in."""
        await self.open()
        if work and self._shift is None:
            self._shift = await Shift.begin(self._open, self._home, handlers, self._on_lost)

    async def stop(self, grace_seconds: float = 20.0) -> None:
        """Take nothing new, let running jobs end within the grace, put the others back; then close."""
        if self._shift is not None:
            shift, self._shift = self._shift, None
            await shift.end(grace_seconds)
        if self._tools is not None:
            tools, self._tools = self._tools, None
            await in_thread(_close, tools)

    async def accept(self, delivery_id: str, event: str, action: str | None, jobs: Sequence[Job]) -> bool:
        """Store a delivery with its jobs; True once that is durable, False when this delivery was stored before.

        Raises StoreUnavailable when neither can be said in time: then let GitHub send it again.
        """
        arrival = Arrival(
            book=self._open.book, delivery=delivery_id, event=event, action=action, jobs=jobs, clock=self._clock
        )
        return await self._write(arrival, *arrival.locks())

    async def check(self) -> None:
        """Store something small. Raises StoreUnavailable when that cannot be done: the disk may be full."""
        await self._write(self._touch, f"look {_CHECK}")

    def _touch(self, connection: sa.Connection) -> None:
        this, now = looks.c.name == _CHECK, self._clock()
        if connection.execute(looks.update().where(this).values(at=now)).rowcount == 0:
            connection.execute(looks.insert().values(name=_CHECK, at=now))

    async def submit(self, jobs: Sequence[Job]) -> None:
        """Store jobs that no delivery asked for; durable when this returns. Doing it twice is doing it once."""
        book = self._open.book
        for start in range(0, len(jobs), _AT_ONCE):
            some = jobs[start : start + _AT_ONCE]

            def store(connection: sa.Connection, some: Sequence[Job] = some) -> None:
                for job in some:
                    book.add(connection, job)

            await self._write(store, *{lock for job in some for lock in book.locks(job)})

    async def every(self, name: str, cron: str, job: Job) -> None:
        """Submit this job at these times (UTC; five fields, or six with seconds first), once over all processes.

        For a queue that works; one that only takes in leaves it to those.
        """
        if self._shift is not None:
            await self._shift.schedule(name, cron, job)

    async def jobs(self, state: JobState | None = None, *, limit: int = 200) -> list[JobInfo]:
        """Jobs that are not done, the oldest first."""
        return await self._read(lambda: upkeep.list_jobs(self._engine, state, limit))

    async def moving(self, installation: InstallationId, kind: str) -> int:
        """How many jobs of this kind run, or will as soon as there is room; those that wait for a time are left out."""
        return await self._read(lambda: upkeep.count_moving(self._engine, installation, kind))

    async def depth(self) -> Depth:
        """How many jobs wait, run and failed, and how long the oldest has been there."""
        return await self._read(lambda: upkeep.measure(self._engine, self._clock()))

    async def stored(self, delivery_ids: Collection[str]) -> dict[str, list[str]]:
        """Those of these deliveries that were acknowledged, each with the ids of its jobs."""
        return await self._read(lambda: upkeep.stored(self._engine, delivery_ids))

    async def retry(self, job_id: str) -> bool:
        """Work a job again that was set aside, or at once one that is delayed; False when there is none such."""
        return await self._move(self._open.book.retry, job_id)

    async def drop(self, job_id: str) -> bool:
        """Never work this job; False when it runs already or is over."""
        return await self._move(self._open.book.drop, job_id)

    async def forget(self, installation: InstallationId) -> int:
        """Drop what waits for an installation that is gone; how many jobs that were."""
        return await self._drop_waiting(jobs.c.installation == installation)

    async def forget_repository(self, repo_id: RepoId) -> int:
        """Drop what waits for a repository that is gone; how many jobs that were."""
        return await self._drop_waiting(jobs.c.lane == lane_of_repository(repo_id))

    async def idle(self, timeout: float | None = None) -> bool:  # noqa: ASYNC109 - False instead of an exception
        """Wait until nothing waits and nothing runs; False when that takes longer than `timeout` seconds."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while not (await self.depth()).idle:
            if deadline is not None and time.monotonic() >= deadline:
                return False
            await asyncio.sleep(min(0.1, self._options.poll))
        return True

    @property
    def transactions(self) -> int:
        """How many this process has written."""
        return self._open.writer.transactions

    @property
    def _open(self) -> Tools:
        if self._tools is None:
            raise StoreUnavailable("the queue is not open")
        return self._tools

    def _prepare(self) -> Tools:
        options, url = self._options, self._engine.url
        # Connections of their own for the writer, so that nobody makes it wait, and for the engine, whose
        # threads on PostgreSQL do not stand in one line as on SQLite.
        writing = make_engine(url, pool_size=1, wait_seconds=options.store_wait * 0.6)
        working = make_engine(url, pool_size=2 if url.get_backend_name() == "sqlite" else 6)
        try:
            migrate(self._engine)
            client = Client.open(working)
        except (sa.exc.SQLAlchemyError, OSError) as error:
            raise StoreUnavailable(f"the database cannot be prepared ({reason(error)}); see DATABASE_URL") from error
        book = Book(dispatch=client.dispatch, clock=self._clock, starts=options.starts, kinds=self._kinds)
        return Tools(
            engine=self._engine,
            client=client,
            writer=Writer(writing, options.waiting_room, absorb),
            book=book,
            options=options,
            clock=self._clock,
            redact=self._redact,
        )

    async def _write(self, work: Work[T], *locks: str) -> T:
        return await self._open.writer.write(work, locks, wait=self._options.store_wait)

    async def _read(self, read: Callable[[], T]) -> T:
        try:
            return await in_thread(read)
        except (sa.exc.SQLAlchemyError, OSError) as error:
            raise StoreUnavailable(f"the database does not answer ({reason(error)})") from error

    async def _move(self, move: Callable[[sa.Connection, str], bool], job_id: str) -> bool:
        found = await self._read(lambda: upkeep.find(self._engine, job_id))
        return found is not None and await self._write(lambda connection: move(connection, found.id), found.lane)

    async def _drop_waiting(self, where: sa.ColumnElement[bool]) -> int:
        found = await self._read(lambda: upkeep.find_waiting(self._engine, where))
        book, dropped = self._open.book, 0
        for named in found:
            dropped += await self._write(partial(book.drop, name=named.id), named.lane)
        return dropped


def _close(tools: Tools) -> None:
    tools.writer.close()
    tools.client.close()
    tools.client.engine.dispose()
    tools.writer.engine.dispose()
