"""Takes repositories under care: those that came, or all that an installation sees."""

from __future__ import annotations

import msgspec

from bot.events.payload import scan_job
from bot.jobs.arguments import Repository, read
from bot.jobs.services import Services
from bot.model import Done, Job, Outcome

KIND = "enrol"
_AT_A_TIME = 200


class Arguments(msgspec.Struct, frozen=True):
    """`repositories` is None for all that the installation sees."""

    account: str | None = None
    repositories: list[Repository] | None = None


async def enrol(job: Job, services: Services) -> Outcome:
    """Queue one scan a repository; those that wait already are not queued twice."""
    args = read(job, Arguments)
    if args.account is not None and not await services.allowed.includes(args.account):
        return Done(summary=f"{args.account} is not among the accounts that this site serves")
    if args.repositories is not None:
        scans = [scan_job(job.installation, repository.ref) for repository in args.repositories]
        await services.queue.submit(scans)
        return Done(summary=f"{len(scans)} repositories queued")
    return Done(summary=f"{await _all(job, services)} repositories queued")


async def _all(job: Job, services: Services) -> int:
    count = 0
    batch: list[Job] = []
    async for listed in services.github.repositories(job.installation):
        batch.append(scan_job(job.installation, listed.ref))
        if len(batch) == _AT_A_TIME:
            await services.queue.submit(batch)
            count += len(batch)
            batch = []
    await services.queue.submit(batch)
    return count + len(batch)
