"""Asks for a sweep of every installation."""

from __future__ import annotations

from typing import Final

import msgspec

from bot.events.payload import sweep_job
from bot.jobs.arguments import read
from bot.jobs.services import Services
from bot.model import Done, InstallationId, Job, Outcome
from bot.store import in_thread

KIND: Final = "sweep-all"
NIGHTLY: Final = "17 3 * * *"
"""UTC; not on the hour, when everybody's jobs begin."""


class Arguments(msgspec.Struct, frozen=True):
    """`full`: everything, not only what was pushed to lately."""

    full: bool = False


def all_job(*, full: bool = False) -> Job:
    return Job(kind=KIND, key="all", installation=InstallationId(0), args={"full": full})


async def sweep_all(job: Job, services: Services) -> Outcome:
    """One sweep an installation, those that are suspended or not served left out. Raises GitHubError."""
    args, asked_at = read(job, Arguments), services.clock()
    jobs: list[Job] = []
    async for found in services.github.installations():
        if found.suspended or not await services.allowed.includes(found.account):
            continue
        if args.full:
            await in_thread(services.sweeps.want_full, found.id, asked_at)
        jobs.append(sweep_job(found.id, asked_at))
    await services.queue.submit(jobs)
    return Done(summary=f"{len(jobs)} installations to be swept")
