"""The one value that holds everything, finds things in it and gives them ids."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote

from bot.demo.github.delivery import Delivery
from bot.demo.github.state import Account, AccountKind, Advisory, App, Installation, Issue, Pull, Repository

RESERVED = frozenset(
    {
        "advisories",
        "api",
        "app",
        "app-manifests",
        "apps",
        "graphql",
        "installation",
        "installations",
        "login",
        "meta",
        "orgs",
    }
    | {"meta", "orgs", "organizations", "rate_limit", "repos", "repositories", "settings", "user", "users", "web"}
)
"""First segments of addresses; no account may be called so."""

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where this GitHub is reached: no trailing slashes."""

    api: str
    graphql: str
    web: str
    storage: str = ""
    """Where logs lie: another host than the API's."""


@dataclass(slots=True, kw_only=True, eq=False)
class World:
    clock: Clock
    enterprise: str | None = None
    """The version of GitHub Enterprise Server to be; None: github.com."""
    addresses: Addresses = field(default_factory=lambda: Addresses(api="", graphql="", web=""))
    accounts: dict[str, Account] = field(default_factory=dict)
    """By lower-case login."""
    apps: dict[int, App] = field(default_factory=dict)
    installations: dict[int, Installation] = field(default_factory=dict)
    repositories: dict[int, Repository] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    """Lower-case full name -> id; former names stay, as GitHub redirects them."""
    nodes: dict[str, object] = field(default_factory=dict)
    deliveries: dict[int, Delivery] = field(default_factory=dict)
    advisories: list[Advisory] = field(default_factory=list)
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(1001))

    def take_id(self) -> int:
        return next(self._ids)

    def node_id(self, prefix: str, number: int) -> str:
        """Opaque to clients; as GitHub's, of letters, digits, `_`, `-` and at times `=`."""
        return f"{prefix}_kgDO{base64.urlsafe_b64encode(number.to_bytes(6, 'big')).decode()}"

    def repository(self, owner: str, name: str) -> Repository | None:
        """By its present name."""
        found = self.former(owner, name)
        if found is None or found.full_name.lower() != f"{owner}/{name}".lower():
            return None
        return found

    def former(self, owner: str, name: str) -> Repository | None:
        """By its present name or one that it once had."""
        return self.repositories.get(self.names.get(f"{owner}/{name}".lower(), 0))

    def repositories_of(self, account: Account) -> list[Repository]:
        return [repository for repository in self.repositories.values() if repository.owner is account]

    def repositories_in(self, installation: Installation) -> list[Repository]:
        return [repository for repository in self.repositories.values() if installation.covers(repository)]

    def installation_of(self, app: App, account: Account) -> Installation | None:
        return next((i for i in self.installations.values() if i.app is app and i.account is account), None)

    # ------------------------------------------------------------ addresses

    def account_web(self, account: Account) -> str:
        if account.kind is AccountKind.BOT:
            return f"{self.addresses.web}/apps/{account.login.removesuffix('[bot]')}"
        return f"{self.addresses.web}/{quote(account.login)}"

    def repository_web(self, repository: Repository) -> str:
        return f"{self.addresses.web}/{repository.full_name}"

    def repository_api(self, repository: Repository) -> str:
        return f"{self.addresses.api}/repos/{repository.full_name}"

    def issue_web(self, repository: Repository, issue: Issue) -> str:
        kind = "pull" if issue.number in repository.pulls else "issues"
        return f"{self.repository_web(repository)}/{kind}/{issue.number}"

    def pull_web(self, repository: Repository, pull: Pull) -> str:
        return f"{self.repository_web(repository)}/pull/{pull.number}"

    def git_host(self) -> str:
        return self.addresses.web.partition("://")[2]


def iso(seconds: float) -> str:
    """`2026-01-31T12:00:00Z`, GitHub's way of writing a time."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def iso_or_none(seconds: float | None) -> str | None:
    return None if seconds is None else iso(seconds)
