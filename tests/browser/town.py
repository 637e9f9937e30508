"""Servers in a thread of their own, so that a browser can be led from here, step by step."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 60.0


class Town:
    """A running loop; `do` waits for what it is given there."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="town", daemon=True)
        self._thread.start()

    def begin(self, work: Coroutine[object, object, T]) -> Future[T]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def do(self, work: Coroutine[object, object, T]) -> T:
        return self.begin(work).result(PATIENCE)

    @contextmanager
    def within(self, context: AbstractAsyncContextManager[T]) -> Iterator[T]:
        """`context`, entered and left in one task, as those that start tasks of their own need it."""
        entered: Future[T] = Future()
        leave = asyncio.Event()

        async def live() -> None:
            try:
                async with context as made:
                    entered.set_result(made)
                    await leave.wait()
            except BaseException as error:
                if not entered.done():
                    entered.set_exception(error)
                raise

        living = self.begin(live())
        try:
            yield entered.result(PATIENCE)
        finally:
            self._loop.call_soon_threadsafe(leave.set)
            living.result(PATIENCE)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()
