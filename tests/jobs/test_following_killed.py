"""Answers that are lost at the worst moment: what was done is found again, and nothing is said twice."""

from __future__ import annotations

from bot.demo.github.faults import Drop, on
from bot.demo.release import release
from bot.demo.samples import ORGANISATION
from bot.demo.stage import PERSON
from bot.rollout import State
from tests.jobs.conftest import Telling
from tests.jobs.test_following import ANVIL, anvil, issues, look, moved, publish, state


async def test_every_write_may_be_carried_out_and_its_answer_lost(tell: Telling) -> None:
    async with tell() as story:
        anvil(story)
        anvil(story, "hammer")
        await story.install()

        story.github.faults.add(Drop(after=True), on("POST", "/anvil/issues"))
        await publish(story, "anvil")
        await story.hurry()
        (issue,) = issues(story)
        assert state(story) is State.TOKEN_TO_BE_REVOKED

        story.github.delete_secret(ANVIL, "PYPI_TOKEN")
        story.github.faults.add(Drop(after=True), on("POST", f"/issues/{issue.number}/comments"))
        story.github.faults.add(Drop(after=True), on("PATCH", f"/issues/{issue.number}"))
        await look(story)
        await story.hurry()
        assert (state(story), issue.open, len(issue.comments)) == (State.DONE, False, 1)

        # A failed release, and the comment's answer is lost.
        story.github.merge_pull(f"{ORGANISATION}/hammer", 1, by=PERSON)
        await story.calm()
        said = len(story.pulls("hammer")[0].issue.comments)
        story.github.faults.add(Drop(after=True), on("POST", "/issues/1/comments"))
        await release(story.github, story.stage.pypi, moved("hammer"), by=PERSON)
        await story.calm()
        await story.hurry()
        assert len(story.pulls("hammer")[0].issue.comments) == said + 1
        assert story.github.faults.left == 0
