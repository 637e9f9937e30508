"""Killed at any instant, nothing that was acknowledged is lost, and no pull request and no answer is there twice."""

from __future__ import annotations

import asyncio
import io
import os
import random
import subprocess
import tarfile
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot import features
from bot.demo.github import Delivery, LocalGitHub
from bot.demo.github.state import App
from bot.demo.pypi import LocalPyPI
from bot.jobs import KINDS
from bot.queue import JobInfo, JobState, Queue
from bot.store import make_engine
from tests.chaos.bots import ROOT, Bots, Reaper, environment, free_port
from tests.programs import git
from tests.store.databases import Server

ACCOUNTS = [f"forge-{number}" for number in range(16)]
"""Many: each may be written to only so often, and killing should not wait for that."""
AT_ONCE = 40
"""Jobs that wait or run while packages arrive."""
PATIENCE = 600.0
ONE = (("serve",),)
TWO = (("serve", "--no-worker"), ("worker",), ("worker",))


@pytest.fixture
def address(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """None for SQLite in the bot's home."""
    if request.param == "sqlite":
        yield None
        return
    server: Server = request.getfixturevalue("postgresql")
    made = server.create()
    yield made
    server.drop(made)


@dataclass(frozen=True, slots=True)
class World:
    github: LocalGitHub
    app: App
    queue: Queue
    bots: Bots

    async def settle(self) -> None:
        """Ask for what failed again, as an operator would, until all is quiet."""
        async with asyncio.timeout(PATIENCE):
            while True:
                await self.github.delivered()
                missed = self.missed()
                for delivery in missed:
                    self.github.redeliver(delivery)
                if not missed and not await self.left():
                    return
                await asyncio.wait_for(self.breath(), 5)

    async def breath(self) -> None:
        """Until the bot has asked GitHub something, or a moment has passed."""
        self.bots.check()
        seen = asyncio.Event()
        self.github.recorder.listeners.append(lambda _: seen.set())
        with_timeout = asyncio.create_task(seen.wait())
        await asyncio.wait({with_timeout}, timeout=0.3)
        with_timeout.cancel()
        self.github.recorder.listeners.pop()

    async def left(self) -> list[JobInfo]:
        """Jobs that are not over; asking GitHub for what failed goes on for as long as it lists something."""
        return [job for job in await self.queue.jobs() if job.kind != "redeliver" and job.state is not JobState.FAILED]

    def missed(self) -> list[Delivery]:
        """Deliveries of which no attempt was answered with 2xx."""
        heard = {one.guid for one in self.github.deliveries() if 200 <= one.status_code < 300}
        latest = {one.guid: one for one in self.github.deliveries()}
        return [one for guid, one in latest.items() if guid not in heard]


@pytest.fixture
async def local() -> AsyncIterator[tuple[LocalGitHub, LocalPyPI]]:
    async with LocalPyPI() as pypi, LocalGitHub() as github:
        yield github, pypi


async def _chaos(
    local: tuple[LocalGitHub, LocalPyPI],
    home: Path,
    address: str | None,
    commands: Sequence[Sequence[str]],
    kills: int,
    seed: int,
    *,
    forked: bool = True,
    versions: Sequence[Path] = (ROOT,),
) -> None:
    github, pypi = local
    rng = random.Random(seed)
    github.create_user("sam")
    for account in ACCOUNTS:
        github.create_organization(account)
    port = free_port()
    credentials = github.create_app(
        owner=ACCOUNTS[0], name="pubflow", permissions=features.permissions(), events=features.events()
    )
    home.mkdir()
    bots = Bots(commands, environment(github, pypi, credentials, home, address, port), home, forked, versions)
    engine = make_engine(address or f"sqlite:///{home / 'pubflow.sqlite3'}")
    queue = Queue(engine, home, kinds=KINDS)
    await queue.open()
    reaper = Reaper(bots, rng, every=(10, 60), wanted=kills)
    github.recorder.listeners.append(reaper.see)
    world = World(github, credentials.app, queue, bots)
    async with bots.kept_running():
        github.set_hook(credentials.app, f"http://127.0.0.1:{port}/webhook")
        for account in ACCOUNTS:
            github.install(credentials.app, account)
        names = await _populate(world, reaper)
        github.recorder.listeners.remove(reaper.see)
        await world.settle()
        await _retry_set_aside(world)
    await queue.stop()
    engine.dispose()
    assert bots.kills >= kills
    doubled = {name: len(github.repository(name).pulls) for name in names if len(github.repository(name).pulls) != 1}
    assert doubled == {}, f"seed {seed}"
    assert all(pull.issue.open for name in names for pull in github.repository(name).pulls.values())
    unanswered = {name: said for name in names if (said := _answers(github, name)) != ([1], 1)}
    assert unanswered == {}, f"seed {seed}"


def _answers(github: LocalGitHub, name: str) -> tuple[list[int], int]:
    """How many signs and how many answers each command got that was given in the repository's issue."""
    comments = github.repository(name).issues[1].comments
    asked = [comment for comment in comments if comment.app is None]
    ends = [one for one in comments if one.app is not None and "Working on it" not in one.body]
    return [sum(reaction.content == "eyes" for reaction in comment.reactions) for comment in asked], len(ends)


async def _populate(world: World, reaper: Reaper) -> list[str]:
    """Packages keep arriving, as fast as they are worked off, until enough was killed."""
    names: list[str] = []
    async with asyncio.timeout(PATIENCE + 20 * reaper.wanted):
        while not reaper.done.is_set():
            if sum(job.due_at is None for job in await world.left()) < AT_ONCE:
                names.append(_publish(world.github, len(names)))
            await world.github.delivered()
            for delivery in world.missed():
                world.github.redeliver(delivery)
            await asyncio.wait_for(world.breath(), 5)
    return names


def _publish(github: LocalGitHub, number: int) -> str:
    """A package of which somebody speaks to us."""
    name = f"{ACCOUNTS[number % len(ACCOUNTS)]}/package-{number}"
    text = f'[build-system]\nbuild-backend = "flit_core.buildapi"\n[project]\nname = "package-{number}"\n'
    github.create_repository(name, {"pyproject.toml": text})
    issue = github.open_issue(name, "Please publish this")
    github.comment(name, issue.number, "/pubflow update\n/pubflow status")
    return name


async def _retry_set_aside(world: World) -> None:
    """A job whose worker was killed five times while it ran is set aside and shown; an operator retries it."""
    failed = await world.queue.jobs(JobState.FAILED, limit=10_000)
    for job in failed:
        assert "its worker died" in (job.error or ""), job
        await world.queue.retry(job.id)
    await world.settle()
    assert await world.queue.jobs(JobState.FAILED) == []


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
async def test_a_server_that_is_killed_now_and_then(
    local: tuple[LocalGitHub, LocalPyPI], tmp_path: Path, address: str | None
) -> None:
    await _chaos(local, tmp_path / "home", address, ONE, kills=3, seed=random.randrange(2**32))


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
async def test_workers_and_web_apart_on_postgresql(
    local: tuple[LocalGitHub, LocalPyPI], tmp_path: Path, address: str | None
) -> None:
    await _chaos(local, tmp_path / "home", address, TWO, kills=3, seed=random.randrange(2**32))


@pytest.mark.soak
@pytest.mark.parametrize("commands", [ONE, TWO], ids=["one", "apart"])
@pytest.mark.parametrize("address", ["sqlite", "postgresql"], indirect=True)
async def test_killed_again_and_again(
    local: tuple[LocalGitHub, LocalPyPI], tmp_path: Path, address: str | None, commands: Sequence[Sequence[str]]
) -> None:
    kills = int(os.environ.get("KILLS", "50"))
    await _chaos(local, tmp_path / "home", address, commands, kills=kills, seed=random.randrange(2**32))


@pytest.fixture
def version_before(tmp_path: Path) -> Path:
    """This repository as it was before the tables last changed."""
    try:
        [changed] = git(ROOT, "log", "--format=%H", "--max-count=1", "--", "bot/store/tables.py").split()
        archive = subprocess.run(["git", "archive", f"{changed}^"], cwd=ROOT, check=True, capture_output=True).stdout
    except (OSError, ValueError, subprocess.CalledProcessError):
        pytest.skip("there is no history here to take an older version from")
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(tmp_path / "before", filter="data")
    return tmp_path / "before"


@pytest.mark.soak
@pytest.mark.parametrize("address", ["sqlite", "postgresql"], indirect=True)
async def test_the_version_before_and_this_one_on_one_database(
    local: tuple[LocalGitHub, LocalPyPI], tmp_path: Path, address: str | None, version_before: Path
) -> None:
    """Whoever is killed comes back in the other version, so that each takes up what the other left."""
    versions = (version_before, ROOT)
    await _chaos(
        local, tmp_path / "home", address, TWO, kills=9, seed=random.randrange(2**32), forked=False, versions=versions
    )
