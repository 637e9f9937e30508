"""What is wrong with this installation: one check a line, each with a sentence and a remedy."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp

from bot import opening
from bot.doctor import here, there
from bot.doctor.check import Check
from bot.doctor.hook import hook
from bot.errors import ConfigurationError, GitHubError
from bot.settings import Settings

__all__ = ["Check", "examine"]


async def examine(settings: Settings) -> AsyncIterator[Check]:
    """Every check, in the order in which a person would mend what they find."""
    for check in here.of_settings(settings):
        yield check
    async for check in here.of_database(settings):
        yield check
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        try:
            github = opening.speak(session, settings, opening.credentials(settings))
            facts = await github.app()
        except (ConfigurationError, GitHubError) as error:
            yield Check(name="App", found=str(error), remedy="mend that first; what hangs on it was not checked")
            return
        # That GitHub knows who we are proves three things at once: id, key and clock.
        yield Check(name="App", found=f"signed in as {facts.slug}, owned by {facts.owner}: id, key and clock are right")
        yield there.permissions(facts)
        yield there.events(facts)
        async for check in hook(session, github, settings):
            yield check
        async for check in there.installations(github, settings, facts):
            yield check
