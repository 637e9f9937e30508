"""GitHub as one identity sees it: requests with a secret that is renewed once, and lists page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from bot.errors import ConfigurationError, Forbidden, GitHubError, Unavailable
from bot.github.client import Client
from bot.github.credentials import Token
from bot.github.faults import Unauthorized
from bot.github.limits import LaneKey
from bot.github.wire import Answer, Request


class Secrets(Protocol):
    """Where an `Access` gets the secret for its next request."""

    async def current(self) -> Token: ...

    def refused(self, token: Token, error: Unauthorized) -> GitHubError | ConfigurationError | None:
        """GitHub did not take `token`: None to try once more with `current()`, else what to raise."""

    async def forbidden(self, token: Token, error: Forbidden) -> GitHubError:
        """GitHub took `token` and says that it is not enough: what to raise, which says more if more can be known."""


class Access:
    """GitHub as one identity sees it."""

    def __init__(self, client: Client, lane: LaneKey, secrets: Secrets) -> None:
        self.client = client
        self.lane = lane
        self._secrets = secrets

    async def send(self, request: Request) -> Answer:
        """One request; a refused secret is renewed once. Raises GitHubError, ConfigurationError."""
        token = await self._secrets.current()
        try:
            return await self.client.send(request, lane=self.lane, secret=token)
        except Forbidden as error:
            raise await self._secrets.forbidden(token, error) from None
        except Unauthorized as error:
            if (end := self._secrets.refused(token, error)) is not None:
                raise end from None
        try:
            return await self.client.send(request, lane=self.lane, secret=await self._secrets.current())
        except Unauthorized as error:
            raise Unavailable(f"a token just minted was refused: {error}", status=401) from None

    async def pages(self, request: Request) -> AsyncIterator[Answer]:
        """The answer to `request` and all pages that follow it."""
        async for answer in self.following(await self.send(request)):
            yield answer

    async def following(self, answer: Answer) -> AsyncIterator[Answer]:
        """`answer` and all pages that follow it."""
        yield answer
        for _ in range(self.client.options.pages - 1):
            if answer.next is None:
                return
            answer = await self.send(Request(method="GET", path=answer.next))
            yield answer


class FixedToken:
    """A token that somebody gave us: `GITHUB_TOKEN`."""

    def __init__(self, token: Token) -> None:
        self._token = token

    async def current(self) -> Token:
        return self._token

    def refused(self, token: Token, error: Unauthorized) -> ConfigurationError:  # noqa: ARG002 - the protocol's
        return ConfigurationError(f"GITHUB_TOKEN is not accepted (wrong, expired or revoked): {error}")

    async def forbidden(self, token: Token, error: Forbidden) -> Forbidden:  # noqa: ARG002 - the protocol's
        return error
