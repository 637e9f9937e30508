"""A reaction after hours, and a rate limit that stalls everybody."""

from __future__ import annotations

import sqlalchemy as sa

from bot.demo.github import on, secondary_limit
from bot.store.tables import jobs
from tests.jobs.conftest import Story, Telling


def sweeps(story: Story) -> int:
    wanted = sa.select(sa.func.count()).where(jobs.c.kind == "sweep")
    with story.stage.engine.connect() as connection:
        return int(connection.scalar(wanted) or 0)


async def test_a_push_is_answered_by_itself_and_not_by_the_next_round(tell: Telling) -> None:
    async with tell() as story:
        await story.install()
        before = sweeps(story)
        story.package("anvil")
        await story.calm()
        assert len(story.pulls("anvil")) == 1
        assert sweeps(story) == before, "nobody had to come round"


async def test_a_limit_holds_up_what_met_it_and_it_goes_on_by_itself(tell: Telling) -> None:
    async with tell() as story:
        await story.install()
        story.github.faults.add(secondary_limit(retry_after=60), on("POST", "/git/trees"))
        story.package("anvil")
        await story.calm()
        assert story.pulls("anvil") == []
        [waits] = [job for job in await story.queue.jobs() if job.kind == "scan"]
        assert waits.due_at is not None, "it knows when"
        assert waits.tries == 0, "and it is no failure"
        assert "anvil" in (waits.about or "")


async def test_one_repository_that_cannot_be_read_does_not_hold_up_the_others(tell: Telling) -> None:
    async with tell() as story:
        story.package("anvil", {".github/workflows/release.yml": "a: [\n" * 50})
        story.package("bolt")
        await story.install()
        assert len(story.pulls("bolt")) == 1
