"""What a job may use, and the questions that every job asks before it writes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.actions import Actions
from bot.errors import Stopped
from bot.github import Desk, GitHub
from bot.jobs.tally import Tally
from bot.messages import Places
from bot.model import InstallationId, RepoRef
from bot.pypi import PyPI
from bot.queue import Queue
from bot.settings import Mode, Settings
from bot.store import in_thread
from bot.store.configurations import Configurations
from bot.store.ledger import Ledger
from bot.store.missed import Missed
from bot.store.oblivion import Oblivion
from bot.store.pauses import Pauses
from bot.store.reports import Reports
from bot.store.repositories import Repositories
from bot.store.rollouts import Rollouts
from bot.store.sightings import Sightings
from bot.store.spoken import Spoken
from bot.store.sweeps import Sweeps
from bot.store.turns import Turns
from bot.store.wishes import WishBook


class Allowed:
    """Which accounts this site serves: ALLOWED_ACCOUNTS, or the account that owns the App."""

    def __init__(self, settings: Settings, github: GitHub) -> None:
        self._names = settings.allowed_accounts
        self._github = github
        self._one_at_a_time = asyncio.Lock()

    async def includes(self, account: str) -> bool:
        """Whether `account` is served. Raises GitHubError while nobody can say who owns the App."""
        async with self._one_at_a_time:
            if self._names is None:
                self._names = frozenset({(await self._github.itself()).owner.lower()})
        return "*" in self._names or account.lower() in self._names


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Built once by `bot.app`, handed to every job."""

    settings: Settings
    github: GitHub
    pypi: PyPI
    testpypi: PyPI
    actions: Actions
    queue: Queue
    pauses: Pauses
    ledger: Ledger
    turns: Turns
    repositories: Repositories
    wishes: WishBook
    spoken: Spoken
    reports: Reports
    configurations: Configurations
    oblivion: Oblivion
    sightings: Sightings
    rollouts: Rollouts
    sweeps: Sweeps
    missed: Missed
    allowed: Allowed
    tally: Tally = field(default_factory=Tally)
    clock: Callable[[], float] = field(default=time.time)
    """Seconds since the epoch."""

    @property
    def places(self) -> Places:
        """Where this site sends people."""
        settings = self.settings
        return Places(
            pypi=settings.pypi_url,
            testpypi=settings.testpypi_url,
            web=settings.github_web_url,
            site=settings.public_url,
        )

    def at(self, installation: InstallationId, repo: RepoRef) -> Desk:
        """Where we speak and act in a repository; every write asks `may_write` first."""

        async def permit() -> None:
            await self.may_write(repo)

        return self.github.at(installation, repo, permit=permit)

    async def may_write(self, repo: RepoRef) -> None:
        """Return if pubflow may write to `repo` at this moment. Raises Stopped with the reason if it may not.

        Asked again right before every request that writes, so that a pause takes hold within one step.
        """
        if self.settings.pubflow_mode is Mode.OBSERVE:
            raise Stopped("this site only observes (PUBFLOW_MODE=observe)")
        scope = await in_thread(self.pauses.is_paused, repo.owner, repo.name)
        if scope is not None:
            raise Stopped(f"paused by an operator ({scope})")
        if not await self.allowed.includes(repo.owner):
            raise Stopped(f"{repo.owner} is not among ALLOWED_ACCOUNTS")
