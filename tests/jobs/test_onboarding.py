"""Stories of arrival: nothing floods, those with the most to gain go first, one issue for those who asked for it."""

from __future__ import annotations

from typing import Literal

import pytest

from bot.config import PATH
from bot.demo.samples import ORGANISATION
from tests.jobs.conftest import Story, Telling

OTHER = {"README.md": "# \n"}
WORKFLOW = """\
on: release
jobs:
  publish:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - run: pipx run build
      - uses: pypa/gh-action-pypi-publish@release/v1
        with:
          password: ${{ secrets.PYPI_TOKEN }}
"""


def organise(story: Story, text: str) -> None:
    story.github.create_repository(f"{ORGANISATION}/.github", OTHER | {PATH: text}, visibility="private")


def issues(story: Story, name: str) -> list[str]:
    found = story.github.repository(f"{ORGANISATION}/{name}")
    return [issue.body or "" for number, issue in found.issues.items() if number not in found.pulls]


def opened(story: Story, *names: str) -> set[str]:
    return {name for name in names if story.pulls(name)}


WANTED = f"onboarding: {{issue: {ORGANISATION}/reports}}\n"


async def test_one_issue_in_the_private_repository_that_is_named_kept_up_to_date(tell: Telling) -> None:
    async with tell() as story:
        organise(story, WANTED)
        story.github.create_repository(f"{ORGANISATION}/reports", OTHER, visibility="private")
        story.package("anvil")
        story.package("bolt", {".github/workflows/release.yml": WORKFLOW})
        await story.install()
        await story.hurry()
        [body] = issues(story, "reports")
        assert "| 1 | publish with a stored token |" in body
        assert f"| `{ORGANISATION}/anvil` | are packages that nothing publishes | " in body
        await story.redeliver_everything()
        assert len(issues(story, "reports")) == 1
        assert [issues(story, name) for name in ("anvil", "bolt", ".github")] == [[], [], []]


@pytest.mark.parametrize(
    ("settings", "visibility"),
    [("enabled: true\n", "private"), (WANTED, "public"), ("onboarding: {issue: somebody/else}\n", "private")],
)
async def test_no_issue_where_none_is_wanted_or_others_could_read_it(
    tell: Telling, settings: str, visibility: Literal["public", "private"]
) -> None:
    async with tell() as story:
        organise(story, settings)
        story.github.create_repository(f"{ORGANISATION}/reports", OTHER, visibility=visibility)
        story.package("anvil")
        await story.install()
        assert [issues(story, name) for name in ("reports", "anvil", ".github")] == [[], [], []]


async def test_a_repository_s_own_file_names_no_place(tell: Telling) -> None:
    async with tell() as story:
        story.github.create_repository(f"{ORGANISATION}/reports", OTHER, visibility="private")
        story.package("anvil", {PATH: WANTED})
        await story.install()
        assert issues(story, "reports") == []


async def test_those_with_the_most_to_gain_get_the_pull_requests_of_the_hour(tell: Telling) -> None:
    names = [f"a{number}" for number in range(4)]
    async with tell(pulls_per_hour=2) as story:
        for name in names:
            story.package(name)
        story.package("y", {".github/workflows/release.yml": WORKFLOW})
        story.package("z", {".github/workflows/release.yml": WORKFLOW})
        await story.install()
        assert opened(story, *names, "y", "z") == {"y", "z"}
        assert all(story.outcome(name).startswith("waiting: ") for name in names)


async def test_a_new_repository_is_left_alone_until_it_holds_a_package(tell: Telling) -> None:
    async with tell() as story:
        await story.install()
        story.github.create_repository(f"{ORGANISATION}/later", OTHER)
        await story.calm()
        assert story.pulls("later") == []
        story.push("later", {"pyproject.toml": PACKAGE_OF_LATER})
        await story.calm()
        assert len(story.pulls("later")) == 1


PACKAGE_OF_LATER = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "later"
version = "1.0.0"
"""
