"""A person lets the App act for them: the addresses of GitHub's sign-in, and codes and refresh tokens exchanged.

https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-user-access-token-for-a-github-app
PKCE as in RFC 7636.
"""

from __future__ import annotations

import base64
import hashlib
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

import aiohttp
import msgspec

from bot.errors import SignedOut, Unavailable
from bot.github.answers import read_bounded
from bot.github.client import USER_AGENT
from bot.github.credentials import Token
from bot.github.wire import Clock, fit
from bot.github.words import clean

_TIMEOUT = aiohttp.ClientTimeout(total=10.0)
_LARGEST = 64 * 1024
_DAY = 86400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What a person gave the App; times are seconds since 1970."""

    access: Token
    refresh: Token | None
    """None: this App's tokens do not expire."""
    expires_at: float
    refreshable_until: float


class _Answer(msgspec.Struct, frozen=True):
    access_token: str = ""
    refresh_token: str = ""
    expires_in: float = 0.0
    refresh_token_expires_in: float = 0.0
    error: str = ""
    error_description: str = ""

    def __repr__(self) -> str:
        return "_Answer(***)"


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth:
    """One App's sign-in on one GitHub; `web_url` is where people see it."""

    session: aiohttp.ClientSession
    web_url: str
    api_url: str
    client_id: str
    client_secret: Token
    clock: Clock = field(default=time.time)

    def address(self, *, back: str, state: str, verifier: str) -> str:
        """Where to send a browser; it returns to `back` with a code and `state`."""
        query = {
            "client_id": self.client_id,
            "redirect_uri": back,
            "state": state,
            "code_challenge": _challenge(verifier),
            "code_challenge_method": "S256",
            "allow_signup": "false",
        }
        return f"{self.web_url}/login/oauth/authorize?{urlencode(query)}"

    async def exchange(self, code: str, *, back: str, verifier: str) -> Tokens:
        """Raises SignedOut when GitHub does not take the code, Unavailable when nobody can say."""
        return await self._ask({"code": code, "redirect_uri": back, "code_verifier": verifier})

    async def renew(self, refresh: Token) -> Tokens:
        """New tokens for old; `refresh` is good once. Raises SignedOut, Unavailable."""
        return await self._ask({"grant_type": "refresh_token", "refresh_token": refresh.reveal()})

    async def revoke(self, token: Token) -> None:
        """The token is dead afterwards, or was before. Raises Unavailable.

        https://docs.github.com/en/rest/apps/oauth-applications#delete-an-app-token
        """
        pair = base64.b64encode(f"{self.client_id}:{self.client_secret.reveal()}".encode()).decode()
        headers = {"Authorization": f"Basic {pair}", "User-Agent": USER_AGENT, "Accept": "application/vnd.github+json"}
        address = f"{self.api_url}/applications/{self.client_id}/token"
        body = {"access_token": token.reveal()}
        try:
            async with self.session.delete(
                address, json=body, headers=headers, timeout=_TIMEOUT, allow_redirects=False
            ) as response:
                await read_bounded(response, _LARGEST)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unavailable(f"no answer from GitHub's sign-in: {type(error).__name__}") from None

    async def _ask(self, form: dict[str, str]) -> Tokens:
        sent = {"client_id": self.client_id, "client_secret": self.client_secret.reveal(), **form}
        headers = {"Accept": "application/json", "User-Agent": USER_AGENT}
        address = f"{self.web_url}/login/oauth/access_token"
        try:
            async with self.session.post(
                address, data=sent, headers=headers, timeout=_TIMEOUT, allow_redirects=False
            ) as response:
                status, read = response.status, await read_bounded(response, _LARGEST)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unavailable(f"no answer from GitHub's sign-in: {type(error).__name__}") from None
        if status != 200:
            raise Unavailable(f"GitHub's sign-in answered {status}")
        return self._tokens(_decoded(read))

    def _tokens(self, answer: _Answer) -> Tokens:
        if not answer.access_token:
            raise SignedOut(f"GitHub did not sign the person in: {clean(answer.error_description or answer.error)}")
        now = self.clock()
        return Tokens(
            access=Token(answer.access_token),
            refresh=Token(answer.refresh_token) if answer.refresh_token else None,
            expires_at=now + (answer.expires_in or 365 * _DAY),
            refreshable_until=now + answer.refresh_token_expires_in,
        )


def _decoded(read: bytes) -> _Answer:
    try:
        return fit(msgspec.json.decode(read), _Answer)
    except msgspec.DecodeError:
        raise Unavailable("GitHub's sign-in answered something that is no JSON") from None


def _challenge(verifier: str) -> str:
    """RFC 7636, 4.2."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
