"""What a person may see through the App, asked with their own token: GitHub decides, nothing is worked out here.

https://docs.github.com/en/rest/apps/installations#list-app-installations-accessible-to-the-user-access-token
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from bot.errors import Forbidden, SignedOut
from bot.github.access import Access
from bot.github.client import Client
from bot.github.credentials import Token
from bot.github.faults import Unauthorized
from bot.github.limits import LaneKey
from bot.github.wire import Request
from bot.model import InstallationId, NodeId, RepoId, RepoRef

_PEOPLE = LaneKey(-1)
_PER_PAGE = 100
MOST_PAGES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    id: int
    login: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account on which the App is installed, as far as a person may see it."""

    installation: InstallationId
    login: str
    organization: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Visible:
    """A repository that a person may see, and what they may do to it."""

    id: RepoId
    node_id: NodeId
    full_name: str
    public: bool
    may_write: bool
    may_administer: bool

    @property
    def ref(self) -> RepoRef:
        owner, _, name = self.full_name.partition("/")
        return RepoRef(id=self.id, node_id=self.node_id, owner=owner, name=name)


class _User(msgspec.Struct, frozen=True):
    id: int
    login: str


class _Target(msgspec.Struct, frozen=True):
    login: str = ""
    slug: str = ""


class _Installation(msgspec.Struct, frozen=True):
    id: int
    target_type: str
    account: _Target | None = None
    suspended_at: str | None = None


class _Installations(msgspec.Struct, frozen=True):
    installations: tuple[_Installation, ...]


class _Repository(msgspec.Struct, frozen=True):
    id: int
    node_id: str
    full_name: str
    private: bool
    permissions: dict[str, bool] = {}


class _Repositories(msgspec.Struct, frozen=True):
    total_count: int
    repositories: tuple[_Repository, ...]


class AsPerson:
    """GitHub with one person's token. Every method raises SignedOut when GitHub does not take it, and GitHubError."""

    def __init__(self, client: Client, token: Token) -> None:
        self._access = Access(client, _PEOPLE, _Theirs(token))

    async def who(self) -> Person:
        found = (await self._access.send(Request(method="GET", path="/user"))).fit(_User)
        return Person(id=found.id, login=found.login)

    async def accounts(self) -> tuple[Account, ...]:
        """Where the App is installed and works, by name."""
        request = Request(method="GET", path="/user/installations{?per_page}", values={"per_page": _PER_PAGE})
        found = [each async for page in self._access.pages(request) for each in page.fit(_Installations).installations]
        accounts = [
            Account(
                installation=InstallationId(each.id),
                login=each.account.login or each.account.slug,
                organization=each.target_type != "User",
            )
            for each in found
            if each.account is not None and each.suspended_at is None
        ]
        return tuple(sorted(accounts, key=lambda account: account.login.lower()))

    async def repositories(self, installation: InstallationId) -> Mapping[RepoId, Visible]:
        """Every repository of an installation that the person may see. Raises Gone for "none" and "not yours" alike."""
        first = await self._page(installation, 1)
        pages = min(-(-first.total_count // _PER_PAGE), MOST_PAGES)
        others = await asyncio.gather(*(self._page(installation, number) for number in range(2, pages + 1)))
        return {RepoId(each.id): _visible(each) for page in (first, *others) for each in page.repositories}

    async def repository(self, full_name: str) -> Visible:
        """One repository as it stands at this moment. Raises Gone for "none" and "not yours" alike."""
        owner, _, name = full_name.partition("/")
        request = Request(method="GET", path="/repos/{owner}/{repo}", values={"owner": owner, "repo": name})
        return _visible((await self._access.send(request)).fit(_Repository))

    async def _page(self, installation: InstallationId, number: int) -> _Repositories:
        request = Request(
            method="GET",
            path="/user/installations/{installation_id}/repositories{?per_page,page}",
            values={"installation_id": installation, "per_page": _PER_PAGE, "page": number},
        )
        return (await self._access.send(request)).fit(_Repositories)


def _visible(found: _Repository) -> Visible:
    return Visible(
        id=RepoId(found.id),
        node_id=NodeId(found.node_id),
        full_name=found.full_name,
        public=not found.private,
        may_write=found.permissions.get("push", False),
        may_administer=found.permissions.get("admin", False),
    )


class _Theirs:
    """The token of a person who signed in: nobody here can renew it within a request."""

    def __init__(self, token: Token) -> None:
        self._token = token

    async def current(self) -> Token:
        return self._token

    def refused(self, token: Token, error: Unauthorized) -> SignedOut:  # noqa: ARG002 - the protocol's
        return SignedOut(f"GitHub does not accept this person's token any more: {error}", status=401)

    async def forbidden(self, token: Token, error: Forbidden) -> Forbidden:  # noqa: ARG002 - the protocol's
        return error
