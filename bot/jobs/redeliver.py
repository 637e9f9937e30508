"""Asks GitHub for deliveries that failed: it never sends one again by itself.

What was stored although GitHub counts it as failed (the answer came too late, or got lost) is not sent again: its jobs
are worked again if they were set aside.
"""

from __future__ import annotations

from typing import Final

import structlog

from bot import missed
from bot.jobs.services import Services
from bot.jobs.sweep_all import all_job
from bot.missed import Failed
from bot.model import Done, InstallationId, Job, Later, Outcome
from bot.store import in_thread

KIND: Final = "redeliver"
OFTEN: Final = "*/15 * * * *"
MOST_LISTED: Final = 5000
MOST_ASKED: Final = 200
"""In one run; they come in at once, and those that are sent for the first time must not suffer."""
PAUSE_SECONDS: Final = 60.0

log = structlog.get_logger(__name__)


def redeliver_job() -> Job:
    return Job(kind=KIND, key="all", installation=InstallationId(0))


async def redeliver(_job: Job, services: Services) -> Outcome:
    """Ask for what failed, the oldest first; after too long a silence ask for a sweep. Raises GitHubError."""
    now = services.clock()
    last = await in_thread(services.missed.last_look)
    if missed.out_of_reach(last, now):
        await services.queue.submit([all_job(full=True)])
    failed: list[Failed] = []
    async for one in services.github.failed_deliveries(now - missed.MEMORY_SECONDS):
        failed.append(one)
        if len(failed) == MOST_LISTED:
            break
    asked = await in_thread(services.missed.asked, {one.guid for one in failed})
    due = missed.to_ask(failed, asked, now)
    stored = await services.queue.stored({one.guid for one in due})
    await in_thread(services.missed.looked, now)
    for one in due[:MOST_ASKED]:
        await in_thread(services.missed.note, one.guid, one.id, services.clock())
        if one.guid in stored:
            for job in stored[one.guid]:
                await services.queue.retry(job)
        else:
            await services.github.redeliver(one.id)
    return _told(len(due), len(failed))


def _told(due: int, failed: int) -> Outcome:
    if due > MOST_ASKED or (due and failed == MOST_LISTED):  # where none is due, looking again would show the same
        return Later(seconds=PAUSE_SECONDS, reason=f"{max(0, due - MOST_ASKED)} deliveries are left to be asked for")
    if due:
        log.info("asked for deliveries that had failed", count=due)
    return Done(summary=f"{due} deliveries asked for again")
