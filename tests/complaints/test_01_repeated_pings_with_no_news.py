"""Reminders, bumps and "still open" comments: people mute a bot that pings them without news."""

from __future__ import annotations

from bot.model import TRUSTED_PUBLISHING_BRANCH
from tests.jobs.conftest import Telling
from tests.jobs.test_lifecycle_stories import ANVIL, begin


async def test_nobody_is_notified_without_news(tell: Telling) -> None:
    """A comment notifies people, an edit does not: over many scans there is one comment for one piece of news."""
    async with tell() as story:
        await begin(story)
        for number in range(4):
            story.push("anvil", {"tox.ini": f"[tox]\n# {number}\n"})
            await story.calm()
        assert story.replies("anvil") == [], "a pull request that waits is not mentioned again"
        story.push("anvil", {"theirs.txt": "x"}, branch=TRUSTED_PUBLISHING_BRANCH)
        for number in range(4):
            story.push("anvil", {"uv.lock": f"version = {number}\n"})
            await story.calm()
        assert len(story.replies("anvil")) == 1
        await story.redeliver_everything()
        assert len(story.replies("anvil")) == 1
        asked = [one for one in story.github.recorder.exchanges if one.method == "POST" and "comments" in one.path]
        assert len(asked) == 1
        assert "@" not in "".join(story.replies("anvil")), "nobody is named"
        assert len(story.github.repository(ANVIL).pulls) == 1
