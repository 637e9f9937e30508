"""How an index is asked: one request at a time, conditional, with our name, and never for the same thing too soon.

Whatever goes wrong is None, "could not be asked": never an exception, never an answer.
https://docs.pypi.org/api/#user-agents
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import aiohttp
import msgspec

from bot import __version__

USER_AGENT = f"pubflow/{__version__} (+https://pypi.org/project/pubflow/)"
_MOST_BYTES = 64 * 1024 * 1024
_MOST_REMEMBERED = 10_000
_TROUBLE = (aiohttp.ClientError, TimeoutError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""The last two are msgspec's answers to bytes that are no text and to brackets without end."""
_TIMEOUT = aiohttp.ClientTimeout(total=20, sock_connect=5)

Facts = TypeVar("Facts", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An answer reduced to what we need of it, as JSON. `at`: seconds since 1970."""

    etag: str | None
    facts: str
    at: float


class Shelf(Protocol):
    """Where answers are kept, by address."""

    async def get(self, address: str, /) -> Kept | None: ...

    async def put(self, address: str, kept: Kept, /) -> None: ...


class Memory:
    """A shelf that ends with the process."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Kept] = OrderedDict()

    async def get(self, address: str, /) -> Kept | None:
        return self._kept.get(address)

    async def put(self, address: str, kept: Kept, /) -> None:
        self._kept[address] = kept
        self._kept.move_to_end(address)
        if len(self._kept) > _MOST_REMEMBERED:
            self._kept.popitem(last=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Generic[Facts]):
    """What to ask, and what to make of the answer. `missing` is the answer to 404."""

    address: str
    accept: str
    shape: type[Facts]
    read: Callable[[bytes], Facts]
    missing: Facts
    fresh_seconds: float
    lasts: Callable[[Facts], bool] = lambda _: False
    """Claims that an old answer is still better than none when the index cannot be asked."""


class Asker:
    """Asks one index."""

    def __init__(
        self, session: aiohttp.ClientSession, *, clock: Callable[[], float] = time.time, shelf: Shelf | None = None
    ) -> None:
        self._session = session
        self._clock = clock
        self._shelf = shelf or Memory()
        self._one_at_a_time = asyncio.Lock()

    async def ask(self, question: Question[Facts]) -> Facts | None:
        """The answer, from the shelf while it is fresh; None when the index could not be asked."""
        async with self._one_at_a_time:
            known = await self._shelf.get(question.address)
            facts = None if known is None else _kept_facts(known, question.shape)
            if known is not None and facts is not None and 0 <= self._clock() - known.at < question.fresh_seconds:
                return facts
            try:
                answer = await self._request(question, known if facts is not None else None, facts)
            except (*_TROUBLE, _TooLarge):
                answer = None
            return facts if answer is None and facts is not None and question.lasts(facts) else answer

    async def _request(self, question: Question[Facts], known: Kept | None, facts: Facts | None) -> Facts | None:
        headers = {"User-Agent": USER_AGENT, "Accept": question.accept}
        if known is not None and known.etag is not None:
            headers["If-None-Match"] = known.etag
        # Names in their one spelling are never redirected; an index that leads elsewhere leads us nowhere.
        async with self._session.get(
            question.address, headers=headers, timeout=_TIMEOUT, allow_redirects=False
        ) as response:
            etag = response.headers.get("ETag")
            match response.status:
                case 304 if known is not None and facts is not None:
                    etag = etag or known.etag
                case 404:
                    facts = question.missing
                case 200:
                    facts = question.read(await _read(response))
                case _:
                    return None
        kept = Kept(etag=etag, facts=msgspec.json.encode(facts).decode(), at=self._clock())
        await self._shelf.put(question.address, kept)
        return facts


def _kept_facts(kept: Kept, shape: type[Facts]) -> Facts | None:
    """None for what another version kept."""
    try:
        return msgspec.json.decode(kept.facts, type=shape)
    except msgspec.MsgspecError:
        return None


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
