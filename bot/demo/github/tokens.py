"""Credentials: App JWTs verified, installation tokens minted, narrowed and verified on every call.

https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app
"""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass, field

import jwt
from jwt.types import Options

from bot.demo.github.answers import Refusal, not_found
from bot.demo.github.state import Account, App, Installation, Permissions, Repository
from bot.demo.github.user_tokens import UserTokens
from bot.demo.github.world import World

LIFETIME = 3600.0
LONGEST_JWT = 600
ORDER = {"read": 1, "write": 2, "admin": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """An installation access token, as narrowed when it was minted."""

    value: str = field(repr=False)
    installation: Installation
    permissions: Permissions
    repositories: frozenset[int] | None
    """None: all that the installation covers at the time of use."""
    expires_at: float

    def covers(self, repository: Repository) -> bool:
        if self.repositories is not None and repository.id not in self.repositories:
            return False
        return self.installation.covers(repository)

    def grants(self, permission: str, level: str) -> bool:
        """What was minted, as far as the installation still grants it."""
        asked = ORDER[level]
        minted = ORDER.get(self.permissions.get(permission, ""), 0)
        return asked <= minted and asked <= ORDER.get(self.installation.permissions.get(permission, ""), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Anonymous:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class AsApp:
    app: App


@dataclass(frozen=True, slots=True, kw_only=True)
class AsInstallation:
    token: Token


@dataclass(frozen=True, slots=True, kw_only=True)
class AsUser:
    account: Account
    app: App | None = None
    """The App that acts for the person; None: a token of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AsClient:
    """An App by its client id and secret, which are good for managing people's tokens alone."""

    app: App


Caller = Anonymous | AsApp | AsClient | AsInstallation | AsUser


class Tokens:
    """Every credential that is valid here."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._minted: dict[str, Token] = {}
        self._personal: dict[str, Account] = {}
        self.users = UserTokens(world)
        self.long = False
        """Mint tokens of about 520 characters, as GitHub announced for 2026."""

    def mint(self, installation: Installation, permissions: Permissions, repositories: frozenset[int] | None) -> Token:
        value = _long_value(installation.app.id) if self.long else "ghs_" + secrets.token_hex(18)
        token = Token(
            value=value,
            installation=installation,
            permissions=permissions,
            repositories=repositories,
            expires_at=self._world.clock() + LIFETIME,
        )
        self._minted[value] = token
        return token

    def personal(self, account: Account) -> str:
        """A new classic token of a person."""
        value = "ghp_" + secrets.token_hex(18)
        self._personal[value] = account
        return value

    def revoke(self, value: str) -> None:
        self._minted.pop(value, None)
        self._personal.pop(value, None)

    def revoke_all(self) -> None:
        """Every token is dead from now on, and says so with 401."""
        self._minted.clear()
        self._personal.clear()
        self.users.revoke_all()

    def minted(self) -> list[Token]:
        return list(self._minted.values())

    def caller(self, authorization: str | None) -> Caller:
        """Who is asking. Raises Refusal (401, 403, 404) with GitHub's words."""
        if not authorization:
            return Anonymous()
        value = _credential(authorization)
        if value.count(".") == 2 and not value.startswith("ghs_"):
            return AsApp(app=verify_jwt(self._world, value))
        if value in self._personal:
            return AsUser(account=self._personal[value])
        if (person := self.users.find(value)) is not None:
            return AsUser(account=person.account, app=person.app)
        client = next((app for app in self._world.apps.values() if app.client_secret == value), None)
        if client is not None and authorization.lower().startswith("basic "):
            return AsClient(app=client)
        token = self._minted.get(value)
        if token is None or token.expires_at <= self._world.clock():
            raise Refusal(401, "Bad credentials")
        if token.installation.id not in self._world.installations:
            raise Refusal(401, "Bad credentials")
        if token.installation.suspended_at is not None:
            raise Refusal(403, "This installation has been suspended")
        return AsInstallation(token=token)


def _credential(authorization: str) -> str:
    scheme, _, value = authorization.strip().partition(" ")
    if scheme.lower() in {"bearer", "token"}:
        return value.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).decode().partition(":")[2]
        except ValueError as error:
            raise Refusal(401, "Bad credentials") from error
    raise Refusal(401, "Bad credentials")


def _long_value(app: int) -> str:
    head = base64.urlsafe_b64encode(json.dumps({"alg": "RS256", "typ": "JWT"}).encode()).decode().rstrip("=")
    rest = 520 - len(f"ghs_{app}_{head}..") - 342
    return f"ghs_{app}_{head}.{secrets.token_urlsafe(rest)[:rest]}.{secrets.token_urlsafe(342)[:342]}"


_SIGNATURE_ONLY: Options = {
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
    "verify_aud": False,
    "verify_iss": False,
}
UNDECODABLE = "A JSON web token could not be decoded"


def verify_jwt(world: World, value: str) -> App:
    """The App that signed it. Raises Refusal: 404 for an unknown issuer, else 401."""
    try:
        claims = jwt.decode(value, options={"verify_signature": False})
    except jwt.InvalidTokenError as error:
        raise Refusal(401, UNDECODABLE) from error
    issuer = claims.get("iss")
    if issuer is None:
        raise Refusal(401, "'Issuer' claim ('iss') must be an Integer")
    app = next((app for app in world.apps.values() if str(issuer) in {str(app.id), app.client_id}), None)
    if app is None:
        raise Refusal(404, "Integration not found")
    try:
        jwt.decode(value, app.public_key, algorithms=["RS256"], options=_SIGNATURE_ONLY)
    except jwt.InvalidTokenError as error:
        raise Refusal(401, UNDECODABLE) from error
    _check_times(claims.get("iat"), claims.get("exp"), world.clock())
    return app


def _check_times(issued: object, expires: object, now: float) -> None:
    if not isinstance(expires, int) or isinstance(expires, bool) or expires <= now:
        raise Refusal(
            401,
            "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the "
            "assertion expires",
        )
    if expires > now + LONGEST_JWT:
        raise Refusal(401, "'Expiration time' claim ('exp') is too far in the future")
    if not isinstance(issued, int) or isinstance(issued, bool) or issued > now:
        raise Refusal(
            401, "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
        )


def find_installation(world: World, app: App, number: int) -> Installation:
    """An installation of this App. Raises Refusal (404)."""
    found = world.installations.get(number)
    if found is None or found.app is not app:
        raise not_found()
    return found
