"""Looks which actions can be raised to something new, and has the repositories that use them read again.

A repository in which nothing changes is not read: that is what makes a sweep cheap. But what can be said of it changes
with every release of an action that it uses, and with the day on which the release is old enough.
"""

from __future__ import annotations

from typing import Final

import structlog

from bot.jobs.services import Services
from bot.model import Done, InstallationId, Job, Outcome
from bot.store import in_thread

KIND: Final = "actions"
DAILY: Final = "41 2 * * *"
"""UTC; before the nightly sweep, which reads the repositories."""

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
    fresh = await services.actions.fresh(installation.id)
    users = {repo for name in fresh for repo in await services.actions.users(name)}
    await in_thread(services.sightings.doubt, users)
    await services.actions.settle(fresh)  # last: whoever is killed before marks them once more
    log.info("looked at actions", fresh=len(fresh), repositories=len(users))
    return Done(summary=f"{len(fresh)} actions have something new for {len(users)} repositories")
