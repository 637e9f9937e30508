"""The whole product on one machine: a GitHub, an index and the bot, speaking HTTP to each other on loopback.

The bot is the real one, started as `pubflow serve` starts it; only the addresses in its settings lead here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from bot import app, features, opening
from bot.bumping.snapshot import shipped
from bot.demo.actions import add_actions
from bot.demo.github import shapes_pulls
from bot.demo.github.diff import FileDiff
from bot.demo.github.local import LocalGitHub
from bot.demo.github.owners import Credentials
from bot.demo.github.state import Pull, Repository
from bot.demo.pypi import LocalPyPI, Shelf
from bot.demo.samples import ORGANISATION, Sample, samples
from bot.errors import PubflowError
from bot.jobs import KINDS
from bot.model import OWN_BRANCHES, RepoId
from bot.queue import JobInfo, JobState, Queue, QueueOptions
from bot.settings import Settings
from bot.store import in_thread
from bot.store.ledger import Ledger
from bot.store.missed import Missed
from bot.store.pauses import Pauses
from bot.store.repositories import Repositories, Seen
from bot.store.rollouts import Rollouts

PERSON = "sam-maintainer"
QUESTION = "/pubflow status"
"""What PERSON asks in the first pull request."""
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
    def outcome(self) -> str | None:
        """What the bot says that it did."""
        return self.seen.outcome if self.seen is not None else None

    @property
    def as_expected(self) -> bool:
        """Whether the sample ended as its file says."""
        if self.seen is None or (self.pull is not None) != self.sample.pull:
            return False
        status_fits = self.sample.status is None or self.seen.status is self.sample.status
        return status_fits and self.sample.because in (self.seen.outcome or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A comment of somebody's, and what came of it."""

    repository: str
    number: int
    url: str
    said: str
    seen: bool
    """The bot reacted to it."""
    answer: str | None


@dataclass(slots=True, kw_only=True)
class Stage:
    """Everything that runs, and what can be done to it."""

    github: LocalGitHub
    pypi: LocalPyPI
    testpypi: LocalPyPI
    settings: Settings
    credentials: Credentials
    engine: sa.Engine
    queue: Queue
    repositories: Repositories
    pauses: Pauses
    ledger: Ledger
    missed: Missed
    rollouts: Rollouts
    cast: tuple[Sample, ...] = ()
    bot_url: str = ""
    bot: AsyncExitStack = field(default_factory=AsyncExitStack)
    redact: Callable[[str], str] = str
    talk: Talk | None = None
    """What was asked in the end, and answered."""

    @property
    def dashboard_url(self) -> str:
        """Leads through the local GitHub's sign-in to the organisation's page."""
        return f"{self.bot_url}/login?next=/accounts/{ORGANISATION}"

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
        results = tuple([await self._result(sample) for sample in self.cast])
        opened = next((result for result in results if result.pull is not None), None)
        if opened is not None:
            say(f"{PERSON} asks in {ORGANISATION}/{opened.sample.name}: {QUESTION}")
            self.talk = await self._ask(opened)
        return results

    async def _ask(self, about: Result) -> Talk:
        """A person comments on a pull request and waits for the answer."""
        assert about.pull is not None
        full_name, number = f"{ORGANISATION}/{about.sample.name}", about.pull.number
        comment = self.github.comment(full_name, number, QUESTION, by=PERSON)
        await self.calm()
        replies = [one for one in self.github.repository(full_name).issues[number].comments if one.app is not None]
        return Talk(
            repository=full_name,
            number=number,
            url=about.url or "",
            said=QUESTION,
            seen=any(one.content == "eyes" for one in comment.reactions),
            answer=replies[-1].body if replies else None,
        )

    async def restart(self) -> None:
        """End the bot as an operator does, and start it again on the same database."""
        await self.bot.aclose()
        await self.bot.enter_async_context(_bot(self))

    async def calm(self) -> None:
        """Return when every delivery has arrived and every job has ended or waits for its time.

        Raises PubflowError if that takes too long.
        """
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                still = 0
                while still < 2:  # what has just ended may have made GitHub tell of it
                    await self.github.delivered()
                    still = 0 if any(map(_moves, await self.queue.jobs())) else still + 1
                    await asyncio.sleep(0 if still else 0.05)
        except TimeoutError:
            raise PubflowError("the demonstration got stuck: jobs are left in the queue; its log says more") from None

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


def _moves(job: JobInfo) -> bool:
    """Runs, or is about to."""
    return job.state is JobState.RUNNING or (job.state is JobState.WAITING and job.due_at is None)


@asynccontextmanager
async def stage(
    home: Path,
    *,
    github: LocalGitHub | None = None,
    cast: Callable[[str], tuple[Sample, ...]] = samples,
    redact: Callable[[str], str] = str,
    settings: Mapping[str, object] | None = None,
    shelf: Shelf | None = None,
) -> AsyncIterator[Stage]:
    """Start all of it with the App registered and not yet installed.

    `cast` makes the samples for a GitHub whose pages are at an address; `settings` go to the bot, over what leads here;
    `shelf` is where the index keeps its files, in memory if nothing else is said.
    """
    async with LocalPyPI(shelf=shelf) as pypi, LocalPyPI() as testpypi, github or LocalGitHub() as local:
        built = _build(local, (pypi, testpypi), {"pubflow_home": home, "port": 0} | dict(settings or {}))
        add_actions(local, shipped().actions)
        built.cast = cast(local.web_url)
        for sample in built.cast:
            if not sample.later:
                built.create(sample)
        await built.queue.open()
        try:
            built.redact = redact
            await built.bot.enter_async_context(_bot(built))
            yield built
        finally:
            await built.bot.aclose()
            await built.queue.stop()
            await in_thread(built.engine.dispose)


def _build(github: LocalGitHub, indexes: tuple[LocalPyPI, LocalPyPI], values: dict[str, object]) -> Stage:
    pypi, testpypi = indexes
    github.site.visitor = github.create_user(PERSON)
    github.create_organization(ORGANISATION)
    credentials = github.create_app(
        owner=ORGANISATION, name="pubflow", permissions=features.permissions(), events=features.events()
    )
    settings = Settings.of(
        **{
            "app_id": str(credentials.app.id),
            "private_key": credentials.private_key,
            "webhook_secret": credentials.webhook_secret,
            "client_id": credentials.app.client_id,
            "client_secret": credentials.app.client_secret,
            "operators": PERSON,
            "github_api_url": github.url,
            "github_web_url": github.web_url,
            "pypi_url": pypi.url,
            "testpypi_url": testpypi.url,
        }
        | values
    )
    engine = opening.open_database(settings)
    return Stage(
        github=github,
        pypi=pypi,
        testpypi=testpypi,
        settings=settings,
        credentials=credentials,
        engine=engine,
        queue=Queue(engine, settings.pubflow_home, kinds=KINDS),
        repositories=Repositories(engine),
        pauses=Pauses(engine),
        ledger=Ledger(engine),
        missed=Missed(engine),
        rollouts=Rollouts(engine),
    )


@asynccontextmanager
async def _bot(built: Stage) -> AsyncIterator[None]:
    stop = app.Stop(asyncio.Event())
    listening = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(
        app.serve(
            built.settings, stop, work=True, redact=built.redact, started=listening.set_result, queue_options=QUICK
        )
    )  # fmt: skip
    try:
        await asyncio.wait({serving, listening}, return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            await serving  # it failed: raise what it raised
        built.bot_url = f"http://127.0.0.1:{listening.result()}"
        built.credentials.app.callback_urls.append(f"{built.bot_url}/login/callback")
        built.github.set_hook(built.credentials.app, f"{built.bot_url}/webhook")
        yield
    finally:
        stop.event.set()
        await serving
