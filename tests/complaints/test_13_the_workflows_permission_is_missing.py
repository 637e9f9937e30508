"""`refusing to allow a GitHub App to create or update workflow`: cryptic, and seen by nobody who could mend it."""

from __future__ import annotations

from tests.jobs.conftest import Telling
from tests.jobs.test_lifecycle_stories import ANVIL
from tests.jobs.test_stories import states


async def test_it_says_what_is_missing_who_can_give_it_and_where_and_goes_on_when_it_is_given(tell: Telling) -> None:
    async with tell() as story:
        story.package("anvil")
        wanted = dict(story.stage.credentials.app.permissions)
        less = {name: level for name, level in wanted.items() if name != "workflows"}
        installation = await story.install(permissions=less)
        assert states(story, "anvil") == []
        issue = story.github.open_issue(ANVIL, "Where is the pull request?")
        await story.say("anvil", "/pubflow update", number=issue.number)
        [said] = story.replies("anvil", number=issue.number)
        for words in ("workflows: write", "An owner of the account must accept", "Settings, GitHub Apps"):
            assert words in story.outcome("anvil")
            assert words in said
        assert story.github.repository(ANVIL).branch("pubflow/trusted-publishing") is None, "nothing half done"
        story.github.accept_permissions(installation, wanted)
        await story.calm()
        assert states(story, "anvil") == ["open draft"]


async def test_a_pull_request_that_cannot_be_kept_up_to_date_says_so_once(tell: Telling) -> None:
    async with tell() as story:
        story.package("anvil")
        installation = await story.install()
        less = {k: v for k, v in installation.permissions.items() if k != "workflows"}
        story.github.accept_permissions(installation, less)
        for text in ("version = 1\n", "version = 2\n"):
            story.push("anvil", {"uv.lock": text})
            await story.calm()
        [said] = story.replies("anvil")
        assert "An owner of the account must accept" in said
