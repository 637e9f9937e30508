"""Everything that one GitHub consists of, and one request to it as a handler sees it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.demo.github.answers import Answer, Refusal
from bot.demo.github.events import Events
from bot.demo.github.limits import Limits
from bot.demo.github.state import Account, App, Json, Repository
from bot.demo.github.tokens import AsApp, AsInstallation, AsUser, Caller, Tokens
from bot.demo.github.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who did something, and through which App."""

    account: Account
    app: App | None = None
    workflows: bool = True
    """Whether it may touch `.github/workflows`."""


@dataclass(slots=True, kw_only=True, eq=False)
class Site:
    world: World
    tokens: Tokens
    limits: Limits
    events: Events
    blobs: dict[str, bytes] = field(default_factory=dict)
    """Key -> what may be fetched from the storage by whoever knows the key."""
    visitor: Account | None = None
    """Who is signed in in every browser and lets every App act for them; None: whoever comes is asked whom to be."""
    manifests: dict[str, Json] = field(default_factory=dict)
    """Code -> an App manifest that a person confirmed and nobody has converted yet."""

    def keep(self, blob: bytes) -> str:
        """Put it where the storage finds it; the key that opens it."""
        key = secrets.token_urlsafe(24)
        self.blobs[key] = blob
        return key


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request whose caller is known and allowed to make it."""

    site: Site
    caller: Caller
    values: Mapping[str, str]
    """What stood in the address's `{braces}`."""
    query: Mapping[str, str]
    body: Json
    accept: str
    found: Repository | None = None

    @property
    def world(self) -> World:
        return self.site.world

    @property
    def repository(self) -> Repository:
        assert self.found is not None, "only routes below /repos have one"
        return self.found

    @property
    def app(self) -> App:
        assert isinstance(self.caller, AsApp), "only routes for Apps have one"
        return self.caller.app

    @property
    def actor(self) -> Actor:
        """Raises Refusal (401) for the anonymous."""
        return actor_of(self.caller)

    def number(self, name: str) -> int:
        """Raises Refusal (404) for what is no number."""
        if not self.values[name].isdigit():
            raise Refusal(404, "Not Found")
        return int(self.values[name])


def actor_of(caller: Caller) -> Actor:
    """Raises Refusal (401) for the anonymous."""
    match caller:
        case AsInstallation(token=token):
            app = token.installation.app
            return Actor(account=app.bot, app=app, workflows=token.grants("workflows", "write"))
        case AsUser(account=account):
            return Actor(account=account)
        case AsApp(app=app):
            return Actor(account=app.bot, app=app)
    raise Refusal(401, "Requires authentication")


Handler = Callable[[Call], Answer]
