"""Looks which actions can be raised to something new, and has the repositories that use them read again.

A repository in which nothing changes is not read: that is what makes a sweep cheap. But what can be said of it changes
with every release of an action that it uses, and with the day on which the release is old enough.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import structlog

from bot import config as configuration
from bot.config import Bump, Config
from bot.jobs.services import Services
from bot.model import Done, InstallationId, Job, Outcome
from bot.store import in_thread

KIND: Final = "actions"
DAILY: Final = "41 2 * * *"
"""UTC; before the nightly sweep, which reads the repositories."""

MOST_COOLDOWNS: Final = 20
"""Different ones; whoever waits longest of many more hears of a release when something in the repository changes."""

log = structlog.get_logger(__name__)


def all_job() -> Job:
    return Job(kind=KIND, key="all", installation=InstallationId(0))


async def look_again(_job: Job, services: Services) -> Outcome:
    """Ask for each known action once, and mark those who use what is new. Raises GitHubError."""
    async for installation in services.github.installations():
        if not installation.suspended and await services.allowed.includes(installation.account):
            break
    else:
        return Done(summary="no installation to ask with")
    texts = await in_thread(services.configurations.naming, "cooldown")
    fresh = await services.actions.fresh(installation.id, cooldowns(texts))
    users = {repo for entry in fresh for repo in await services.actions.users(entry)}
    await in_thread(services.sightings.doubt, users)
    await services.actions.settle(fresh)  # last: whoever is killed before marks them once more
    names = {entry.partition(" ")[0] for entry in fresh}
    log.info("looked at actions", fresh=len(names), repositories=len(users))
    return Done(summary=f"{len(names)} actions have something new for {len(users)} repositories")


def cooldowns(texts: Iterable[str]) -> tuple[int, ...]:
    """The days that somebody waits: everybody's, and those that configurations name, as many as can be looked after."""
    named = {Bump().cooldown}
    for text in texts:
        found = configuration.read(text)
        if isinstance(found, Config):
            rules = [rules.cooldown for rules in found.bump.actions.values()]
            named |= {found.bump.cooldown, *(days for days in rules if days is not None)}
    return tuple(sorted(named))[:MOST_COOLDOWNS]
