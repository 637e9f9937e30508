"""Ends all work for repositories that are no longer ours, and drops what was remembered of them.

Deliveries come in any order, and a job may have been waiting: an installation is forgotten only if GitHub still says
that it is suspended or gone. A repository that came back meanwhile is scanned by the job that its coming made.
"""

from __future__ import annotations

import msgspec

from bot.errors import Gone
from bot.jobs.arguments import read
from bot.jobs.services import Services
from bot.model import Done, InstallationId, Job, Outcome, RepoId
from bot.store import in_thread

KIND = "forget"


class Arguments(msgspec.Struct, frozen=True):
    """`repo_ids` is None for the whole installation."""

    repo_ids: list[int] | None = None
    reason: str = ""


async def forget(job: Job, services: Services) -> Outcome:
    """Cancel what waits, forget what was seen."""
    args = read(job, Arguments)
    if args.repo_ids is None:
        if await _works(job.installation, services):
            return Done(summary="the installation works again: nothing is forgotten")
        await services.queue.forget(job.installation)
        listed = await in_thread(services.repositories.listed, job.installation)
        await in_thread(services.oblivion.repositories, [seen.repo_id for seen in listed])
        await in_thread(services.repositories.forget_installation, job.installation, services.clock())
        await in_thread(services.oblivion.installation, job.installation)
        return Done(summary=f"the installation is forgotten: {args.reason}")
    repo_ids = [RepoId(repo_id) for repo_id in args.repo_ids]
    for repo_id in repo_ids:
        await services.queue.forget_repository(repo_id)
        await in_thread(services.repositories.forget, repo_id, services.clock())
    await in_thread(services.oblivion.repositories, repo_ids)
    return Done(summary=f"{len(repo_ids)} repositories are forgotten: {args.reason}")


async def _works(installation: InstallationId, services: Services) -> bool:
    try:
        return not (await services.github.installation(installation)).suspended
    except Gone:
        return False
