"""What a package index knows of a project: does it exist, who owns it, what was released, and by which publisher.

The bot works on without it: whatever goes wrong becomes "could not be asked", never an exception, never "unclaimed".
Specification: https://docs.pypi.org/api/json/, https://docs.pypi.org/api/index-api/, https://docs.pypi.org/api/integrity/
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import aiohttp
from packaging.utils import InvalidName, canonicalize_name

from bot.model import IndexFacts
from bot.pypi import shapes
from bot.pypi.asking import USER_AGENT, Asker, Kept, Memory, Question, Shelf
from bot.released import Released

__all__ = ["USER_AGENT", "Kept", "Memory", "PyPI", "Shelf"]

_FRESH_SECONDS = 600.0
_FOR_EVER = float("inf")
"""The provenance of a file never changes."""
_SIMPLE = "application/vnd.pypi.simple.v1+json"
_INTEGRITY = "application/vnd.pypi.integrity.v1+json"

T = TypeVar("T")


class PyPI:
    """One index. Answers are kept for ten minutes and then asked for again with their ETag."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        url: str,
        web_url: str,
        clock: Callable[[], float] = time.time,
        shelf: Shelf | None = None,
    ) -> None:
        """`clock`: seconds since 1970; `shelf` keeps the answers, in memory when there is none."""
        self._asker = Asker(session, clock=clock, shelf=shelf)
        self._url = url.rstrip("/")
        self._web_host = shapes.host(web_url)

    async def project(self, name: str) -> IndexFacts:
        """What the index says of `name`; `exists` is None when it could not be asked."""
        normalised = _normalised(name)
        if normalised is None:
            return IndexFacts(name=canonicalize_name(name), exists=None)
        page = await self._asker.ask(
            Question(
                address=f"{self._url}/pypi/{normalised}/json",
                accept="application/json",
                shape=shapes.Page,
                read=lambda body: shapes.read_page(body, self._web_host),
                missing=shapes.Page(exists=False),
                fresh_seconds=_FRESH_SECONDS,
                lasts=lambda page: page.exists,  # a name that was taken stays taken; one that was free may be taken
            )
        )
        return shapes.facts(normalised, page)

    async def released(self, name: str) -> Released:
        """What was released under `name`, and by which publisher the newest file with provenance came.

        One conditional request each time; a second one, once for ever, for the provenance of a file that was not seen
        before.
        """
        normalised = _normalised(name)
        if normalised is None:
            return Released(name=canonicalize_name(name), exists=None)
        listing = await self._asker.ask(
            Question(
                address=f"{self._url}/simple/{normalised}/",
                accept=_SIMPLE,
                shape=shapes.Listing,
                read=shapes.read_listing,
                missing=shapes.Listing(exists=False),
                fresh_seconds=0.0,  # whoever asks has just heard of a release
                lasts=lambda listing: listing.exists,
            )
        )
        if listing is None:
            return Released(name=normalised, exists=None)
        return shapes.released(normalised, listing, await self._provenance(listing.provenance))

    async def _provenance(self, address: str | None) -> shapes.Provenance | None:
        # The address comes from the index, but only from itself is it taken.
        if address is None or not address.startswith(f"{self._url}/integrity/"):
            return None
        return await self._asker.ask(
            Question(
                address=address,
                accept=_INTEGRITY,
                shape=shapes.Provenance,
                read=shapes.read_provenance,
                missing=shapes.Provenance(),
                fresh_seconds=_FOR_EVER,
            )
        )


def _normalised(name: str) -> str | None:
    """None for what no index can know, and what in an address could mean something else."""
    try:
        return canonicalize_name(name, validate=True)
    except InvalidName:
        return None
