"""Reads a request's raw body within bounds: of size, of time, and of how many large ones are held at once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from aiohttp import StreamReader, web

from bot.errors import Malformed

LARGEST = 25 * 1024 * 1024
"""Bytes: GitHub sends no larger payload (https://docs.github.com/webhooks/webhook-events-and-payloads)."""
LARGE = 1024 * 1024
"""Bytes; few deliveries are larger, so few are held in memory at a time."""
MOST_LARGE = 8
SECONDS = 10.0
"""GitHub itself gives up after ten seconds."""


class TooLarge(Exception):
    """More than `LARGEST` bytes, announced or sent."""


class TooSlow(Exception):
    """The body did not come within `SECONDS`."""


class TooMany(Exception):
    """As many large bodies as we hold are being read already."""


@dataclass(slots=True)
class Bodies:
    """Reads bodies for one server; the bounds are arguments so that a test may make them small."""

    largest: int = LARGEST
    large: int = LARGE
    most_large: int = MOST_LARGE
    seconds: float = SECONDS
    held: int = 0

    async def read(self, request: web.Request) -> bytes:
        """The raw body.

        Raises `TooLarge`, `TooSlow`, `TooMany`, `Malformed` for broken chunks, `ConnectionError` for a broken sender.
        """
        try:
            return await self._read(request)
        except web.RequestPayloadError as error:
            raise Malformed("the body is not encoded as its headers say") from error

    async def _read(self, request: web.Request) -> bytes:
        content = request.content
        if content.is_eof():
            body = content.read_nowait()
            if len(body) > self.largest:
                raise TooLarge
            return body
        announced = request.content_length or 0
        if announced > self.largest:
            raise TooLarge
        try:
            async with asyncio.timeout(self.seconds):
                return await self._collect(content)
        except TimeoutError:
            raise TooSlow from None

    async def _collect(self, content: StreamReader) -> bytes:
        body = bytearray()
        while len(body) <= self.large:
            chunk = await content.readany()
            if not chunk:
                return bytes(body)
            body += chunk
        return await self._collect_large(content, body)

    async def _collect_large(self, content: StreamReader, body: bytearray) -> bytes:
        if self.held >= self.most_large:
            raise TooMany
        self.held += 1
        try:
            while chunk := await content.readany():
                body += chunk
                if len(body) > self.largest:
                    raise TooLarge
            return bytes(body)
        finally:
            self.held -= 1
