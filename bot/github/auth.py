"""Whose word a request carries: the App's JWT, or an installation's token narrowed to its purpose.

Tokens are minted here, kept until shortly before their end, and asked for once however many jobs wait.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextvars import Context
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from bot import hindrance
from bot.errors import ConfigurationError, Forbidden, GitHubError, Gone, Unavailable
from bot.github.access import Access
from bot.github.client import Client
from bot.github.credentials import AppCredentials, Token
from bot.github.faults import Unauthorized, Unprocessable
from bot.github.limits import LaneKey
from bot.github.wire import Request
from bot.model import InstallationId, RepoId

RENEWED_BEFORE = 5 * 60
"""Seconds before its end from which a token is no longer handed out."""
APP_LANE = LaneKey(0)
_JWT_KEPT = 5 * 60
_TOLERATED_SKEW = 45
_NOT_ENOUGH = "not accessible by integration"
"""All that GitHub says to an App whose token lacks a permission."""

Permissions = tuple[tuple[str, str], ...]
"""Sorted pairs of permission and level."""
READING: Permissions = (("contents", "read"), ("metadata", "read"), ("pull_requests", "read"))
WRITING: Permissions = (("contents", "write"), ("metadata", "read"), ("pull_requests", "write"))
WRITING_WORKFLOWS: Permissions = (*WRITING, ("workflows", "write"))
CHECKING: Permissions = (("checks", "write"), ("metadata", "read"))
TALKING_ON_PULLS: Permissions = (("metadata", "read"), ("pull_requests", "write"))
TALKING_ON_ISSUES: Permissions = (("issues", "write"), ("metadata", "read"))


class AppJwt:
    """JWTs that stand for the App itself, signed anew every few minutes."""

    def __init__(self, credentials: AppCredentials, client: Client) -> None:
        self._credentials = credentials
        self._clock = client.clock
        self._made: tuple[Token, float] | None = None

    async def current(self) -> Token:
        now = self._clock()
        if self._made is None or not 0 <= now - self._made[1] < _JWT_KEPT:
            self._made = self._credentials.jwt(now), now
        return self._made[0]

    def refused(self, token: Token, error: Unauthorized) -> ConfigurationError:  # noqa: ARG002 - the protocol's
        """Three mistakes have one status; each gets its own sentence."""
        self._made = None
        said = error.said.lower()
        if error.ahead is not None and abs(error.ahead) > _TOLERATED_SKEW and "decoded" not in said:
            way = "behind" if error.ahead > 0 else "ahead of"
            return ConfigurationError(
                f"this machine's clock is {abs(error.ahead):.0f} s {way} GitHub's, so GitHub refuses what we sign; "
                "set the clock (NTP)"
            )
        if "decoded" in said:
            return ConfigurationError(
                f"PRIVATE_KEY does not belong to the App with APP_ID {self._credentials.app_id}: GitHub cannot verify "
                "what it signs; take a key from this App's settings page"
            )
        return ConfigurationError(f"GitHub does not accept the App's identity, check APP_ID and PRIVATE_KEY: {error}")

    async def forbidden(self, token: Token, error: Forbidden) -> Forbidden:  # noqa: ARG002 - the protocol's
        return error


class _Minted(msgspec.Struct, frozen=True):
    token: str
    expires_at: str

    def __repr__(self) -> str:
        return "_Minted(***)"


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token is for. No repositories: all that the installation covers."""

    installation: InstallationId
    permissions: Permissions
    repositories: tuple[RepoId, ...] = ()


class Tokens:
    """The installation tokens of this process."""

    def __init__(self, app: Access) -> None:
        self._app = app
        self._clock = app.client.clock
        self._kept: dict[Grant, tuple[Token, float]] = {}
        self._minting: dict[Grant, asyncio.Task[Token]] = {}

    async def get(self, grant: Grant) -> Token:
        """A token that is good for five minutes at least.

        Raises Gone (installation suspended or removed, repository taken from it), Forbidden (a permission is not
        granted), ConfigurationError (the App's own identity), WaitUntil, Unavailable.
        """
        if (kept := self._kept.get(grant)) is not None and self._clock() < kept[1] - RENEWED_BEFORE:
            return kept[0]
        task = self._minting.get(grant)
        if task is None:
            # A context of its own: the deadline of whoever came first must not end the others' waiting.
            task = asyncio.create_task(self._mint(grant), name="mint", context=Context())
            self._minting[grant] = task
            task.add_done_callback(lambda done: self._minted(grant, done))
        return await asyncio.shield(task)

    def forget(self, grant: Grant, token: Token) -> None:
        """Do not hand out `token` again; a newer one stays."""
        if (kept := self._kept.get(grant)) is not None and kept[0] == token:
            del self._kept[grant]

    def _minted(self, grant: Grant, task: asyncio.Task[Token]) -> None:
        del self._minting[grant]
        if not task.cancelled():
            task.exception()  # seen, even if every waiter was cancelled

    async def _mint(self, grant: Grant) -> Token:
        body: dict[str, object] = {"permissions": dict(grant.permissions)}
        if grant.repositories:
            body["repository_ids"] = list(grant.repositories)
        request = Request(
            method="POST",
            path="/app/installations/{installation_id}/access_tokens",
            values={"installation_id": grant.installation},
            body=body,
        )
        try:
            minted = (await self._app.send(request)).fit(_Minted)
        except Unprocessable as error:
            raise await self._not_granted(grant, error) from None
        except Gone as error:
            raise wrong_app(error) from None
        now = self._clock()
        self._kept = {known: kept for known, kept in self._kept.items() if kept[1] > now}
        self._kept[grant] = Token(minted.token), seconds(minted.expires_at)
        return self._kept[grant][0]

    async def _not_granted(self, grant: Grant, error: Unprocessable) -> GitHubError:
        """GitHub does not say which permission it is: ask what is granted and compare."""
        if not error.says("permission"):
            return Gone(f"the repository is not, or no longer, part of the installation: {error}", status=422)
        granted = await self._granted(grant.installation)
        missing = next((pair for pair in grant.permissions if not _covers(granted, *pair)), None)
        if missing is None:
            return Forbidden(f"the installation does not grant what pubflow needs: {error}", status=422)
        name, level = missing
        return Forbidden(
            f"{hindrance.PERMISSION} '{name.replace('_', ' ')}: {level}'. An owner of the account must accept "
            "the App's new permissions (Settings, GitHub Apps, pubflow, 'Review request'). If there is no request, the "
            "operator of pubflow must first add the permission to the App's settings",
            status=422,
            permission=name,
        )

    async def _granted(self, installation: InstallationId) -> Mapping[str, str]:
        request = Request(
            method="GET",
            path="/app/installations/{installation_id}",
            values={"installation_id": installation},
        )
        return (await self._app.send(request)).fit(_Granted).permissions


class _Granted(msgspec.Struct, frozen=True):
    permissions: dict[str, str]


class InstallationToken:
    """The secrets of an `Access` that works for one installation and purpose."""

    def __init__(self, tokens: Tokens, grant: Grant) -> None:
        self._tokens = tokens
        self._grant = grant

    async def current(self) -> Token:
        return await self._tokens.get(self._grant)

    def refused(self, token: Token, error: Unauthorized) -> None:  # noqa: ARG002 - the protocol's
        self._tokens.forget(self._grant, token)

    async def forbidden(self, token: Token, error: Forbidden) -> GitHubError:
        """What is granted may have become less since the token was made: making another says what is missing."""
        if _NOT_ENOUGH not in str(error).lower():
            return error
        self._tokens.forget(self._grant, token)
        try:
            await self._tokens.get(self._grant)
        except (Forbidden, Gone) as better:
            return better
        return error


def wrong_app(error: Gone) -> GitHubError | ConfigurationError:
    """A 404 on the App's own endpoints: the App may not exist, or just the installation."""
    if "integration not found" in str(error).lower():
        return ConfigurationError(
            "GitHub knows no App with this APP_ID: use the App id or client id of its settings page"
        )
    return Gone(f"the installation is suspended or was removed: {error}", status=error.status)


def _covers(granted: Mapping[str, str], name: str, level: str) -> bool:
    levels = ("read", "write", "admin")
    has = granted.get(name)
    return has in levels and levels.index(has) >= levels.index(level)


def seconds(moment: str) -> float:
    """Seconds since the epoch; a moment that names no zone is UTC, whatever this machine's is."""
    try:
        found = datetime.fromisoformat(moment)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise Unavailable("a moment that GitHub names cannot be read") from None
