"""Asks for a look at every repository that is on its way: what nobody tells us by an event is seen by tomorrow."""

from __future__ import annotations

from typing import Final

from bot.events.payload import SWEEPING, follow_job
from bot.jobs.follow import ON_THE_WAY
from bot.jobs.services import Services
from bot.model import Done, InstallationId, Job, Outcome, RepoRef
from bot.store import in_thread

KIND: Final = "follow-all"
DAILY: Final = "47 4 * * *"
"""UTC; after the sweep."""
_SELDOM: Final = 7
"""Days between looks at what was not moved by us: nobody waits for it."""


def all_job() -> Job:
    return Job(kind=KIND, key="all", installation=InstallationId(0))


async def follow_all(_job: Job, services: Services) -> Outcome:
    """One look a repository; those that are no longer ours are left out."""
    day = int(services.clock() // 86400)
    jobs: list[Job] = []
    for repo_id in await in_thread(services.rollouts.due, ON_THE_WAY, day % _SELDOM, _SELDOM):
        known = await in_thread(services.repositories.get, repo_id)
        if known is not None:
            owner, _, name = known.full_name.partition("/")
            ref = RepoRef(id=known.repo_id, node_id=known.node_id, owner=owner, name=name)
            jobs.append(follow_job(known.installation, ref, rank=SWEEPING))
    await services.queue.submit(jobs)
    return Done(summary=f"{len(jobs)} repositories to be looked at")
