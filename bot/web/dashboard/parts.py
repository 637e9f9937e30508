"""What the dashboard is made of, and the addresses that it is reached at."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

from aiohttp import web

from bot.github import Account, OAuth, Token, Visible
from bot.github import Person as Identity
from bot.model import InstallationId, Job, RepoId
from bot.queue import Depth, JobInfo, JobState
from bot.settings import Settings
from bot.store.overview import Overview
from bot.store.pauses import Pauses
from bot.store.rollouts import Rollouts
from bot.store.sweeps import Sweeps
from bot.store.wishes import WishBook
from bot.web.server import Ready

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Work(Protocol):
    """The queue, as far as the dashboard needs it."""

    async def submit(self, jobs: Sequence[Job]) -> None: ...

    async def jobs(self, state: JobState | None = None, *, limit: int = 200) -> list[JobInfo]: ...

    async def depth(self) -> Depth: ...

    async def retry(self, job_id: str) -> bool: ...

    async def drop(self, job_id: str) -> bool: ...


class Person(Protocol):
    """GitHub as somebody sees it who signed in: `bot.github.AsPerson`."""

    async def who(self) -> Identity: ...

    async def accounts(self) -> tuple[Account, ...]: ...

    async def repositories(self, installation: InstallationId) -> Mapping[RepoId, Visible]: ...

    async def repository(self, full_name: str) -> Visible: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Built by `bot.app`."""

    settings: Settings
    session_secret: str = field(repr=False)
    oauth: OAuth | None
    """None: the App has no client secret here, so nobody can sign in."""
    person: Callable[[Token], Person]
    overview: Overview
    pauses: Pauses
    rollouts: Rollouts
    sweeps: Sweeps
    wishes: WishBook
    queue: Work
    ready: Callable[[], Awaitable[Ready]]
    install_url: str | None = None
    """Where the App is installed on a further account, once that is known."""
    clock: Callable[[], float] = field(default=time.time)

    def base(self, request: web.Request) -> str | None:
        """Where people reach this server: PUBLIC_URL, or this very machine; None when neither is known.

        A name that only the request claims is not believed: GitHub would send people's codes there.
        """
        if self.settings.public_url is not None:
            return self.settings.public_url
        try:
            host = urlsplit(f"//{request.host}").hostname
        except ValueError:
            return None
        return f"http://{request.host}" if host in _LOOPBACK else None

    def is_operator(self, login: str) -> bool:
        return login.lower() in self.settings.operators
