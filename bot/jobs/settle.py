"""A pull request of ours was closed: write into the ledger how it ended."""

from __future__ import annotations

from bot.jobs.arguments import Repository, read
from bot.jobs.services import Services
from bot.model import Done, Job, Outcome
from bot.store import in_thread

KIND = "settle"


class Arguments(Repository, frozen=True):
    """Which pull request, and whether it was merged."""

    number: int
    merged: bool
    branch: str | None = None
    withdrawn: bool = False
    """We closed it ourselves, as nothing was left to propose."""


async def settle(job: Job, services: Services) -> Outcome:
    """Note the end of a pull request; told twice, noted once."""
    args = read(job, Arguments)
    now = services.clock()
    await in_thread(
        services.ledger.closed, args.ref.id, args.number, args.merged, now, branch=args.branch, withdrawn=args.withdrawn
    )
    how = "merged" if args.merged else "withdrawn" if args.withdrawn else "closed unmerged"
    return Done(summary=f"#{args.number} was {how}")
