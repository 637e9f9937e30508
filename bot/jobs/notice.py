"""A run of some workflow went well: look further only if a project waits for just that. Costs no request."""

from __future__ import annotations

from bot.events.payload import follow_job
from bot.jobs.arguments import Repository, read
from bot.jobs.follow import ON_THE_WAY
from bot.jobs.services import Services
from bot.model import Done, Job, Outcome
from bot.store import in_thread

KIND = "notice"


class Arguments(Repository, frozen=True):
    """Which workflow ran."""

    workflow: str


async def notice(job: Job, services: Services) -> Outcome:
    args = read(job, Arguments)
    known = await in_thread(services.rollouts.of, args.ref.id)
    if not any(one.runs_in(args.workflow) and one.state in ON_THE_WAY for one in known):
        return Done(summary=f"nothing waits for a run of {args.workflow}")
    await services.queue.submit([follow_job(job.installation, args.ref)])
    return Done(summary=f"{args.workflow} ran well: to be looked at")
