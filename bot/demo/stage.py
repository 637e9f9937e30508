"""The whole product on one machine: a GitHub, an index and the bot, speaking HTTP to each other on loopback.

The bot is the real one, started as `pubflow serve` starts it; only the addresses in its settings lead here.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot import app, features
from bot.demo.github import shapes_pulls
from bot.demo.github.diff import FileDiff
from bot.demo.github.local import LocalGitHub
from bot.demo.github.owners import Credentials
from bot.demo.github.state import Pull, Repository
from bot.demo.pypi import LocalPyPI
from bot.demo.samples import ORGANISATION, Sample, samples
from bot.errors import PubflowError
from bot.model import OWN_BRANCHES, RepoId
from bot.queue import Queue, QueueOptions
from bot.settings import Settings
from bot.store import in_thread
from bot.store.repositories import Repositories, Seen

PERSON = "sam-maintainer"
PATIENCE_SECONDS = 120.0
QUICK = QueueOptions(poll=0.05, per_installation=8)
"""A demonstration should not wait for the next look into the queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How one sample ended; `pull`, `diffs` and `url` are None and empty where no pull request stands."""

    sample: Sample
    seen: Seen | None
    pull: Pull | None
    diffs: tuple[FileDiff, ...]
    url: str | None

    @property
    def as_expected(self) -> bool:
        """Whether the sample ended as its file says."""
        if self.seen is None or (self.pull is not None) != self.sample.pull:
            return False
        status_fits = self.sample.status is None or self.seen.status is self.sample.status
        return status_fits and self.sample.because in (self.seen.outcome or "")


@dataclass(slots=True, kw_only=True)
class Stage:
    """Everything that runs, and what can be done to it."""

    github: LocalGitHub
    pypi: LocalPyPI
    settings: Settings
    credentials: Credentials
    queue: Queue
    repositories: Repositories
    cast: tuple[Sample, ...]
    bot_url: str = ""

    async def play(self, say: Callable[[str], None]) -> tuple[Result, ...]:
        """Install the App, let everything happen, add one repository more, and report each sample's end."""
        say(f"installing the App on {ORGANISATION}: GitHub signs a webhook and delivers it")
        self.github.install(self.credentials.app, ORGANISATION)
        await self.calm()
        for sample in self.cast:
            if sample.later:
                say(f"somebody makes a new repository, {ORGANISATION}/{sample.name}: only a webhook tells the bot")
                self.create(sample)
        await self.calm()
        return tuple([await self._result(sample) for sample in self.cast])

    async def calm(self) -> None:
        """Return when every delivery has arrived and every job is done. Raises PubflowError if that takes too long."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.github.delivered()
        if not await self.queue.idle(PATIENCE_SECONDS):
            raise PubflowError("the demonstration got stuck: jobs are left in the queue; its log says more")

    def create(self, sample: Sample) -> Repository:
        """Put a sample repository into the organisation."""
        if sample.indexed is not None:
            self.pypi.add(sample.indexed)
        return self.github.create_repository(
            f"{ORGANISATION}/{sample.name}",
            dict(sample.files),
            visibility=sample.visibility,
            description=sample.about,
            fork=sample.fork,
            archived=sample.archived,
            by=PERSON,
        )

    async def _result(self, sample: Sample) -> Result:
        repository = self.github.repository(f"{ORGANISATION}/{sample.name}")
        seen = await in_thread(self.repositories.get, RepoId(repository.id))
        ours = [pull for pull in repository.pulls.values() if pull.head in OWN_BRANCHES]
        pull = ours[0] if len(ours) == 1 else None
        if pull is None:
            return Result(sample=sample, seen=seen, pull=None, diffs=(), url=None)
        diffs = shapes_pulls.changes(repository, pull)
        url = self.github.site.world.pull_web(repository, pull)
        return Result(sample=sample, seen=seen, pull=pull, diffs=tuple(diffs), url=url)


@asynccontextmanager
async def stage(home: Path, *, port: int = 0, redact: Callable[[str], str] = str) -> AsyncIterator[Stage]:
    """Start all of it with the samples in place and the App registered, not yet installed."""
    pypi = LocalPyPI()
    async with LocalGitHub() as github:
        await pypi.start()
        try:
            built = _build(github, pypi, home, port)
            await built.queue.open()
            async with _bot(built, redact):
                yield built
            await built.queue.stop()
        finally:
            await pypi.stop()


def _build(github: LocalGitHub, pypi: LocalPyPI, home: Path, port: int) -> Stage:
    github.create_user(PERSON)
    github.create_organization(ORGANISATION)
    credentials = github.create_app(
        owner=ORGANISATION, name="pubflow", permissions=features.permissions(), events=features.events()
    )
    settings = Settings.of(
        app_id=str(credentials.app.id),
        private_key=credentials.private_key,
        webhook_secret=credentials.webhook_secret,
        github_api_url=github.url,
        github_web_url=github.web_url,
        pypi_url=pypi.url,
        pubflow_home=home,
        session_secret=secrets.token_urlsafe(32),
        port=port,
    )
    engine = app.open_database(settings)
    built = Stage(
        github=github,
        pypi=pypi,
        settings=settings,
        credentials=credentials,
        queue=Queue(engine, home),
        repositories=Repositories(engine),
        cast=samples(github.web_url),
    )
    for sample in built.cast:
        if not sample.later:
            built.create(sample)
    return built


@asynccontextmanager
async def _bot(built: Stage, redact: Callable[[str], str]) -> AsyncIterator[None]:
    stop = app.Stop(asyncio.Event())
    listening = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(
        app.serve(
            built.settings, stop, work=True, redact=redact, started=listening.set_result, queue_options=QUICK
        )
    )  # fmt: skip
    try:
        await asyncio.wait({serving, listening}, return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            await serving  # it failed: raise what it raised
        built.bot_url = f"http://127.0.0.1:{listening.result()}"
        built.github.set_hook(built.credentials.app, f"{built.bot_url}/webhook")
        yield
    finally:
        stop.event.set()
        await serving
