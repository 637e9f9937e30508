"""What the App may ask about itself: who it is, where it is installed, which repositories that covers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

import msgspec

from bot.errors import Gone, Unwanted
from bot.github.access import Access
from bot.github.auth import seconds, wrong_app
from bot.github.wire import Answer, Request
from bot.missed import Failed
from bot.model import InstallationId, NodeId, RepoId, RepoRef


@dataclass(frozen=True, slots=True, kw_only=True)
class AppFacts:
    id: int
    slug: str
    owner: str
    """Login of the account that owns the App."""
    permissions: Mapping[str, str]
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    id: InstallationId
    account: str
    """Login of the account where it is installed."""
    permissions: Mapping[str, str]
    events: tuple[str, ...]
    suspended: bool
    selected: bool
    """True: on chosen repositories alone; False: on all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A repository as a list shows it."""

    ref: RepoRef
    archived: bool
    fork: bool


class _Account(msgspec.Struct, frozen=True):
    login: str | None = None
    slug: str | None = None
    """Enterprises have a slug instead of a login."""

    @property
    def name(self) -> str:
        return self.login or self.slug or ""


class _App(msgspec.Struct, frozen=True):
    id: int
    slug: str = ""
    owner: _Account | None = None
    permissions: dict[str, str] = {}
    events: tuple[str, ...] = ()


class _Installation(msgspec.Struct, frozen=True):
    id: int
    account: _Account | None = None
    permissions: dict[str, str] = {}
    events: tuple[str, ...] = ()
    suspended_at: str | None = None
    repository_selection: str = "selected"


class _Repository(msgspec.Struct, frozen=True):
    id: int
    node_id: str
    name: str
    owner: _Account
    archived: bool = False
    fork: bool = False


class _Repositories(msgspec.Struct, frozen=True):
    repositories: tuple[_Repository, ...]


class _Attempt(msgspec.Struct, frozen=True):
    id: int
    guid: str
    delivered_at: str
    status_code: int


async def read_app(app: Access) -> AppFacts:
    """Raises ConfigurationError when key, id or clock are wrong."""
    found = (await _get(app, "/app")).fit(_App)
    return AppFacts(
        id=found.id,
        slug=found.slug,
        owner=found.owner.name if found.owner else "",
        permissions=found.permissions,
        events=found.events,
    )


async def read_login(access: Access) -> str:
    """The login of the person whose token this is."""
    return (await access.send(Request(method="GET", path="/user"))).fit(_Account).name


async def read_installation(app: Access, installation: InstallationId) -> Installation:
    """Raises Gone when there is none with this id."""
    answer = await _get(app, "/app/installations/{installation_id}", installation_id=installation)
    return _installation(answer.fit(_Installation))


async def list_installations(app: Access) -> AsyncIterator[Installation]:
    async for page in app.pages(Request(method="GET", path="/app/installations{?per_page}", values={"per_page": 100})):
        for found in page.fit(tuple[_Installation, ...]):
            yield _installation(found)


async def find_installation(app: Access, owner: str, repository: str | None = None) -> Installation | None:
    """The installation on an account or on one of its repositories; None if there is none."""
    paths: tuple[str, ...] = ("/users/{owner}/installation", "/orgs/{owner}/installation")
    if repository is not None:
        paths = ("/repos/{owner}/{repo}/installation",)
    for path in paths:
        with suppress(Gone):
            return _installation((await _get(app, path, owner=owner, repo=repository or "")).fit(_Installation))
    return None


async def list_failed(app: Access, since: float) -> AsyncIterator[Failed]:
    """Attempts to deliver that failed, the newest first, until one that is older than `since` (seconds since 1970)."""
    request = Request(
        method="GET", path="/app/hook/deliveries{?per_page,status}", values={"per_page": 100, "status": "failure"}
    )
    async for page in app.pages(request):
        for found in page.fit(tuple[_Attempt, ...]):
            at = seconds(found.delivered_at)
            if at < since:
                return
            # One that is under way has no status yet; a server that does not know the filter shows what arrived, too.
            if found.status_code != 0 and not 200 <= found.status_code < 300:
                yield Failed(id=found.id, guid=found.guid, at=at)


async def redeliver(app: Access, attempt: int) -> bool:
    """Have the delivery of this attempt sent once more; False when GitHub does not know it any more."""
    request = Request(
        method="POST",
        path="/app/hook/deliveries/{delivery_id}/attempts",
        values={"delivery_id": attempt},
        repeatable=False,
    )
    try:
        await app.send(request)
    except (Gone, Unwanted):
        return False
    return True


async def list_repositories(access: Access) -> AsyncIterator[Listed]:
    """Every repository that the installation covers."""
    request = Request(method="GET", path="/installation/repositories{?per_page}", values={"per_page": 100})
    async for page in access.pages(request):
        for found in page.fit(_Repositories).repositories:
            yield _listed(found)


async def list_owned(access: Access, owner: str) -> AsyncIterator[Listed]:
    """Every repository of an account that a plain token may see, for `scan` without an App. Raises Gone.

    An organisation's private ones are listed under `/orgs` alone, where a person's account is not found.
    """
    values: dict[str, str | int] = {"owner": owner, "per_page": 100}
    organisation = Request(method="GET", path="/orgs/{owner}/repos{?per_page}", values=values)
    person = Request(method="GET", path="/users/{owner}/repos{?per_page}", values=values)
    try:
        first = await access.send(organisation)
    except Gone:
        first = await access.send(person)
    async for page in access.following(first):
        for found in page.fit(tuple[_Repository, ...]):
            yield _listed(found)


async def read_ref(access: Access, owner: str, name: str) -> RepoRef:
    """The repository with this name, in GitHub's own spelling. Raises Gone."""
    answer = await access.send(
        Request(method="GET", path="/repos/{owner}/{repo}", values={"owner": owner, "repo": name})
    )
    return _listed(answer.fit(_Repository)).ref


async def _get(app: Access, path: str, **values: str | int) -> Answer:
    try:
        return await app.send(Request(method="GET", path=path, values=values))
    except Gone as error:
        raise wrong_app(error) from None


def _installation(found: _Installation) -> Installation:
    return Installation(
        id=InstallationId(found.id),
        account=found.account.name if found.account else "",
        permissions=found.permissions,
        events=found.events,
        suspended=found.suspended_at is not None,
        selected=found.repository_selection != "all",
    )


def _listed(found: _Repository) -> Listed:
    ref = RepoRef(id=RepoId(found.id), node_id=NodeId(found.node_id), owner=found.owner.name, name=found.name)
    return Listed(ref=ref, archived=found.archived, fork=found.fork)
