"""A database of each kind for every test, and queues that are closed at its end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.queue import Handler, Kinds, Queue, QueueOptions
from bot.store import make_engine
from tests.store.databases import Server, prepare_file

FAST = QueueOptions(poll=0.05, backoff=0.0, heartbeat=0.2, dead_after=60.0, upkeep=1.0)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database that nobody else uses."""
    if request.param == "sqlite":
        yield prepare_file(tmp_path / "pubflow.sqlite3")
        return
    server: Server = request.getfixturevalue("postgresql")
    address = server.lend()
    yield address
    server.take_back(address)


@pytest.fixture
def engine(database: str) -> Iterator[sa.Engine]:
    engine = make_engine(database)
    yield engine
    engine.dispose()


@dataclass(slots=True)
class Queues:
    """Makes queues on one database. Only one of them may work: there is one engine to a process."""

    engine: sa.Engine
    home: Path
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def __call__(
        self,
        handlers: Mapping[str, Handler] | None = None,
        *,
        options: QueueOptions = FAST,
        kinds: Kinds = Kinds(),  # noqa: B008 - frozen
        redact: Callable[[str], str] = str,
        on_lost: Callable[[], None] = lambda: None,
    ) -> Queue:
        """A queue that works when there are handlers, and only takes in when there are none."""
        queue = Queue(self.engine, self.home, options=options, kinds=kinds, redact=redact, on_lost=on_lost)
        self.stack.push_async_callback(queue.stop, 0)
        await queue.start(handlers or {}, work=handlers is not None)
        return queue


@pytest.fixture
async def queues(engine: sa.Engine, tmp_path: Path) -> AsyncIterator[Queues]:
    queues = Queues(engine, tmp_path / "home")
    async with queues.stack:
        yield queues


async def until(claim: Callable[[], bool | Awaitable[bool]], seconds: float = 30) -> None:
    """Return as soon as this is true. Raises TimeoutError when it never is."""
    async with asyncio.timeout(seconds):
        while True:
            answer = claim()
            if answer if isinstance(answer, bool) else await answer:
                return
            await asyncio.sleep(0.01)
