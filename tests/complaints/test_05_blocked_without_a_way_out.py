"""The bot says that it is blocked, and nobody can tell how it goes on; or another bot's commit counts as an edit."""

from __future__ import annotations

from bot.messages.checkboxes import Box
from bot.model import TRUSTED_PUBLISHING_BRANCH
from tests.jobs.conftest import Telling
from tests.jobs.test_lifecycle_stories import ANVIL, begin
from tests.jobs.test_stories import WORKFLOW


async def test_the_comment_that_says_so_holds_the_way_out_and_it_works(tell: Telling) -> None:
    async with tell() as story:
        await begin(story)
        ours = story.github.read(ANVIL, WORKFLOW, ref=TRUSTED_PUBLISHING_BRANCH)
        story.push("anvil", {"formatted.txt": "by a bot"}, branch=TRUSTED_PUBLISHING_BRANCH, by="sam-maintainer")
        await story.calm()
        [said] = story.replies("anvil")
        assert "`/pubflow recreate` does the same" in said
        assert "Merge it when it is as you want it" in said, "nothing needs to be done at all"
        await story.tick("anvil", Box.HAND_BACK)
        assert story.github.read(ANVIL, WORKFLOW, ref=TRUSTED_PUBLISHING_BRANCH) == ours
        story.push("anvil", {"uv.lock": "version = 1\n"})
        await story.calm()
        assert story.outcome("anvil").startswith("#1 brought up to date"), "it is looked after again"
