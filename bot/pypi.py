"""What the package index knows of a project name. Asked politely: one request at a time, conditional, with our name.

The bot works on without PyPI: whatever goes wrong becomes "could not be asked", never an exception, never "unclaimed".
Specification: https://docs.pypi.org/api/json/ and https://docs.pypi.org/api/#user-agents
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp
import msgspec
from packaging.utils import InvalidName, canonicalize_name

from bot import __version__
from bot.model import IndexFacts

USER_AGENT = f"pubflow/{__version__} (+https://pypi.org/project/pubflow/)"
_FRESH_SECONDS = 600.0
_MOST_BYTES = 64 * 1024 * 1024
_MOST_REMEMBERED = 10_000
_TROUBLE = (aiohttp.ClientError, TimeoutError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""The last two are msgspec's answers to bytes that are no text and to brackets without end."""
_TIMEOUT = aiohttp.ClientTimeout(total=20, sock_connect=5)


class _Info(msgspec.Struct):
    home_page: str | None = None
    project_urls: dict[str, str | None] | None = None


class _Answer(msgspec.Struct):
    info: _Info


@dataclass(frozen=True, slots=True, kw_only=True)
class _Remembered:
    facts: IndexFacts
    etag: str | None
    at: float


class PyPI:
    """One index. Answers are kept for ten minutes and then asked for again with their ETag."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        url: str,
        web_url: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session = session
        self._url = url.rstrip("/")
        self._web_host = _host(web_url)
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()
        self._remembered: OrderedDict[str, _Remembered] = OrderedDict()

    async def project(self, name: str) -> IndexFacts:
        """What the index says of `name`; `exists` is None when it could not be asked."""
        try:
            normalised = canonicalize_name(name, validate=True)
        except InvalidName:
            # No index can know it, and in an address it could mean something else.
            return IndexFacts(name=canonicalize_name(name), exists=None)
        async with self._one_at_a_time:
            known = self._remembered.get(normalised)
            if known is not None and self._clock() - known.at < _FRESH_SECONDS:
                return known.facts
            try:
                return await self._ask(normalised, known)
            except (*_TROUBLE, _TooLarge):
                return IndexFacts(name=normalised, exists=None)

    async def _ask(self, name: str, known: _Remembered | None) -> IndexFacts:
        headers = {"User-Agent": USER_AGENT, "Accept": "application/json"}
        if known is not None and known.etag is not None:
            headers["If-None-Match"] = known.etag
        address = f"{self._url}/pypi/{name}/json"
        async with self._session.get(address, headers=headers, timeout=_TIMEOUT) as response:
            if response.status == 304 and known is not None:
                facts = known.facts
            elif response.status == 404:
                facts = IndexFacts(name=name, exists=False)
            elif response.status == 200:
                answer = msgspec.json.decode(await _read(response), type=_Answer)
                facts = IndexFacts(name=name, exists=True, repositories=self._repositories(answer.info))
            else:
                return IndexFacts(name=name, exists=None)
            etag = response.headers.get("ETag", known.etag if known is not None else None)
        self._remember(name, _Remembered(facts=facts, etag=etag, at=self._clock()))
        return facts

    def _remember(self, name: str, entry: _Remembered) -> None:
        self._remembered[name] = entry
        self._remembered.move_to_end(name)
        if len(self._remembered) > _MOST_REMEMBERED:
            self._remembered.popitem(last=False)

    def _repositories(self, info: _Info) -> frozenset[str]:
        urls: Iterable[str | None] = (info.home_page, *(info.project_urls or {}).values())
        return frozenset(name for url in urls if url and (name := self._repository(url)) is not None)

    def _repository(self, url: str) -> str | None:
        if _host(url) != self._web_host:
            return None
        parts = urlsplit(url).path.strip("/").split("/")
        if len(parts) < 2 or not all(parts[:2]):
            return None
        return f"{parts[0]}/{parts[1].removesuffix('.git')}".lower()


class _TooLarge(Exception):
    pass


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """The body, never more than the bound: `content_length` is only the sender's word."""
    body = bytearray()
    async for chunk in response.content.iter_chunked(65536):
        body += chunk
        if len(body) > _MOST_BYTES:
            raise _TooLarge
    return bytes(body)


def _host(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        host = parts.hostname
        port = parts.port
    except ValueError:
        return None
    if host is None:
        return None
    host = host.removeprefix("www.")
    return host if port is None else f"{host}:{port}"
