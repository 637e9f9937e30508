"""A worker from its first to its last moment: a name, a pulse, the engine, a crew, and upkeep in between."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final, Self

import sqlalchemy as sa

from bot.errors import StoreUnavailable
from bot.model import Job
from bot.queue import upkeep
from bot.queue.book import Book
from bot.queue.crew import Crew
from bot.queue.engine import Client, Worker
from bot.queue.identity import Identity
from bot.queue.options import Handler, QueueOptions
from bot.queue.pulse import Pulse
from bot.queue.writer import Writer
from bot.store import in_thread, retention

_MENDED_AT_ONCE: Final = 500

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What the queue lends to a shift."""

    engine: sa.Engine
    client: Client
    writer: Writer
    book: Book
    options: QueueOptions
    clock: Callable[[], float]
    redact: Callable[[str], str]


@dataclass(slots=True, kw_only=True, eq=False)
class Shift:
    tools: Tools
    identity: Identity
    crew: Crew
    pulse: Pulse
    on_lost: Callable[[], None]
    worker: Worker | None = None
    _schedules: dict[str, Job] = field(default_factory=dict)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _letting_go: asyncio.Task[None] | None = None

    @classmethod
    async def begin(
        cls, tools: Tools, home: Path, handlers: Mapping[str, Handler], on_lost: Callable[[], None]
    ) -> Self:
        identity = await in_thread(Identity.take, home)
        crew = Crew(
            book=tools.book,
            writer=tools.writer,
            options=tools.options,
            handlers=handlers,
            redact=tools.redact,
        )
        pulse = Pulse(
            executor=identity.executor,
            book=tools.book,
            client=tools.client,
            writer=tools.writer,
            options=tools.options,
        )
        shift = cls(tools=tools, identity=identity, crew=crew, pulse=pulse, on_lost=on_lost)
        try:
            await pulse.begin()
            await in_thread(tools.client.declare, tools.options)
        except BaseException:
            identity.release()
            raise
        engine = tools.client.engine
        shift.worker = Worker.launch(engine, identity.executor, tools.options, work=crew.run, tick=shift.tick)
        shift._tasks = [asyncio.create_task(shift._guard()), asyncio.create_task(shift._keep())]
        return shift

    async def schedule(self, name: str, cron: str, job: Job) -> None:
        self._schedules[name] = job
        if self.worker is not None:
            await self.worker.schedule(name, cron)

    async def tick(self, name: str, at: datetime) -> None:
        job = self._schedules.get(name)
        if job is None:
            _log.warning("a schedule that this version does not know: %s", name)
            return
        due = Job(
            kind=job.kind,
            key=f"{job.key}:{at.isoformat()}" if job.once else job.key,
            installation=job.installation,
            args=job.args,
            once=job.once,
        )
        await self.crew.insist(lambda connection: self.tools.book.add(connection, due), *self.tools.book.locks(due))

    async def end(self, grace: float) -> None:
        """Take nothing new, give what runs `grace` seconds, put the rest back for others."""
        try:
            await self._leave(grace)
            await self._rest()
            await self.pulse.release()
            await self.pulse.cease()
        except (StoreUnavailable, sa.exc.SQLAlchemyError) as error:
            _log.warning("this worker could not say good-bye; others will notice: %s", type(error).__name__)
        await self._rest()
        self.identity.release()

    async def _rest(self) -> None:
        """End heartbeat and upkeep; after this nobody is told that the worker is lost."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        self._tasks.clear()

    async def _leave(self, grace: float) -> None:
        """Let go of the engine, once whoever asks: to end in order, or because the worker is lost, or both."""
        self.crew.refuse()
        if self.worker is not None:
            worker, self.worker = self.worker, None
            self._letting_go = asyncio.create_task(worker.stop(grace if self.crew.busy else 0.0))
        if self._letting_go is not None:
            await asyncio.shield(self._letting_go)
        await self.crew.end()

    async def _guard(self) -> None:
        await self.pulse.beat_until_lost()
        _log.error("this worker is lost: its heartbeat could not be written, or it was declared dead; it stops")
        await self.crew.abandon()
        self.on_lost()
        await self._leave(0.0)

    async def _keep(self) -> None:
        while True:
            try:
                await self._mend()
                await self._prune()
            except (StoreUnavailable, sa.exc.SQLAlchemyError) as error:
                _log.warning("upkeep failed, to be tried again: %s", error)
            await asyncio.sleep(self.tools.options.upkeep)

    async def _mend(self) -> None:
        """Attempts that the engine lost or gave up, and lanes that nobody moves on: there should be none."""
        book, client = self.tools.book, self.tools.client
        for attempt in await in_thread(client.stray, _MENDED_AT_ONCE):
            _log.warning("job %s had no live attempt; it gets a new one", attempt.job)
            await self.crew.insist(partial(book.replace, attempt=attempt, counted=True), attempt.lane)
        for lane in await in_thread(upkeep.stuck_lanes, self.tools.engine, _MENDED_AT_ONCE):
            await self.crew.insist(partial(book.advance, lane=lane), lane)

    async def _prune(self) -> None:
        options, now = self.tools.options, self.tools.clock()
        await in_thread(upkeep.prune, self.tools.engine, options, now)
        await in_thread(retention.prune, self.tools.engine, now)
        await in_thread(self.tools.client.prune, now - options.keep_workflows)
