"""Processes that end at any instant: nothing acknowledged is lost, nothing with a mark is done twice."""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.model import InstallationId, Job
from bot.queue import JobState, Queue, QueueOptions
from bot.store.tables import deliveries, workers
from tests.forks import Fork
from tests.queue.conftest import until
from tests.queue.process import REPOSITORIES, Folder, begin

SCRIPT = Path(__file__).with_name("process.py")
ROOT = Path(__file__).parents[2]
QUICK = {"poll": 0.05, "backoff": 0.0, "heartbeat": 0.2, "upkeep": 1.0, "per_worker": 20}


@dataclass(slots=True)
class Site:
    """A database, a folder for what happens, and the processes that we started."""

    engine: sa.Engine
    path: Path
    folder: Folder
    queue: Queue
    processes: list[Process | Fork] = field(default_factory=list)

    async def run(
        self,
        role: str,
        *,
        home: str = "home",
        options: Mapping[str, float] | None = None,
        forked: bool = True,
        environment: Mapping[str, str] | None = None,
        **more: str,
    ) -> Process | Fork:
        """A process, once it is at work."""
        words = (
            role,
            self.engine.url.render_as_string(hide_password=False),
            str(self.path / home),
            str(self.folder.path),
            json.dumps(QUICK | dict(options or {})),
        )
        variables = os.environ | {"PYTHONPATH": str(ROOT)} | dict(environment or {}) | more
        process: Process | Fork
        if forked:
            process = await Fork.start(begin, *words, environment=variables)
        else:
            process = await asyncio.create_subprocess_exec(sys.executable, str(SCRIPT), *words, env=variables)
        self.processes.append(process)
        await until(lambda: str(process.pid) in self.folder.lines("started") or process.returncode is not None)
        return process

    async def kill(self, process: Process | Fork) -> None:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.fixture
async def site(engine: sa.Engine, tmp_path: Path) -> AsyncIterator[Site]:
    folder = tmp_path / "folder"
    folder.mkdir()
    queue = Queue(engine, tmp_path / "test", options=QueueOptions(poll=0.05))
    await queue.open()
    site = Site(engine, tmp_path, Folder(folder), queue)
    yield site
    for process in site.processes:
        await site.kill(process)
    await queue.stop()


def job(kind: str, key: str = "1", *, repo: int = 1) -> Job:
    return Job(kind=kind, key=key, installation=InstallationId(1), args={"repo_id": repo})


async def torment(site: Site, kills: int, seed: int, *, pause: float = 0.0) -> None:
    """Kill web and worker in turn, at random instants, and let the last worker finish."""
    chance, most = random.Random(seed), 100 + 30 * kills
    options = {"starts": 1000, "tries": 1000}
    run = partial(site.run, options=options, MOST=str(most), PAUSE=str(pause))
    running = {role: await run(role) for role in ("worker", "web")}
    for number in range(kills):
        await asyncio.sleep(chance.uniform(0.02, 0.5))
        role = ("worker", "web")[number % 2]
        await site.kill(running[role])
        running[role] = await run(role)
    await until(lambda: site.folder.last("acknowledged") >= most, 300)
    await site.kill(running["web"])
    assert await site.queue.idle(600)
    check(site)


def check(site: Site) -> None:
    folder = site.folder
    acknowledged = {f"d{number}" for number in folder.lines("acknowledged")}
    with site.engine.connect() as connection:
        stored = set(connection.scalars(sa.select(deliveries.c.id)))
    assert len(acknowledged) >= 100
    assert acknowledged <= stored
    effects = Counter(folder.lines("effects"))
    assert set(effects.values()) == {1}
    assert {number for number in folder.lines("acknowledged") if int(number) % 5 == 0} <= set(effects)
    assert folder.lines("overlaps") == []
    last = {repo: max(number for number in numbers(stored) if number % REPOSITORIES == repo) for repo in range(8)}
    assert all(folder.last(f"read-{repo}") >= number for repo, number in last.items())


def numbers(stored: set[str]) -> list[int]:
    return [int(name.removeprefix("d")) for name in stored]


async def test_killed_a_few_times_nothing_is_lost_and_nothing_doubled(site: Site) -> None:
    await torment(site, 3, seed=1)


@pytest.mark.soak
@pytest.mark.parametrize("seed", [1, 2])
async def test_killed_two_hundred_times_nothing_is_lost_and_nothing_doubled(site: Site, seed: int) -> None:
    """On both databases and with both seeds: together with those of whole bots a thousand kills."""
    await torment(site, 200, seed, pause=0.1)


async def test_a_job_that_takes_its_worker_down_is_set_aside_and_blocks_nothing(site: Site) -> None:
    await site.queue.submit([job("poison"), job("effect", "after")])
    for _ in range(2):
        process = await site.run("worker", options={"starts": 2})
        assert await asyncio.wait_for(process.wait(), 30) == -9
    await site.run("worker", options={"starts": 2})
    assert await site.queue.idle(30)
    (failed,) = await site.queue.jobs()
    assert (failed.state, failed.kind) == (JobState.FAILED, "poison")
    assert failed.error == "its worker died 2 times while it ran"
    assert site.folder.lines("poisoned") == ["1", "1"]
    assert site.folder.lines("effects") == ["after"]


async def test_the_jobs_of_a_worker_that_never_comes_back_are_given_to_another(site: Site) -> None:
    await site.queue.submit([job("hang")])
    first = await site.run("worker", home="first", HANG="yes")
    await until(lambda: len(site.folder.lines("hanging")) == 1)
    second = await site.run("worker", home="second", options={"dead_after": 3.0})
    await site.queue.submit([job("effect", "behind"), job("effect", "elsewhere", repo=2)])
    await until(lambda: "elsewhere" in site.folder.lines("effects"))
    assert site.folder.lines("effects") == ["elsewhere"]
    await site.kill(first)
    assert await site.queue.idle(30)
    assert site.folder.lines("hanging") == [str(first.pid), str(second.pid)]
    assert site.folder.lines("effects") == ["elsewhere", "behind"]
    with site.engine.connect() as connection:
        assert len(connection.execute(sa.select(workers)).all()) == 1


async def test_a_worker_that_ends_in_order_hands_its_jobs_over_at_once(site: Site) -> None:
    await site.queue.submit([job("hang"), *(job("effect", str(n), repo=n + 2) for n in range(30))])
    # The engine's maker's cloud is never spoken to, whatever the environment says.
    cloud = {"DBOS__CLOUD": "true", "DBOS__APPVERSION": "other", "DBOS__VMID": "other"}
    old = await site.run("worker", home="old", forked=False, environment=cloud, HANG="yes", GRACE="0.1")
    await until(lambda: len(site.folder.lines("hanging")) == 1)
    new = await site.run("worker", home="new", options={"dead_after": 600})
    old.terminate()
    assert await asyncio.wait_for(old.wait(), 30) == 0
    assert await site.queue.idle(30)
    assert site.folder.lines("hanging") == [str(old.pid), str(new.pid)]
    assert sorted(site.folder.lines("effects"), key=int) == [str(n) for n in range(30)]


async def test_a_schedule_fires_once_over_all_processes(site: Site) -> None:
    for home in ("first", "second"):
        await site.run("worker", home=home, TICK="yes")
    await until(lambda: len(site.folder.lines("ticks")) >= 4)
    ticks = site.folder.lines("ticks")
    assert len(set(ticks)) == len(ticks)
