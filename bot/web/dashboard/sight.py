"""What each person may see, as GitHub says, kept for a short while so that a page costs GitHub nothing."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sized
from dataclasses import dataclass
from typing import TypeVar

from bot.errors import Gone, SignedOut
from bot.github import Account, Visible
from bot.model import RepoId
from bot.web.dashboard.parts import Parts
from bot.web.dashboard.sessions import Session

T = TypeVar("T")

ACCOUNTS_KEPT = 60.0
REPOSITORIES_KEPT = 300.0
"""Seconds. Ten thousand repositories are a hundred requests, of five thousand an hour that a person has."""
_MOST_KEPT = 500
_MOST_REPOSITORIES = 200_000
"""Of all answers that are kept: some 300 bytes each, however many people look at large accounts."""


@dataclass(frozen=True, slots=True)
class View:
    """One account as a person sees it."""

    account: Account
    repositories: Mapping[RepoId, Visible]


class Sight:
    """Asks GitHub with the person's own token."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._kept: OrderedDict[tuple[str, str], tuple[object, float]] = OrderedDict()
        self._locks: dict[tuple[str, str], asyncio.Lock] = {}

    async def accounts(self, session: Session) -> tuple[Account, ...]:
        """Where the App is installed and the person may see something. Raises SignedOut, GitHubError."""
        person = self._parts.person(session.token)
        return await self._once((session.id, "accounts"), ACCOUNTS_KEPT, person.accounts)

    async def view(self, session: Session, login: str) -> View:
        """An account by its login. Raises Gone for "not there" and "not yours" alike."""
        for account in await self.accounts(session):
            if account.login.lower() == login.lower():
                return View(account, await self._repositories(session, account))
        raise Gone("no such account, or not yours to see")

    async def repository(self, session: Session, full_name: str) -> tuple[Account, Visible]:
        """A repository by its present name. Raises Gone for "not there" and "not yours" alike."""
        view = await self.view(session, full_name.partition("/")[0])
        for visible in view.repositories.values():
            if visible.full_name.lower() == full_name.lower():
                return view.account, visible
        raise Gone("no such repository, or not yours to see")

    async def now(self, session: Session, full_name: str) -> Visible:
        """What the person may do at this moment, asked before every write. Raises Gone."""
        await self.repository(session, full_name)
        return await self._parts.person(session.token).repository(full_name)

    async def kept(self, session: Session, name: str, ask: Callable[[], Awaitable[T]]) -> T:
        """What `ask` answered within the last minute: for what is dear to find out and changes slowly."""
        return await self._once((session.id, name), ACCOUNTS_KEPT, ask)

    async def _repositories(self, session: Session, account: Account) -> Mapping[RepoId, Visible]:
        async def ask() -> Mapping[RepoId, Visible]:
            try:
                return await self._parts.person(session.token).repositories(account.installation)
            except Gone:
                return {}

        return await self._once((session.id, str(account.installation)), REPOSITORIES_KEPT, ask)

    async def _once(self, key: tuple[str, str], seconds: float, ask: Callable[[], Awaitable[T]]) -> T:
        """What is kept, or the answer to one question however many wait for it."""
        lock = self._locks.setdefault(key, asyncio.Lock())
        try:
            async with lock:
                kept = self._kept.get(key)
                if kept is not None and self._parts.clock() < kept[1] + seconds:
                    return kept[0]  # type: ignore[return-value]  # the key says what was asked
                answer = await ask()
                self._keep(key, answer)
                return answer
        except SignedOut:
            self.forget(key[0])
            raise
        finally:
            if not lock.locked():
                self._locks.pop(key, None)

    def _keep(self, key: tuple[str, str], answer: object) -> None:
        """What was asked longest ago goes when there is too much."""
        self._kept[key] = (answer, self._parts.clock())
        self._kept.move_to_end(key)
        while len(self._kept) > 1 and (len(self._kept) > _MOST_KEPT or self._size() > _MOST_REPOSITORIES):
            self._kept.popitem(last=False)

    def _size(self) -> int:
        return sum(len(answer) for answer, _ in self._kept.values() if isinstance(answer, Sized))

    def forget(self, session: str) -> None:
        """At sign-out."""
        for key in [key for key in self._kept if key[0] == session]:
            del self._kept[key]
