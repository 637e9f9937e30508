"""For OPERATORS alone: the queue, what failed and why, where writing is paused, and the metrics."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from aiohttp import web

from bot.queue import JobState
from bot.store import in_thread
from bot.store.sweeps import Sweep
from bot.web.dashboard.parts import Parts
from bot.web.dashboard.sessions import Session
from bot.web.dashboard.shell import Shell
from bot.web.metrics import CONTENT_TYPE, Metrics

MOST_SHOWN = 200


class Operators:
    def __init__(self, parts: Parts, shell: Shell, metrics: Metrics) -> None:
        self._parts = parts
        self._shell = shell
        self._metrics = metrics

    async def show(self, _request: web.Request, session: Session) -> web.Response:
        """`GET /queue`."""
        queue = self._parts.queue
        depth, failed, running, waiting, told = await asyncio.gather(
            queue.depth(),
            queue.jobs(JobState.FAILED, limit=MOST_SHOWN),
            queue.jobs(JobState.RUNNING, limit=MOST_SHOWN),
            queue.jobs(JobState.WAITING, limit=MOST_SHOWN),
            in_thread(self._told),
        )
        lists = (("Failed", failed), ("Running", running), ("Waiting", waiting))
        pauses, sweeps = told
        return self._shell.page(
            "queue.html", session, depth=depth, lists=lists, pauses=pauses, sweeps=sweeps, most=MOST_SHOWN
        )

    def _told(self) -> tuple[Mapping[str, float], Sequence[Sweep]]:
        """Where writing is paused since when, and how the sweeps are."""
        return self._parts.pauses.listed(), self._parts.sweeps.listed()

    async def retry(self, request: web.Request, _session: Session) -> web.Response:
        """`POST /queue/retry`."""
        await self._parts.queue.retry(await _job(request))
        return web.Response(status=303, headers={"Location": "/queue"})

    async def drop(self, request: web.Request, _session: Session) -> web.Response:
        """`POST /queue/drop`."""
        await self._parts.queue.drop(await _job(request))
        return web.Response(status=303, headers={"Location": "/queue"})

    async def metrics(self, _request: web.Request, _session: Session) -> web.Response:
        """`GET /metrics` on the public port."""
        return web.Response(body=self._metrics.text(), headers={"Content-Type": CONTENT_TYPE})


async def _job(request: web.Request) -> str:
    """Its id stands in the form, for it may hold what an address cannot."""
    job = (await request.post()).get("job")
    return job if isinstance(job, str) else ""
