"""What a worker does with an attempt: call the handler, and turn what came of it into the job's next state."""

from __future__ import annotations

import asyncio
import logging
import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final, TypeVar
from uuid import uuid4

import sqlalchemy as sa

from bot.errors import Forbidden, Gone, Stopped, StoreUnavailable, Unwanted, WaitUntil
from bot.model import Done, Later
from bot.queue.book import Book
from bot.queue.options import Handler, QueueOptions
from bot.queue.states import TEXT_LIMIT, Attempt, Ending, Finished, Postponed, SetAside, Started
from bot.queue.writer import Writer

T = TypeVar("T")

LONGEST_DELAY: Final = 7 * 86400.0

_LAST_WORDS: Final = 5.0
"""Seconds that a cancelled job has for cleaning up."""

_log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True, eq=False)
class Crew:
    """Runs attempts on the loop. `end` it before the writer is closed."""

    book: Book
    writer: Writer
    options: QueueOptions
    handlers: Mapping[str, Handler]
    redact: Callable[[str], str]
    _running: dict[str, tuple[Attempt, asyncio.Task[Ending]]] = field(default_factory=dict)
    _ending: bool = False

    @property
    def busy(self) -> bool:
        return bool(self._running)

    async def run(self, attempt: Attempt) -> None:
        """Work this attempt if it still counts; returns when its job's next state is durable."""
        if attempt.job in self._running:
            _, twice = self._running[attempt.job]
            await asyncio.wait({twice})
            return
        if self._ending:
            await self._put_back(attempt)
            return
        token = uuid4().hex
        started = await self.insist(partial(self.book.start, attempt=attempt, token=token), attempt.lane)
        if started is None:
            return
        ending = await self._supervise(attempt, started)
        await self.insist(partial(self.book.end, attempt=attempt, token=token, ending=ending), attempt.lane)

    async def _supervise(self, attempt: Attempt, started: Started) -> Ending:
        """What came of the job; never returns when this worker stopped it."""
        task = asyncio.create_task(self._work(started), name=f"job {attempt.job}")
        self._running[attempt.job] = attempt, task
        if self._ending:
            task.cancel()
        await asyncio.wait({task})
        if task.cancelled() and self._ending:
            await _for_ever()
        del self._running[attempt.job]
        return self._failed(started, asyncio.CancelledError()) if task.cancelled() else task.result()

    def refuse(self) -> None:
        """From now on whatever the engine brings is put back."""
        self._ending = True

    async def abandon(self) -> list[Attempt]:
        """Stop what runs, at its next await, and say what that was. Its jobs keep their state."""
        self._ending = True
        left = dict(self._running)
        for _, task in left.values():
            task.cancel()
        if left:
            await asyncio.wait({task for _, task in left.values()}, timeout=_LAST_WORDS)
        return [attempt for attempt, task in left.values() if task.cancelled() or not task.done()]

    async def end(self) -> None:
        """Stop what still runs and put it back for others."""
        for attempt in await self.abandon():
            await self._put_back(attempt)

    async def insist(self, work: Callable[[sa.Connection], T], *locks: str) -> T:
        """Write until it is written: a database that comes back finds the job where it was left."""
        pause = 0.2
        while True:
            try:
                return await self.writer.write(work, locks, wait=self.options.store_wait, spare=True)
            except StoreUnavailable as error:
                if self._ending or self.writer.closed:
                    raise
                _log.warning("a job's state could not be written, trying again: %s", error)
                await asyncio.sleep(pause)
                pause = min(5.0, pause * 2)

    async def _put_back(self, attempt: Attempt) -> None:
        await self.insist(partial(self.book.replace, attempt=attempt, counted=False), attempt.lane)

    async def _work(self, started: Started) -> Ending:
        handler = self.handlers.get(started.job.kind)
        if handler is None:
            # While machines are replaced in turn, a newer version may have made it.
            reason = f"this worker knows no job of kind {started.job.kind}; a newer one may"
            return Postponed(seconds=self.options.unknown, reason=reason, failed=False)
        return await self._call(handler, started)

    async def _call(self, handler: Handler, started: Started) -> Ending:
        try:
            async with asyncio.timeout(self.options.deadline):
                outcome = await handler(started.job)
        except (Gone, Stopped) as error:
            return Finished(summary=self._text(error))
        except WaitUntil as error:
            return Postponed(seconds=_bounded(error.seconds), reason=self._text(error), failed=False)
        except (Forbidden, Unwanted) as error:
            return SetAside(error=self._text(error))
        except Exception as error:  # noqa: BLE001 - this is the worker: whatever a job raises is the job's failure
            return self._failed(started, error)
        match outcome:
            case Done(summary=summary):
                return Finished(summary=self._cut(summary))
            case Later(seconds=seconds, reason=reason):
                return Postponed(seconds=_bounded(seconds), reason=self._cut(reason), failed=False)

    def _failed(self, started: Started, error: BaseException) -> Ending:
        text = self._text(error)
        _log.warning("%s %s failed: %s", started.job.kind, started.job.key, text)
        if started.tries + 1 >= self.options.tries:
            return SetAside(error=text)
        # Jitter only spreads load; nothing is secret about it.
        delay = self.options.backoff * 4**started.tries * random.uniform(1.0, 1.2)  # noqa: S311
        return Postponed(seconds=_bounded(delay), reason=text, failed=True)

    def _text(self, error: BaseException) -> str:
        return self._cut(f"{type(error).__name__}: {error}")

    def _cut(self, text: str) -> str:
        """Without secrets, and without what PostgreSQL cannot store."""
        return self.redact(text).replace("\0", "\N{REPLACEMENT CHARACTER}")[:TEXT_LIMIT]


async def _for_ever() -> None:
    """The engine would take a return for the end of the attempt; what never returns it leaves to others."""
    await asyncio.get_running_loop().create_future()


def _bounded(seconds: float) -> float:
    return min(max(seconds, 0.0), LONGEST_DELAY) if math.isfinite(seconds) else LONGEST_DELAY
