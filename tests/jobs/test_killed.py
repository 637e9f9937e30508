"""Killed before any request that writes, and begun again: every command is carried out once and answered once."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace

import pytest

from bot import app
from bot.commands import lines
from bot.demo.github.state import Comment
from bot.demo.stage import PERSON
from bot.events.speaking import Source, Speech, answer_job
from bot.jobs import answer, scan
from bot.jobs.services import Allowed, Services
from bot.messages import remark_marker
from bot.model import TRUSTED_PUBLISHING_BRANCH, InstallationId, Job, NodeId, RepoId, RepoRef
from tests.jobs.conftest import Story, Telling
from tests.jobs.test_lifecycle_stories import ANVIL, RELEASE, TRUSTED, begin

UNHURRIED: dict[str, object] = {"pulls_per_hour": 500, "writes_per_minute": 10_000, "writes_per_hour": 10_000}


class Killed(BaseException):
    """The process dies here."""


@dataclass
class Dying:
    """Asked before every request that writes, among others: dies when it was asked so often."""

    left: int

    async def includes(self, _account: str) -> bool:
        self.left -= 1
        if self.left < 0:
            raise Killed
        return True


def asked(story: Story, comment: Comment, number: int) -> Job:
    """The job that the comment makes."""
    found = story.github.repository(ANVIL)
    ref = RepoRef(id=RepoId(found.id), node_id=NodeId(found.node_id), owner=found.owner.login, name=found.name)
    [installation] = story.github.site.world.installations.values()
    speech = Speech(number=number, pull=True, login=PERSON, author="pubflow[bot]")
    source = Source(comment=comment.id)
    return answer_job(InstallationId(installation.id), ref, speech, source, lines(comment.body))


async def killed_and_done(job: Job, built: Services, calls: int) -> bool:
    """Whether it was killed; afterwards it is done."""
    dying: Allowed = Dying(calls)  # type: ignore[assignment]  # asked nothing else than this
    with suppress(Killed):
        await answer.answer(job, replace(built, allowed=dying))
        return False
    await answer.answer(job, built)
    return True


@pytest.mark.parametrize("text", ["/pubflow close\n/pubflow recreate", "/pubflow recreate\n/pubflow confirm"])
async def test_killed_before_any_write_every_command_is_carried_out_once(tell: Telling, text: str) -> None:
    async with tell(**UNHURRIED) as story, app.services(story.stage.settings) as built:
        await begin(story)
        story.github.site.events.muted = True
        repository = story.github.repository(ANVIL)
        killed, calls, again = True, 0, "close" in text
        while killed:
            number = max(repository.pulls)
            comment = story.github.comment(ANVIL, number, text)
            killed = await killed_and_done(asked(story, comment, number), built, calls)
            answers = [
                one.body
                for one in repository.issues[number].comments
                if remark_marker(f"reply-{comment.id}") in one.body
            ]
            assert len(answers) == 1, calls
            assert "Working on it" not in answers[0]
            shown = [pull.number for pull in repository.pulls.values() if pull.issue.open]
            assert shown == [number + 1 if again else number], calls
            calls += 1
        assert calls > 5


async def test_killed_while_it_closes_it_says_so_once_and_leaves_nothing_behind(tell: Telling) -> None:
    async with tell(**UNHURRIED) as story, app.services(story.stage.settings) as built:
        await begin(story)
        story.github.site.events.muted = True
        repository = story.github.repository(ANVIL)
        killed, calls = True, 0
        while killed:
            number = max(repository.pulls)
            story.push("anvil", {RELEASE: TRUSTED})
            job = replace(asked(story, story.github.comment(ANVIL, number, "x"), number), kind="scan")
            dying: Allowed = Dying(calls)  # type: ignore[assignment]  # asked nothing else than this
            killed = True
            with suppress(Killed):
                await scan.scan(job, replace(built, allowed=dying))
                killed = False
            await scan.scan(job, built)
            assert not repository.pulls[number].issue.open, calls
            assert repository.branch(TRUSTED_PUBLISHING_BRANCH) is None, calls
            said = [one.body for one in repository.issues[number].comments if one.app is not None]
            assert [remark_marker("closed") in body for body in said] == [True], calls
            story.push("anvil", {RELEASE: None})
            await scan.scan(job, built)
            assert [pull.number for pull in repository.pulls.values() if pull.issue.open] == [number + 1], calls
            calls += 1
        assert calls > 4
