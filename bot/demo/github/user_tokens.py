"""Codes and tokens by which a person lets an App act for them.

https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-user-access-token-for-a-github-app
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field

from bot.demo.github.state import Account, App
from bot.demo.github.world import World

LIFETIME = 8 * 3600
REFRESHABLE = 15_897_600
CODE_LIFETIME = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """A person said yes on the page; the code for it can be exchanged once."""

    app: App
    account: Account
    redirect_uri: str
    challenge: str | None
    """S256 of the verifier that must come with the code."""
    expires_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class UserToken:
    value: str = field(repr=False)
    refresh: str = field(repr=False)
    app: App
    account: Account
    expires_at: float


class Denied(Exception):
    """An OAuth error: https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors"""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error


class UserTokens:
    """Those of one GitHub."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._codes: dict[str, Authorization] = {}
        self._tokens: dict[str, UserToken] = {}
        self._refresh: dict[str, UserToken] = {}

    def authorize(self, app: App, account: Account, redirect_uri: str, challenge: str | None) -> str:
        """The code that the browser carries back."""
        code = secrets.token_hex(10)
        self._codes[code] = Authorization(
            app=app,
            account=account,
            redirect_uri=redirect_uri,
            challenge=challenge,
            expires_at=self._world.clock() + CODE_LIFETIME,
        )
        return code

    def exchange(self, app: App, code: str, redirect_uri: str, verifier: str) -> UserToken:
        """Raises Denied."""
        found = self._codes.pop(code, None)
        if found is None or found.app is not app or found.expires_at <= self._world.clock():
            raise Denied("bad_verification_code", "The code passed is incorrect or expired.")
        if redirect_uri and redirect_uri != found.redirect_uri:
            raise Denied("redirect_uri_mismatch", "The redirect_uri MUST match the registered callback URL.")
        if found.challenge is not None and _challenge(verifier) != found.challenge:
            raise Denied("bad_verification_code", "The code passed is incorrect or expired.")
        return self._mint(app, found.account)

    def renew(self, app: App, refresh: str) -> UserToken:
        """A refresh token is good once. Raises Denied."""
        found = self._refresh.pop(refresh, None)
        if found is None or found.app is not app:
            raise Denied("bad_refresh_token", "The refresh token passed is incorrect or expired.")
        self._tokens.pop(found.value, None)
        return self._mint(app, found.account)

    def find(self, value: str) -> UserToken | None:
        found = self._tokens.get(value)
        return found if found is not None and found.expires_at > self._world.clock() else None

    def revoke(self, value: str) -> bool:
        found = self._tokens.pop(value, None)
        return found is not None and self._refresh.pop(found.refresh, None) is not None

    def revoke_all(self) -> None:
        self._tokens.clear()

    def _mint(self, app: App, account: Account) -> UserToken:
        token = UserToken(
            value=f"ghu_{secrets.token_hex(18)}",
            refresh=f"ghr_{secrets.token_hex(38)}",
            app=app,
            account=account,
            expires_at=self._world.clock() + LIFETIME,
        )
        self._tokens[token.value] = self._refresh[token.refresh] = token
        return token


def _challenge(verifier: str) -> str:
    """RFC 7636, 4.6."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
