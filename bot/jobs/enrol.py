"""Takes repositories under care: those that came, or all that an installation sees."""

from __future__ import annotations

import msgspec

from bot.events.payload import ENROLLED, scan_job, sweep_job
from bot.jobs import configuring
from bot.jobs.arguments import Repository, read
from bot.jobs.services import Services
from bot.model import Done, Job, Outcome
from bot.store import in_thread

KIND = "enrol"


class Arguments(msgspec.Struct, frozen=True):
    """`repositories` is None for all that the installation sees."""

    account: str | None = None
    repositories: list[Repository] | None = None


async def enrol(job: Job, services: Services) -> Outcome:
    """Queue one scan a repository, or for all of them a sweep, which reads fifty at a time."""
    args = read(job, Arguments)
    if args.account is not None and not await services.allowed.includes(args.account):
        return Done(summary=f"{args.account} is not among the accounts that this site serves")
    if args.repositories is None or len(args.repositories) > services.settings.pulls_per_hour:
        # More than may get a pull request now: a sweep finds out first which of them gain most.
        if args.account is not None:
            await configuring.of_account(job.installation, args.account, services, now=True)
        await in_thread(services.sightings.distrust, job.installation)
        await in_thread(services.sweeps.want_full, job.installation, services.clock())
        await services.queue.submit([sweep_job(job.installation, services.clock())])
        return Done(summary="all repositories will be looked at")
    scans = [scan_job(job.installation, repository.ref, rank=ENROLLED) for repository in args.repositories]
    await services.queue.submit(scans)
    return Done(summary=f"{len(scans)} repositories queued")
