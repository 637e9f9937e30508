"""Closed, and there again the next morning: a no must be a no, whatever else changes around it."""

from __future__ import annotations

from tests.jobs.conftest import Telling
from tests.jobs.test_lifecycle_stories import ANVIL, RELEASE, TOKEN, begin
from tests.jobs.test_stories import states


async def test_a_closed_pull_request_stays_closed(tell: Telling) -> None:
    async with tell() as story:
        await begin(story)
        story.github.close_pull(ANVIL, 1)
        await story.calm()
        for changed in (
            {"uv.lock": "version = 1\n"},
            {"tox.ini": "[tox]\n"},
            {".github/dependabot.yml": "version: 2\n"},
        ):
            story.push("anvil", dict(changed))
            await story.calm()
        await story.redeliver_everything()
        story.github.rename_repository(ANVIL, "anvil-two")
        await story.calm()
        assert states(story, "anvil-two") == ["closed draft"]


async def test_what_is_proposed_next_is_something_else(tell: Telling) -> None:
    """Closing the one says nothing of another: a token that somebody stores later is news."""
    async with tell() as story:
        await begin(story)
        story.github.close_pull(ANVIL, 1)
        story.push("anvil", {RELEASE: TOKEN})
        await story.calm()
        assert states(story, "anvil") == ["closed draft", "open draft"]
        assert "token" in story.pulls("anvil")[1].issue.title
