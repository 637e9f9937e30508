"""The database fails in every way that it can: the webhook says 503, and what it acknowledged is worked in the end."""

from __future__ import annotations

import asyncio
import os
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from bot.errors import StoreUnavailable
from bot.model import Done, InstallationId, Job, Outcome
from bot.queue import Queue, QueueOptions
from bot.store import make_engine
from tests.chaos.proxy import Network, socket_of, through
from tests.events.payloads import REPOSITORY, commit, encode, push
from tests.store.databases import Server, run_postgresql
from tests.web.site import Site, headers, running

OPTIONS = QueueOptions(poll=0.05, backoff=0.0, heartbeat=0.2, dead_after=90.0, upkeep=0.5, store_wait=1.0)
LONG = int(os.environ.get("ROUNDS", "1"))
"""How often each fault strikes."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One of our own: it is restarted."""
    with run_postgresql() as made:
        yield made


@dataclass(slots=True)
class Bot:
    """A web server and a worker in this process, and GitHub, which counts what was acknowledged."""

    site: Site
    queue: Queue
    worked: list[str] = field(default_factory=list)
    acknowledged: set[int] = field(default_factory=set)
    sent: int = 0

    async def push(self, count: int = 1) -> list[int]:
        """Statuses of so many pushes, each to a repository of its own, sent at once."""
        numbers = range(self.sent + 1, self.sent + 1 + count)
        self.sent += count
        return list(await asyncio.gather(*(self._send(number) for number in numbers)))

    async def _send(self, number: int) -> int:
        body = encode(push(commit("setup.py"), repository=REPOSITORY | {"id": number}))
        answer = await self.site.send(body, headers(body, delivery=f"d-{number}"))
        if answer.status == 202:
            self.acknowledged.add(number)
        return answer.status

    async def again(self) -> None:
        """GitHub sends what was not acknowledged once more, until it is."""
        async with asyncio.timeout(60):
            while missing := set(range(1, self.sent + 1)) - self.acknowledged:
                for number in missing:
                    await self._send(number)

    async def end(self) -> None:
        """Everything that was acknowledged is worked, and once each is enough."""
        await self.again()
        async with asyncio.timeout(60):
            while True:
                try:
                    if await self.queue.idle(1):
                        break
                except StoreUnavailable:
                    await asyncio.sleep(0.05)
        assert {int(key) for key in self.worked} == self.acknowledged == set(range(1, self.sent + 1))


@asynccontextmanager
async def bot(address: str, home: Path, clock: Callable[[], float] | None = None) -> AsyncIterator[Bot]:
    engine = make_engine(address, wait_seconds=1.0)
    queue = Queue(engine, home, options=OPTIONS, clock=clock or time.time)
    worked: list[str] = []

    async def scan(job: Job) -> Outcome:
        worked.append(job.key)
        return Done(summary="done")

    await queue.start({"scan": scan})
    async with running(queue) as site:
        yield Bot(site, queue, worked)
    await queue.stop(0)
    engine.dispose()


# ---------------------------------------------------------------- PostgreSQL


@pytest.fixture
def address(server: Server) -> Iterator[str]:
    made = server.create()
    yield made
    server.drop(made)


@pytest.mark.parametrize("how", ["cut", pytest.param("hold", marks=pytest.mark.soak)])
async def test_the_network_to_the_database_breaks(address: str, tmp_path: Path, how: str) -> None:
    with Network(socket_of(address)) as network:
        async with bot(through(address, network.port), tmp_path) as made:
            for _ in range(LONG):
                assert await made.push(10) == [202] * 10
                getattr(network, how)()
                statuses = await made.push(10)
                network.mend()
                assert statuses == [503] * 10
                await made.again()
            await made.end()


@pytest.mark.soak
async def test_connections_break_in_the_middle_of_everything(address: str, tmp_path: Path) -> None:
    with Network(socket_of(address)) as network:
        async with bot(through(address, network.port), tmp_path) as made:
            for _ in range(5 * LONG):
                pushing = asyncio.ensure_future(made.push(20))
                await made.push(1)
                network.cut()
                network.mend()
                assert set(await pushing) <= {202, 503}
            await made.end()


async def test_the_database_is_killed_and_comes_back(server: Server, address: str, tmp_path: Path) -> None:
    async with bot(address, tmp_path) as made:
        for _ in range(LONG):
            await made.push(10)
            pushing = asyncio.ensure_future(made.push(20))
            await asyncio.to_thread(server.restart)
            assert set(await pushing) <= {202, 503}
            await made.again()
        await made.end()


@pytest.mark.soak
async def test_the_database_takes_no_writes(server: Server, address: str, tmp_path: Path) -> None:
    name = sa.make_url(address).database
    async with bot(address, tmp_path) as made:
        assert await made.push(3) == [202] * 3
        await asyncio.to_thread(server.execute, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        drop = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"  # noqa: S608
        await asyncio.to_thread(server.execute, drop)
        assert await made.push(3) == [503] * 3
        await asyncio.to_thread(server.execute, f"ALTER DATABASE {name} SET default_transaction_read_only = off")
        await asyncio.to_thread(server.execute, drop)
        await made.end()


# ---------------------------------------------------------------- SQLite


@dataclass(slots=True)
class Disk:
    """How many pages every SQLite file of this process may have; None: as many as it wants."""

    most: int | None = None

    def limit(self, connection: DBAPIConnection, _record: ConnectionPoolEntry, _proxy: object) -> None:
        if type(connection).__module__.startswith("sqlite3"):
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA max_page_count={1 if self.most is not None else 2**30}")
            cursor.close()


@pytest.fixture
def disk() -> Iterator[Disk]:
    made = Disk()
    sa.event.listen(sa.pool.Pool, "checkout", made.limit)
    yield made
    sa.event.remove(sa.pool.Pool, "checkout", made.limit)


async def test_the_disk_is_full(disk: Disk, tmp_path: Path) -> None:
    async with bot(f"sqlite:///{tmp_path / 'd.sqlite3'}", tmp_path) as made:
        assert await made.push(10) == [202] * 10
        disk.most = 0
        statuses: set[int] = set()
        while 503 not in statuses:
            statuses |= set(await made.push(10))
        assert statuses <= {202, 503}
        assert made.sent < 2000
        disk.most = None
        await made.queue.check()
        await made.end()


# ---------------------------------------------------------------- a disk


@dataclass(frozen=True, slots=True)
class Volume:
    """A file system of a few megabytes."""

    path: Path

    def fill(self) -> None:
        with (self.path / "other").open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(4096))

    def clear(self) -> None:
        (self.path / "other").unlink()


@contextmanager
def volume(path: Path, megabytes: int) -> Iterator[Volume]:
    path.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0777", "tmpfs", str(path)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("only who may mount a file system can fill one")
    try:
        yield Volume(path)
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True)


async def until_full(made: Bot, disk: Volume) -> None:
    """Fill it, and push until that is felt; then there is room again."""
    assert await made.push(10) == [202] * 10
    disk.fill()
    statuses: set[int] = set()
    while 503 not in statuses:
        statuses |= set(await made.push(10))
        assert made.sent < 2000
    assert statuses <= {202, 503}
    disk.clear()
    await made.end()


async def test_the_disk_below_sqlite_is_full(tmp_path: Path) -> None:
    with volume(tmp_path / "small", 8) as disk:
        async with bot(f"sqlite:///{disk.path / 'd.sqlite3'}", tmp_path) as made:
            await until_full(made, disk)


@pytest.mark.soak
async def test_the_disk_below_postgresql_is_full(server: Server) -> None:
    # Not below pytest's folder, which the user that PostgreSQL runs as may not enter.
    with TemporaryDirectory(prefix="pubflow-small-") as folder, volume(Path(folder) / "small", 64) as disk:
        Path(folder).chmod(0o755)
        space = disk.path / "space"
        space.mkdir()
        os.chown(space, *server.owner)
        server.execute(f"CREATE TABLESPACE small LOCATION '{space}'")
        address = server.create(within="small")
        async with bot(address, Path(folder) / "home") as made:
            await until_full(made, disk)
        server.drop(address)
        server.execute("DROP TABLESPACE small")


async def test_somebody_holds_the_file(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'd.sqlite3'}"
    other = make_engine(address)
    async with bot(address, tmp_path) as made:
        assert await made.push(3) == [202] * 3
        with other.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            assert await made.push(3) == [503] * 3
            with pytest.raises(StoreUnavailable):
                await made.queue.check()
            connection.rollback()
        await made.end()
    other.dispose()


# ---------------------------------------------------------------- the clock


@pytest.mark.parametrize("where", ["sqlite", pytest.param("postgresql", marks=pytest.mark.soak)])
async def test_the_clock_steps(where: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """An hour, a day and a year back and forth: what waits is worked, what was acknowledged is known again."""
    postgresql = where == "postgresql"
    url = request.getfixturevalue("address") if postgresql else f"sqlite:///{tmp_path / 'd.sqlite3'}"
    now = [1_800_000_000.0]
    async with bot(url, tmp_path, clock=lambda: now[0]) as made:
        for step in (3600, -7200, 86400, -2 * 86400, 300 * 86400, -600 * 86400, 0):
            now[0] += step
            assert await made.push(5) == [202] * 5
            assert await made.queue.idle(30)
        assert await made.queue.accept("d-1", "push", None, [_scan("1")]) is False or made.worked.count("1") <= 2
        await made.end()


def _scan(key: str) -> Job:
    return Job(kind="scan", key=key, installation=InstallationId(1))
