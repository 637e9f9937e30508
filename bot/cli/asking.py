"""One short conversation with PyPI, for commands that look at a checkout."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from urllib.request import getproxies

import aiohttp

from bot.model import IndexFacts
from bot.project.names import canonical
from bot.pypi import PyPI

PATIENCE_SECONDS = 5.0


def ask(
    names: Sequence[str], *, pypi_url: str, web_url: str, patience_seconds: float = PATIENCE_SECONDS
) -> tuple[IndexFacts, ...]:
    """What the index says of each name; one that it did not answer for in time counts as not asked. Never raises."""
    return asyncio.run(_ask(names, pypi_url, web_url, patience_seconds))


async def _ask(names: Sequence[str], pypi_url: str, web_url: str, patience_seconds: float) -> tuple[IndexFacts, ...]:
    known = {name: IndexFacts(name=canonical(name), exists=None) for name in names}
    # The environment's proxy and nothing else of it: `trust_env` would also send passwords from ~/.netrc.
    async with aiohttp.ClientSession(proxy=getproxies().get(pypi_url.partition(":")[0])) as session:
        index = PyPI(session, url=pypi_url, web_url=web_url)
        try:
            async with asyncio.timeout(patience_seconds):
                for name in names:
                    known[name] = await index.project(name)
        except TimeoutError:
            pass
    return tuple(known.values())
