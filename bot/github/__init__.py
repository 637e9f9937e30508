"""The only code that speaks to GitHub. Its door is `GitHub`.

Reading is one value (`Snapshot`), writing is one value carried out (`Plan`); tokens, limits, retries, REST and GraphQL
stay inside. What ends an attempt is an exception of `bot.errors`. It decides nothing.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

import aiohttp

from bot.errors import ConfigurationError
from bot.github import apps, checks, files
from bot.github.access import Access, FixedToken
from bot.github.actions import Details, Refs, Release, Warned, read_advisories, read_details, read_refs
from bot.github.apps import AppFacts, Installation, Listed
from bot.github.auth import (
    APP_LANE,
    CHECKING,
    READING,
    WRITING,
    WRITING_WORKFLOWS,
    AppJwt,
    Grant,
    InstallationToken,
    Permissions,
    Tokens,
)
from bot.github.budget import Budget
from bot.github.client import Client
from bot.github.credentials import AppCredentials, PrivateKey, Token, read_private_key
from bot.github.desk import Desk
from bot.github.hook import Attempt, Hook, last_deliveries, read_hook
from bot.github.issues import Opened
from bot.github.lens import Lens
from bot.github.limits import LaneKey
from bot.github.listing import Closed, Glance, Page, list_covered, list_owned
from bot.github.manifest import Registered, convert
from bot.github.many import Changed, Many, ManyReader, Read
from bot.github.oauth import OAuth
from bot.github.oauth import Tokens as PersonTokens
from bot.github.people import Account, AsPerson, Person, Visible
from bot.github.reactions import Reaction
from bot.github.read import Interest, read_repository
from bot.github.stored import ORGANIZATION
from bot.github.wire import Clock, Options, Permit
from bot.github.write import ORDINARY, carry_out, touches_workflows
from bot.missed import Failed
from bot.model import Check, InstallationId, Plan, PullRequest, RepoRef, Sha, SharedFile, Snapshot, Unread

__all__ = [
    "Account",
    "AppCredentials",
    "AppFacts",
    "AsPerson",
    "Attempt",
    "Budget",
    "Clock",
    "Closed",
    "Desk",
    "Details",
    "GitHub",
    "Glance",
    "Hook",
    "Installation",
    "Interest",
    "LaneKey",
    "Lens",
    "Listed",
    "Many",
    "OAuth",
    "Opened",
    "Options",
    "Page",
    "Permit",
    "Person",
    "PersonTokens",
    "PrivateKey",
    "Reaction",
    "Read",
    "Refs",
    "Registered",
    "Release",
    "Token",
    "Traffic",
    "Visible",
    "Warned",
    "convert",
    "read_private_key",
]

PUBLIC_API = "https://api.github.com"
GRANTED_SECONDS = 3600.0
"""So long what an installation granted is taken for what it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """What this process asked on behalf of one installation (0: the App itself), and what is left of the hour."""

    installation: int
    resource: str
    requests: int
    remaining: int | None


class GitHub:
    """GitHub for the whole process. The session is its owner's to close.

    With a plain `Token` instead of an App's credentials every installation is the same (give any id), and what only an
    App can ask raises ConfigurationError.
    """

    def __init__(  # noqa: PLR0913 - all but the first two are named
        self,
        session: aiohttp.ClientSession,
        credentials: AppCredentials | Token,
        *,
        interest: Interest,
        api_url: str = PUBLIC_API,
        clock: Clock = time.time,
        options: Options | None = None,
        budget: Budget | None = None,
    ) -> None:
        self._client = Client(session, api_url=api_url, clock=clock, options=options, budget=budget)
        self._interest = interest
        self._app: Access | None = None
        self._name: str | None = None
        self._own: AppFacts | None = None
        self._granted: dict[InstallationId, tuple[Mapping[str, str], float]] = {}
        if isinstance(credentials, Token):
            self._fixed = FixedToken(credentials)
        else:
            self._app = Access(self._client, APP_LANE, AppJwt(credentials, self._client))
            self._tokens = Tokens(self._app)

    def traffic(self) -> list[Traffic]:
        """Since this process began."""
        return [
            Traffic(installation=lane, resource=resource, requests=count, remaining=self._client.left(lane, resource))
            for (lane, resource), count in self._client.asked.items()
        ]

    def deadline(self, seconds: float) -> AbstractContextManager[None]:
        """A job's time: within it no request starts, and none waits, beyond `seconds` from now."""
        return self._client.deadline(seconds)

    async def read(self, installation: InstallationId, ref: RepoRef) -> Snapshot:
        """The repository at its default branch's head, in at most four requests for an ordinary one.

        Found by node id; by owner and name when `ref.node_id` is empty. Raises Gone, Forbidden, WaitUntil, Unavailable.
        """
        access = self._access(Grant(installation, READING))
        with self._client.deadline(self._client.options.deadline):
            return await read_repository(access, ref, self._interest, oidc=self._client.options.oidc)

    async def read_many(
        self, installation: InstallationId, whole: Sequence[RepoRef], bare: Sequence[RepoRef], *, changed: Changed
    ) -> Many:
        """Up to a hundred repositories of one installation, fifty of them in two or three requests.

        Of those that are `bare` (archived, forked, ...) nothing but the facts is read. Raises WaitUntil, and
        Unavailable also when they are too many for GitHub to read in time.
        """
        access = self._access(Grant(installation, READING))
        reader = ManyReader(access=access, interest=self._interest, oidc=self._client.options.oidc)
        with self._client.deadline(self._client.options.deadline):
            return await reader.read(whole, bare, changed)

    async def page(
        self,
        installation: InstallationId,
        account: str,
        *,
        selected: bool,
        after: str | None,
        size: int,
        newest_first: bool = False,
    ) -> Page:
        """A part of what the installation covers, in one request; in two where repositories were `selected`.

        `after` is where the part before ended; `newest_first`: the last pushed first, where all are covered. Raises
        Gone, WaitUntil, and Unavailable also when they are too many for GitHub to list in time.
        """
        access, oidc = self._access(Grant(installation, READING)), self._client.options.oidc
        with self._client.deadline(self._client.options.deadline):
            if selected:
                return await list_covered(access, after=after, size=size, oidc=oidc)
            return await list_owned(access, account, after=after, size=size, newest_first=newest_first, oidc=oidc)

    async def action_refs(self, installation: InstallationId, name: str, etag: str | None) -> Refs:
        """The tags of a repository of actions, in one request, which is free while `etag` holds. Raises Gone."""
        owner, _, repo = name.partition("/")
        return await read_refs(self._access(Grant(installation, READING)), owner, repo, etag)

    async def action_details(
        self,
        installation: InstallationId,
        name: str,
        objects: Sequence[str],
        manifests: Collection[tuple[str, str]],
    ) -> Details:
        """What its refs do not say, in one request for most. Raises Gone, Forbidden, WaitUntil, Unavailable."""
        owner, _, repo = name.partition("/")
        return await read_details(self._access(Grant(installation, READING)), owner, repo, objects, manifests)

    async def advisories(self, installation: InstallationId) -> tuple[Warned, ...]:
        """The reviewed advisories on actions, of the whole world."""
        return await read_advisories(self._access(Grant(installation, READING)))

    async def wait_to_propose(self, installation: InstallationId) -> float:
        """Seconds after which the pace has room for a pull request, as it looks now; 0 when it has. Asks nobody."""
        return await self._client.wait_to_write(LaneKey(installation), ORDINARY)

    async def propose(
        self,
        installation: InstallationId,
        snapshot: Snapshot,
        plan: Plan,
        *,
        permit: Permit,
        given: Sha | None = None,
        anew: bool = False,
    ) -> PullRequest:
        """Make the pull request stand as planned, in at most five requests. Twice is the same as once.

        `permit` is awaited before each writing request and raises Stopped; `given` is the one commit of somebody else's
        that may be overwritten; `anew`: on top of the commit that was read, even if the files are the same. Raises also
        Conflict, Forbidden, Gone, WaitUntil, Unavailable.
        """
        permissions = WRITING_WORKFLOWS if touches_workflows(plan) else WRITING
        access = self._access(Grant(installation, permissions, (snapshot.repo.ref.id,)))
        with self._client.deadline(self._client.options.deadline):
            return await carry_out(access, snapshot, plan, permit, given=given, anew=anew)

    def at(self, installation: InstallationId, ref: RepoRef, *, permit: Permit) -> Desk:
        """Everything else that is said and done in one repository."""

        def access(permissions: Permissions) -> Access:
            return self._access(Grant(installation, permissions, (ref.id,)))

        return Desk(ref=ref, permit=permit, _access=access, _login=self.login)

    def lens(self, installation: InstallationId, ref: RepoRef) -> Lens:
        """Everything else that is looked at in one repository."""

        def access(permissions: Permissions) -> Access:
            # What belongs to the organisation is not a repository's, and its token cannot be narrowed to one.
            whole = permissions == ORGANIZATION
            return self._access(Grant(installation, permissions, () if whole else (ref.id,)))

        return Lens(ref=ref, _access=access, _interest=self._interest)

    async def login(self) -> str:
        """Our own: `slug[bot]` for an App."""
        if self._app is not None:
            return f"{(await self.itself()).slug}[bot]"
        if self._name is None:
            self._name = await apps.read_login(self._access(Grant(InstallationId(0), READING)))
        return self._name

    async def was_granted(self, installation: InstallationId, permission: str) -> bool:
        """Whether an installation granted a permission that the App asks for; False for a token.

        Asks nobody where the App does not ask for it, else once an hour. Raises Gone, WaitUntil, Unavailable.
        """
        if self._app is None or permission not in (await self.itself()).permissions:
            return False
        now, known = self._client.clock(), self._granted.get(installation)
        if known is None or not 0 <= now - known[1] < GRANTED_SECONDS:
            known = self._granted[installation] = (await self.installation(installation)).permissions, now
        return permission in known[0]

    async def itself(self) -> AppFacts:
        """Who we are, as it was when this process asked first. Raises as `app` does."""
        if self._own is None:
            self._own = await self.app()
        return self._own

    async def check(self, installation: InstallationId, ref: RepoRef, check: Check, *, permit: Permit) -> None:
        """Make the check run stand on its commit: nothing is written where it stands already.

        Raises Forbidden without the permission `checks`, Gone, Stopped, WaitUntil, Unavailable, Unwanted.
        """
        access = self._access(Grant(installation, CHECKING, (ref.id,)))
        with self._client.deadline(self._client.options.deadline):
            await checks.carry_out(access, ref, check, permit)

    async def shared(self, installation: InstallationId, owner: str, name: str, path: str) -> SharedFile | None:
        """A file on the default branch of a repository that stands for the account; None where there is none to see.

        Raises WaitUntil, Unavailable: nobody knows whether there is one.
        """
        access = self._access(Grant(installation, READING))
        with self._client.deadline(self._client.options.deadline):
            return await files.read_shared(access, owner, name, path)

    async def text_at(self, installation: InstallationId, ref: RepoRef, commit: Sha, path: str) -> str | Unread | None:
        """A file in one commit, or why it has no text; None: there is none. Raises Gone, WaitUntil, Unavailable."""
        access = self._access(Grant(installation, READING))
        with self._client.deadline(self._client.options.deadline):
            return await files.read_text(access, ref, commit, path)

    async def last_change(self, installation: InstallationId, snapshot: Snapshot, path: str) -> Sha | None:
        """The last commit up to the snapshot's that changed a file. Raises Gone, WaitUntil, Unavailable."""
        access = self._access(Grant(installation, READING))
        with self._client.deadline(self._client.options.deadline):
            return await files.last_change(access, snapshot.repo.ref, snapshot.head, path)

    async def app(self) -> AppFacts:
        """Who we are. Raises ConfigurationError, with its reason, when key, id or clock are wrong."""
        return await apps.read_app(self._as_app())

    async def installation(self, installation: InstallationId) -> Installation:
        """Raises Gone when it was removed."""
        return await apps.read_installation(self._as_app(), installation)

    def installations(self) -> AsyncIterator[Installation]:
        return apps.list_installations(self._as_app())

    async def installation_of(self, owner: str, repo: str | None = None) -> Installation | None:
        """The installation that covers an account or a repository; None if there is none."""
        return await apps.find_installation(self._as_app(), owner, repo)

    def failed_deliveries(self, since: float) -> AsyncIterator[Failed]:
        """Attempts to deliver that failed since then (seconds since 1970), the newest first."""
        return apps.list_failed(self._as_app(), since)

    async def hook(self) -> Hook:
        """The App's webhook as GitHub keeps it."""
        return await read_hook(self._as_app())

    async def last_deliveries(self) -> tuple[Attempt, ...]:
        """How the last deliveries went, the newest first."""
        return await last_deliveries(self._as_app())

    async def redeliver(self, attempt: int) -> bool:
        """Have a delivery sent once more; False when GitHub does not know this attempt any more."""
        return await apps.redeliver(self._as_app(), attempt)

    def repositories(self, installation: InstallationId) -> AsyncIterator[Listed]:
        """Every repository that the installation covers."""
        return apps.list_repositories(self._access(Grant(installation, READING)))

    def repositories_of(self, owner: str) -> AsyncIterator[Listed]:
        """Every repository of an account that a plain token may see."""
        return apps.list_owned(self._access(Grant(InstallationId(0), READING)), owner)

    async def repository(self, installation: InstallationId, owner: str, name: str) -> RepoRef:
        """The repository with this name, in GitHub's own spelling. Raises Gone."""
        return await apps.read_ref(self._access(Grant(installation, READING)), owner, name)

    def person(self, token: Token) -> AsPerson:
        """GitHub as somebody sees it who signed in; it needs no App's identity."""
        return AsPerson(self._client, token)

    def oauth(self, web_url: str, client_id: str, client_secret: Token) -> OAuth:
        """The App's sign-in, on this process's session."""
        client = self._client
        return OAuth(
            session=client.session,
            web_url=web_url,
            api_url=client.endpoints.rest,
            client_id=client_id,
            client_secret=client_secret,
            clock=client.clock,
        )

    def _access(self, grant: Grant) -> Access:
        if self._app is None:
            return Access(self._client, APP_LANE, self._fixed)
        return Access(self._client, LaneKey(grant.installation), InstallationToken(self._tokens, grant))

    def _as_app(self) -> Access:
        if self._app is None:
            raise ConfigurationError("this needs a GitHub App: set APP_ID and PRIVATE_KEY; GITHUB_TOKEN is not enough")
        return self._app
