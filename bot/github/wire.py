"""The nouns of this room: where to speak to, how patiently, one request and its answer."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec

from bot.errors import ConfigurationError, Unavailable
from bot.github.words import clean
from bot.pace import WRITES

Clock = Callable[[], float]
"""Seconds since the epoch."""
Permit = Callable[[], Awaitable[None]]
"""Asked right before every request that writes; raises Stopped."""
Shape = TypeVar("Shape")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Bounds and patience; times in seconds, sizes in bytes."""

    oidc: bool = True
    """PyPI trusts identity tokens of this server (`Settings.oidc`)."""
    timeout: float = 30.0
    connect_timeout: float = 10.0
    attempts: int = 4
    backoff: float = 0.5
    patience: float = 5.0
    """A longer wait raises WaitUntil, so that the queue takes the job back."""
    deadline: float = 300.0
    """For one read or propose that does not stand within `GitHub.deadline`."""
    concurrency: int = 24
    concurrency_per_installation: int = 8
    pages: int = 1000
    """A longer list is cut."""
    writes: tuple[tuple[float, int], ...] = WRITES
    """Requests that write, of one installation: seconds, and how many may be sent within them."""
    largest_answer: int = 32 * 1024 * 1024
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    rng: random.Random = field(default_factory=random.Random)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """The REST base without a slash at its end, and the GraphQL address."""

    rest: str
    graphql: str

    @classmethod
    def of(cls, api_url: str) -> Endpoints:
        """Both, from the REST base. Raises ConfigurationError when `api_url` is no plain http(s) address.

        https://docs.github.com/en/enterprise-server@latest/graphql/guides/forming-calls-with-graphql#the-graphql-endpoint
        """
        base = api_url.strip().rstrip("/")
        parts = urlsplit(base)
        if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc or parts.query:
            raise ConfigurationError("GITHUB_API_URL: wanted an address such as https://api.github.com")
        if parts.path.endswith("/api/v3"):
            return cls(rest=base, graphql=base.removesuffix("/v3") + "/graphql")
        return cls(rest=base, graphql=base + "/graphql")

    def same_host(self, address: str) -> bool:
        """Claims that `address` has the scheme, host and port that we were told to speak to."""
        return _origin(address) == _origin(self.rest)


def _origin(address: str) -> tuple[str, str | None, int | None]:
    try:
        parts = urlsplit(address)
        return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:  # a port that is no number
        return "", None, None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One logical request; `path` is a URI template that `values` fill, or an address on the same host."""

    method: str
    path: str
    values: Mapping[str, str | int] = field(default_factory=dict)
    body: Mapping[str, object] | None = None
    permit: Permit | None = None
    """Set: the request writes, so it is paced, and this is awaited right before each attempt."""
    etag: str | None = None
    """Of an answer that we have: GitHub answers for free if nothing changed since."""
    booked: bool = False
    """The pace was booked beforehand."""
    located: bool = False
    """The answer is the address of something large, which is not followed: `faults.Elsewhere` is raised."""
    repeatable: bool = True
    """May be sent again when nobody knows whether it was carried out."""
    patient: bool = True
    """Sent again when GitHub answers 5xx."""

    def __str__(self) -> str:
        """For messages: the template, never an address that came from outside."""
        if self.path.startswith("/"):
            return f"{self.method} {self.path}"
        return "a GraphQL request" if self.body is not None else "a further page"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Decoded JSON, and the address of the page that follows."""

    data: object = field(repr=False)
    """It may hold a token that was just minted."""
    next: str | None = None
    etag: str | None = None
    unchanged: bool = False
    """What was asked about is as it was when the request's `etag` was given out; there are no data."""

    def fit(self, shape: type[Shape]) -> Shape:
        """The data as `shape`. Raises Unavailable when it does not fit."""
        return fit(self.data, shape)


def fit(data: object, shape: type[Shape]) -> Shape:
    """`data`, decoded JSON, as `shape`. Raises Unavailable: something else than GitHub answered."""
    try:
        return msgspec.convert(data, shape, strict=True)
    except msgspec.ValidationError as error:
        del data  # tracebacks that show variables shall not show it
        raise Unavailable(f"the answer has another shape than GitHub's: {clean(str(error))}") from None
