"""The job is green, and only a late comment somewhere tells that nothing was done."""

from __future__ import annotations

from bot.demo.github import BranchRule
from bot.demo.samples import ORGANISATION
from tests.jobs.conftest import Telling
from tests.jobs.test_lifecycle_stories import ANVIL, begin


async def test_what_could_not_be_done_is_said_where_it_should_stand(tell: Telling) -> None:
    """On the pull request, to who asks, and on the dashboard: the same reason, at once."""
    async with tell() as story:
        await begin(story)
        story.github.add_rule(ANVIL, BranchRule(kind="update", pattern="pubflow/*"))
        story.push("anvil", {"uv.lock": "version = 1\n"})
        await story.calm()
        words = "a rule of the repository does not let pubflow write its branch"
        assert words in story.outcome("anvil")
        assert words[1:] in story.replies("anvil")[0]
        comment = await story.say("anvil", "/pubflow update")
        assert words in story.replies("anvil")[1]
        assert [one.content for one in comment.reactions] == ["eyes", "confused"]
        await story.say("anvil", "/pubflow status")
        assert words in story.replies("anvil")[2]


async def test_without_a_pull_request_who_asks_is_told(tell: Telling) -> None:
    async with tell() as story:
        story.package("anvil")
        story.github.add_rule(ANVIL, BranchRule(kind="creation", pattern="pubflow/*"))
        await story.install()
        issue = story.github.open_issue(f"{ORGANISATION}/anvil", "Where is it?")
        await story.say("anvil", "/pubflow status", number=issue.number)
        assert "a rule of the repository" in story.replies("anvil", number=issue.number)[0]
