"""Stories of pace: an account's limits, its hours, and who is asked for a review."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.config import PATH, Config, Limits
from bot.demo.github import Pull
from bot.demo.samples import ORGANISATION
from bot.jobs.pace import per_hour
from bot.settings import Settings
from tests.jobs.conftest import Story, Telling

OTHER = {"README.md": "# \n"}


def organise(story: Story, text: str) -> None:
    story.github.create_repository(f"{ORGANISATION}/.github", OTHER | {PATH: text}, visibility="private")


@pytest.mark.parametrize(
    ("wanted", "site", "most"),
    [(None, {}, 10), (3, {}, 3), (50, {}, 50), (None, {"pulls_per_hour": 4}, 4), (50, {"pulls_per_hour": 4}, 4)],
)
def test_the_operator_s_number_is_the_most(wanted: int | None, site: dict[str, int], most: int) -> None:
    config = Config(limits=Limits(pulls_per_hour=wanted))
    assert per_hour(config, Settings.of(**site)) == most


async def test_limits_are_the_organisation_s_alone(tell: Telling) -> None:
    async with tell() as story:
        organise(story, "limits: {pulls_per_hour: 1}\n")
        for name in ("anvil", "bolt", "clamp"):
            story.package(name, {PATH: "limits: {pulls_per_hour: 50}\n"})
        await story.install()
        assert sum(len(story.pulls(name)) for name in ("anvil", "bolt", "clamp")) == 1
        await story.hurry()
        assert sum(len(story.pulls(name)) for name in ("anvil", "bolt", "clamp")) == 1


async def test_no_more_are_open_at_a_time_than_the_organisation_wants(tell: Telling) -> None:
    async with tell() as story:
        organise(story, "limits: {open_pulls: 1}\n")
        story.package("anvil")
        await story.install()
        story.package("bolt")
        await story.calm()
        assert (len(story.pulls("anvil")), len(story.pulls("bolt"))) == (1, 0)
        story.github.merge_pull(f"{ORGANISATION}/anvil", 1)
        await story.calm()
        await story.hurry()
        assert len(story.pulls("bolt")) == 1


def day(offset: int) -> str:
    return (datetime.now(UTC) + timedelta(days=offset)).strftime("%A").lower()


async def test_out_of_hours_nothing_is_opened_unasked(tell: Telling) -> None:
    async with tell() as story:
        story.package("anvil", {PATH: f"schedule: {{days: [{day(3)}]}}\n"})
        story.package("bolt", {PATH: f"schedule: {{days: [{day(-1)}, {day(0)}, {day(1)}]}}\n"})
        await story.install()
        assert (len(story.pulls("anvil")), len(story.pulls("bolt"))) == (0, 1)
        assert "at other times" in story.outcome("anvil")


async def test_while_the_account_s_hours_are_over_nothing_is_read(tell: Telling) -> None:
    async with tell() as story:
        organise(story, f"schedule: {{days: [{day(3)}]}}\n")
        story.package("anvil")
        await story.install()
        assert "at other times" in story.outcome("anvil")
        before = len(story.github.recorder.exchanges)
        await story.hurry()
        assert len(story.github.recorder.exchanges) == before
        story.push(".github", {PATH: "schema: 1\n"})
        await story.calm()
        await story.hurry()
        assert len(story.pulls("anvil")) == 1


async def test_labels_and_reviewers_are_given_once_each_also_when_they_are_named_later(tell: Telling) -> None:
    async with tell() as story:
        for login in ("bob", "carol"):
            story.github.create_user(login)
        story.package("anvil", {PATH: "reviewers: [bob, nobody]\n"})
        story.github.set_role(f"{ORGANISATION}/anvil", "bob", "write")
        story.github.set_role(f"{ORGANISATION}/anvil", "carol", "write")
        await story.install()
        [pull] = story.pulls("anvil")
        assert dressed(pull) == (["pubflow"], ["bob"])
        pull.reviewers.clear()
        pull.issue.labels.clear()
        story.push("anvil", {PATH: "reviewers: [carol, bob]\nlabels: [ci]\n"})
        await story.calm()
        assert dressed(pull) == (["ci"], ["carol"]), "what a person took away stays away"
        pull.reviewers.clear()
        story.push("anvil", {"uv.lock": "version = 1\n"})
        await story.calm()
        assert "brought up to date" in story.outcome("anvil")
        assert dressed(pull) == (["ci"], [])
        story.push("anvil", {PATH: None})
        await story.calm()
        story.github.create_repository(f"{ORGANISATION}/.github", {PATH: "labels: [release]\n"})
        await story.calm()
        assert dressed(pull) == (["ci", "release"], []), "also where the organisation's file names it"
        assert story.replies("anvil") == []


def dressed(pull: Pull) -> tuple[list[str], list[str]]:
    return [one.name for one in pull.issue.labels], [one.login for one in pull.reviewers]
