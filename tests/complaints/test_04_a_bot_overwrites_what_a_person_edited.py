"""A person improves the pull request, and the bot force-pushes over it, or closes it."""

from __future__ import annotations

import pytest

from bot.messages.checkboxes import Box
from bot.model import TRUSTED_PUBLISHING_BRANCH
from tests.jobs.conftest import Telling
from tests.jobs.test_lifecycle_stories import ANVIL, TRUSTED, begin
from tests.jobs.test_stories import WORKFLOW, states

MINE = b"name: mine\n"


@pytest.mark.parametrize("what", ["a new base", "nothing left to propose", "a tick without handing back"])
async def test_a_persons_commits_are_neither_overwritten_nor_closed(tell: Telling, what: str) -> None:
    async with tell() as story:
        await begin(story)
        story.push("anvil", {WORKFLOW: MINE.decode()}, branch=TRUSTED_PUBLISHING_BRANCH)
        await story.calm()
        if what == "a new base":
            story.push("anvil", {"uv.lock": "version = 1\n"})
            await story.calm()
        elif what == "nothing left to propose":
            story.push("anvil", {".github/workflows/release.yml": TRUSTED})
            await story.calm()
        else:
            await story.tick("anvil", Box.REBASE)
        assert story.github.read(ANVIL, WORKFLOW, ref=TRUSTED_PUBLISHING_BRANCH) == MINE
        assert states(story, "anvil") == ["open draft"]
