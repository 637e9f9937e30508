"""A step of a sweep: one page of repositories, compared with what was seen last."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

from bot import fingerprint
from bot.errors import Unavailable
from bot.events.pull_request import Ending, settle_job
from bot.github import Closed, Glance, Page
from bot.jobs.services import Services
from bot.model import Job
from bot.store import in_thread
from bot.store.sightings import Sighting
from bot.store.sweeps import LARGEST_PAGE, Sweep


async def look_over(running: Sweep, services: Services) -> Sweep:
    """The sweep after one page: what changed is due to be read. A page that is too much for GitHub is halved."""
    try:
        page = await services.github.page(
            running.installation,
            running.account,
            selected=running.selected,
            after=running.cursor,
            size=running.page,
            newest_first=not running.full,
        )
    except Unavailable:
        # A page that is named by its number begins elsewhere when its size changes.
        if running.page == 1 or running.selected:
            raise
        return replace(running, page=running.page // 2)
    known = await in_thread(services.sightings.known, [glance.repo.ref.id for glance in page.found])
    due = [glance for glance in page.found if _changed(glance, known.get(glance.repo.ref.id), running)]
    same = {glance.repo.ref.id for glance in page.found} - {glance.repo.ref.id for glance in due}
    await services.queue.submit([job async for job in _endings(running, page, services)])
    rows = [_due(glance, running) for glance in due]
    await in_thread(services.sightings.note_page, running.installation, running.round, same, rows)
    at_end = page.after is None or _is_known_from_here(page, running)
    return replace(
        running,
        cursor=page.after,
        listing=not at_end,
        page=running.page if running.selected else min(LARGEST_PAGE, running.page + max(1, running.page // 4)),
        total=page.total,
        listed=running.listed + len(page.found),
        whole=running.whole and page.whole,
    )


def _changed(glance: Glance, known: Sighting | None, running: Sweep) -> bool:
    if known is None or known.due or known.files is None or known.installation != running.installation:
        return True
    return known.standing != fingerprint.of_standing(glance.repo) or (not _bare(glance) and known.head != glance.head)


def _bare(glance: Glance) -> bool:
    repo = glance.repo
    return glance.empty or repo.archived or repo.disabled or repo.fork or repo.template


def _due(glance: Glance, running: Sweep) -> Sighting:
    return Sighting(
        ref=glance.repo.ref, installation=running.installation, bare=_bare(glance), due=True, round=running.round
    )


def _is_known_from_here(page: Page, running: Sweep) -> bool:
    """Claims that what follows, pushed to even earlier, was known when the last round began."""
    if running.full or running.watermark is None or not page.found:
        return False
    oldest = page.found[-1].pushed_at
    return oldest is None or oldest < running.watermark


async def _endings(running: Sweep, page: Page, services: Services) -> AsyncIterator[Job]:
    """The same job as a lost delivery would have made, for each pull request that we take for open and is not."""
    ended: dict[tuple[int, int], tuple[Glance, Closed]] = {
        (glance.repo.ref.id, closed.number): (glance, closed) for glance in page.found for closed in glance.closed
    }
    if not ended:
        return
    believed = await in_thread(services.ledger.open_among, {repo_id for repo_id, _ in ended})
    for key in sorted(believed & ended.keys()):
        glance, closed = ended[key]
        ending = Ending(
            number=closed.number,
            merged=closed.merged,
            branch=closed.branch,
            base=closed.base,
            closed_at=closed.closed_at,
        )
        yield settle_job(running.installation, glance.repo.ref, ending)
