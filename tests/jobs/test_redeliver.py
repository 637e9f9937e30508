"""Deliveries that failed are asked for again, once, and only they."""

from __future__ import annotations

import pytest

from bot.demo.samples import ORGANISATION
from bot.jobs.redeliver import redeliver_job
from bot.model import InstallationId, Job
from bot.store import transaction
from bot.store.tables import jobs
from tests.jobs.conftest import Story, Telling

NOWHERE = "http://127.0.0.1:9/webhook"


async def ask(story: Story) -> None:
    await story.queue.submit([redeliver_job()])
    await story.calm()


def again(story: Story) -> list[str]:
    return [one.guid for one in story.github.deliveries() if one.redelivery]


async def _lost_push(story: Story, name: str) -> None:
    """A push while the bot cannot be reached."""
    app = story.stage.credentials.app
    app.hook.url, url = NOWHERE, app.hook.url
    story.push(name, {"pyproject.toml": '[project]\nname = "x"\n[build-system]\nrequires = ["flit_core"]\n'})
    await story.github.delivered()
    app.hook.url = url


async def test_what_failed_is_sent_again_and_worked(tell: Telling) -> None:
    async with tell() as story:
        story.github.create_repository(f"{ORGANISATION}/anvil", {"README.md": "x"})
        await story.install()
        await _lost_push(story, "anvil")
        assert again(story) == []
        await ask(story)
        (guid,) = again(story)
        assert "missing" in str(story.stage.repositories.listed()[0].status)
        await ask(story)
        assert again(story) == [guid]


async def test_what_arrived_is_not_asked_for(tell: Telling) -> None:
    async with tell() as story:
        story.package("anvil")
        await story.install()
        await ask(story)
        assert again(story) == []


async def test_what_was_stored_though_github_missed_the_answer_is_not_sent_again(tell: Telling) -> None:
    async with tell() as story:
        story.package("anvil")
        await story.install()
        delivery = story.github.deliveries("installation")[-1]
        delivery.status_code, delivery.status = 504, "timed out"
        await ask(story)
        assert again(story) == []


async def test_a_stored_deliverys_job_that_was_set_aside_is_worked_again(tell: Telling) -> None:
    async with tell() as story:
        broken = Job(kind="unknown", key="1", installation=InstallationId(1), once=True)
        await story.queue.accept("a-guid", "push", None, [broken])
        await story.calm()
        with transaction(story.stage.engine) as connection:
            aside = {"state": "failed", "tries": 5, "due_at": None}
            connection.execute(jobs.update().where(jobs.c.kind == "unknown").values(aside))
        await story.install()
        delivery = story.github.deliveries("installation")[-1]
        delivery.guid, delivery.status_code = "a-guid", 504
        await ask(story)
        (after,) = await story.queue.jobs()
        assert after.tries < 5
        assert again(story) == []


@pytest.mark.parametrize("long", [True, False])
async def test_after_a_silence_longer_than_githubs_memory_all_is_looked_at(tell: Telling, long: bool) -> None:
    async with tell() as story:
        story.package("anvil")
        installation = await story.install()
        story.github.site.events.muted = True
        story.github.delete_repository(f"{ORGANISATION}/anvil")
        story.package("hammer")
        if long:
            story.stage.missed.looked(0.0)
        await ask(story)
        assert [len(story.pulls(name)) for name in ("hammer",)] == [1 if long else 0]
        assert installation.suspended_at is None
