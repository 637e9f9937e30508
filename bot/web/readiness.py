"""Whether this process can take deliveries, for `/readyz` and the dashboard."""

from __future__ import annotations

import asyncio
import time

from bot.errors import StoreUnavailable
from bot.queue import Queue
from bot.web.server import Ready

SECONDS = 1.0
"""How long an answer holds."""


class Readiness:
    """Whether deliveries can be stored at this moment: found out by storing something, once a second at most."""

    def __init__(self, queue: Queue, looking: asyncio.Task[None]) -> None:
        self._queue = queue
        self._looking = looking
        self._one_at_a_time = asyncio.Lock()
        self._known: tuple[float, Ready] | None = None

    async def __call__(self) -> Ready:
        if self._looking.done():
            return Ready(ok=False, reasons=("this process is stopping",))
        async with self._one_at_a_time:
            if self._known is None or time.monotonic() - self._known[0] > SECONDS:
                now = await self._look()
                self._known = time.monotonic(), now
            return self._known[1]

    async def _look(self) -> Ready:
        try:
            async with asyncio.timeout(3):
                await self._queue.check()
        except (StoreUnavailable, TimeoutError):
            return Ready(ok=False, reasons=("the database takes nothing",))
        return Ready(ok=True)
