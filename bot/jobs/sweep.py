"""Looks for what changed in all repositories of an installation, and reads the texts of nothing else.

A sweep is a round of small steps: list a page and compare it with what was seen last, or read together those that are
due. After a few steps the job goes to the end of the queue, and everything it knows is in the database: whoever takes
it up goes on where it was.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import msgspec
import structlog

from bot.errors import Gone
from bot.events.payload import forget
from bot.jobs import summarise
from bot.jobs.arguments import read
from bot.jobs.glance import look_over
from bot.jobs.harvest import harvest
from bot.jobs.services import Services
from bot.model import Done, InstallationId, Job, Later, Outcome
from bot.store import in_thread
from bot.store.sweeps import Sweep

KIND: Final = "sweep"
STEPS: Final = 4
"""Of one run of the job: a few seconds each, after which others of the installation have their turn."""
FULL_EVERY: Final = 7 * 86400.0
"""Between them only what was pushed to is looked at: that misses nothing but what leaves no push, as a change of the
default branch whose delivery was lost."""
OVERLAP: Final = 3600.0
"""By which clocks may differ, and an index of GitHub's may be late."""
STALE: Final = 86400.0
"""A round that did not end in a day is begun anew: GitHub's cursors are not for ever."""

log = structlog.get_logger(__name__)


class Arguments(msgspec.Struct, frozen=True):
    """When it was asked for."""

    asked_at: float


async def sweep(job: Job, services: Services) -> Outcome:
    """A few steps of the installation's sweep; Later until it is at its end. Raises GitHubError."""
    args = read(job, Arguments)
    begun = await _round(job.installation, args, services)
    if isinstance(begun, Done):
        return begun
    running = begun
    for _ in range(STEPS):
        running = await _step(running, services)
        if not running.running:
            if await summarise.is_wanted(running.account, services):
                await services.queue.submit([summarise.summary_job(running.installation, running.account)])
            return _told(running)
    return Later(seconds=0.0, reason=f"{running.listed} of {running.total} repositories looked at")


async def _round(installation: InstallationId, args: Arguments, services: Services) -> Sweep | Done:
    """The round to go on with, begun if need be, or why there is none."""
    known, now = await in_thread(services.sweeps.get, installation), services.clock()
    if known is not None and _goes_on(known, now):
        return known
    if known is not None and not known.running and known.started_at >= args.asked_at:
        return Done(summary="swept since this was asked for")
    try:
        facts = await services.github.installation(installation)
    except Gone:
        return Done(summary="the installation is gone")
    if facts.suspended:
        return Done(summary="the installation is suspended")
    if not await services.allowed.includes(facts.account):
        return Done(summary=f"{facts.account} is not among the accounts that this site serves")
    fresh = Sweep(
        installation=installation,
        account=facts.account,
        selected=facts.selected,
        round=1,
        full=facts.selected or _needs_all(known, now),
        started_at=now,
    )
    return await in_thread(services.sweeps.begin, fresh)


def _goes_on(known: Sweep, now: float) -> bool:
    return known.running and now - known.started_at < STALE and (known.full or not known.unanswered)


def _needs_all(known: Sweep | None, now: float) -> bool:
    if known is None or known.watermark is None or known.full_at is None or known.selected or known.unanswered:
        return True
    return not 0 <= now - known.full_at < FULL_EVERY


async def _step(running: Sweep, services: Services) -> Sweep:
    """The round after one step."""
    due = await in_thread(services.sightings.count_due, running.installation)
    if running.listing and due < running.reading:
        after = await look_over(running, services)
    elif due:
        after = await harvest(running, services)
    else:
        after = await _end(running, services)
    await in_thread(services.sweeps.save, after)
    return after


async def _end(running: Sweep, services: Services) -> Sweep:
    """Everything was listed and read: what GitHub no longer lists is no longer ours."""
    if running.full and running.whole:
        gone = await in_thread(services.sightings.unlisted, running.installation, running.round)
        if gone:
            await services.queue.submit(forget(running.installation, gone, "GitHub no longer lists it"))
    return replace(
        running,
        watermark=running.started_at - OVERLAP,
        full_at=running.started_at if running.full else running.full_at,
        finished_at=services.clock(),
    )


def _told(ended: Sweep) -> Done:
    log.info("swept", account=ended.account, full=ended.full, listed=ended.listed, read=ended.read)
    kind = "all" if ended.full else "lately pushed"
    return Done(summary=f"{ended.listed} {kind} repositories looked at, {ended.read} had changed")
