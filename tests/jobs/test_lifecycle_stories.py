"""Stories for every row of the lifecycle: what people do to a pull request of ours, and what then stands there."""

from __future__ import annotations

import pytest

from bot.demo.github import BranchRule
from bot.demo.github.merging import conflicts
from bot.demo.samples import ORGANISATION
from bot.demo.stage import PERSON
from bot.messages.checkboxes import Box
from bot.model import TRUSTED_PUBLISHING_BRANCH
from tests.jobs.conftest import PACKAGE, Story, Telling
from tests.jobs.test_stories import WORKFLOW, states

BRANCH = TRUSTED_PUBLISHING_BRANCH
ANVIL = f"{ORGANISATION}/anvil"
TRUSTED = """\
on: release
jobs:
  publish:
    runs-on: ubuntu-latest
    environment: pypi
    permissions:
      id-token: write
    steps:
      - uses: pypa/gh-action-pypi-publish@release/v1
"""
RELEASE = ".github/workflows/release.yml"
TOKEN = """\
name: Release
on: release
permissions: {}
jobs:
  publish:
    runs-on: ubuntu-latest
    permissions:
      contents: read
    steps:
      - uses: actions/checkout@v5
      - run: pipx run build
      - uses: pypa/gh-action-pypi-publish@release/v1
        with:
          password: ${{ secrets.PYPI_TOKEN }}
"""
OTHER_TEXT = PACKAGE.format(name="anvil") + "\n[tool.uv]\n"


async def begin(story: Story) -> None:
    """A package, installed, its pull request open."""
    story.package("anvil")
    await story.install()
    assert states(story, "anvil") == ["open draft"]


def head(story: Story) -> str | None:
    return story.github.repository(ANVIL).branch(BRANCH)


async def test_new_and_current_the_base_moved_and_nothing_was_pushed(tell: Telling) -> None:
    async with tell() as story:
        await begin(story)
        before = head(story)
        story.push("anvil", {"README.md": "# anvil\n", "tox.ini": "[tox]\n"})
        await story.calm()
        assert head(story) == before
        assert story.replies("anvil") == []
        assert story.outcome("anvil") == "#1 stands already"


async def test_changed_and_moved_it_is_brought_up_to_date_in_place(tell: Telling) -> None:
    async with tell() as story:
        await begin(story)
        before = head(story)
        story.push("anvil", {"uv.lock": "version = 1\n"})
        await story.calm()
        assert head(story) != before
        story.push("anvil", {"LICENSE": "MIT\n"}, branch="trunk")
        story.github.change_default_branch(ANVIL, "trunk")
        await story.calm()
        assert states(story, "anvil") == ["open draft"]
        assert story.pulls("anvil")[0].base == "trunk"
        assert story.replies("anvil") == []


async def test_the_default_branch_renamed_it_goes_on_against_the_new_name_and_nothing_is_pushed(tell: Telling) -> None:
    async with tell() as story:
        await begin(story)
        before = head(story)
        story.github.rename_branch(ANVIL, "main", "trunk")
        await story.calm()
        assert (states(story, "anvil"), head(story)) == (["open draft"], before)
        assert story.pulls("anvil")[0].base == "trunk"
        assert story.replies("anvil") == []
        story.push("anvil", {"uv.lock": "version = 1\n"})
        await story.calm()
        assert states(story, "anvil") == ["open draft"]
        assert head(story) != before, "and it is still kept up to date"


async def test_conflict_it_is_made_anew_on_top_of_the_base(tell: Telling) -> None:
    """The base gave the file that we move another text, and what we propose for it is the same as before."""
    async with tell() as story:
        story.package("anvil", {RELEASE: TOKEN})
        await story.install()
        proposed = story.github.read(ANVIL, RELEASE, ref=BRANCH)
        [number] = [pull.number for pull in story.pulls("anvil")]
        story.push("anvil", {RELEASE: TOKEN.replace("PYPI_TOKEN", "OTHER_TOKEN")})
        assert conflicts(story.github.repository(ANVIL), story.pulls("anvil")[0])
        await story.calm()
        [pull] = story.pulls("anvil")
        assert (pull.number, pull.issue.open) == (number, True)
        assert not conflicts(story.github.repository(ANVIL), pull)
        assert story.github.read(ANVIL, RELEASE, ref=BRANCH) == proposed


async def test_touched_a_persons_commit_stops_us_and_is_told_once(tell: Telling) -> None:
    async with tell() as story:
        await begin(story)
        story.push("anvil", {WORKFLOW: "name: mine\n"}, branch=BRANCH)
        await story.calm()
        theirs = head(story)
        for number in range(3):
            story.push("anvil", {"pyproject.toml": OTHER_TEXT + f"# {number}\n"})
            await story.calm()
        assert head(story) == theirs
        [said] = story.replies("anvil")
        assert "leaves this pull request to you" in said
        assert "/pubflow recreate" in said
        comment = story.github.repository(ANVIL).issues[1].comments[0]
        comment.body = "deleted by somebody"  # a comment that is gone is not made again
        story.push("anvil", {"pyproject.toml": OTHER_TEXT + "# again\n"})
        await story.calm()
        assert len(story.replies("anvil")) == 1


@pytest.mark.parametrize("how", ["checkbox", "command"])
async def test_handed_back_it_is_made_anew(tell: Telling, how: str) -> None:
    async with tell() as story:
        await begin(story)
        ours = story.github.read(ANVIL, WORKFLOW, ref=BRANCH)
        story.push("anvil", {WORKFLOW: "name: mine\n"}, branch=BRANCH)
        await story.calm()
        if how == "checkbox":
            await story.tick("anvil", Box.HAND_BACK)
        else:
            await story.say("anvil", "/pubflow recreate")
        assert story.github.read(ANVIL, WORKFLOW, ref=BRANCH) == ours
        assert states(story, "anvil") == ["open draft"]
        assert "looks after this pull request again" in story.replies("anvil")[0]
        story.push("anvil", {WORKFLOW: "name: mine again\n"}, branch=BRANCH)
        await story.calm()
        assert story.github.read(ANVIL, WORKFLOW, ref=BRANCH) == b"name: mine again\n"


async def test_over_it_is_closed_with_a_reason_and_the_branch_deleted_and_that_is_nobodys_no(tell: Telling) -> None:
    async with tell() as story:
        await begin(story)
        story.push("anvil", {".github/workflows/release.yml": TRUSTED})
        await story.calm()
        assert states(story, "anvil") == ["closed draft"]
        assert head(story) is None
        [said] = story.replies("anvil")
        assert "every upload is trusted" in said
        story.push("anvil", {".github/workflows/release.yml": None})
        await story.calm()
        assert states(story, "anvil") == ["closed draft", "open draft"]


async def test_many_that_we_closed_ourselves_hold_nobody_up(tell: Telling) -> None:
    async with tell() as story:
        for number in range(4):
            story.package(f"anvil-{number}")
        await story.install()
        for number in range(4):
            story.push(f"anvil-{number}", {".github/workflows/release.yml": TRUSTED})
        await story.calm()
        story.package("one-more")
        await story.calm()
        assert states(story, "one-more") == ["open draft"]


async def test_made_private_it_is_withdrawn_and_comes_back_when_public(tell: Telling) -> None:
    async with tell() as story:
        await begin(story)
        story.github.privatize_repository(ANVIL)
        await story.calm()
        assert states(story, "anvil") == ["closed draft"]
        assert "never publishes private code" in story.replies("anvil")[0]
        story.github.publicize_repository(ANVIL)
        await story.calm()
        assert states(story, "anvil") == ["closed draft", "open draft"]


async def test_switched_off_it_is_closed(tell: Telling) -> None:
    async with tell() as story:
        await begin(story)
        story.push("anvil", {".github/pubflow.yml": "enabled: false\n"})
        await story.calm()
        assert states(story, "anvil") == ["closed draft"]
        assert "switched off" in story.replies("anvil")[0]


async def test_unsure_a_broken_configuration_closes_nothing(tell: Telling) -> None:
    async with tell() as story:
        await begin(story)
        story.push("anvil", {".github/pubflow.yml": "enabled: [\n"})
        await story.calm()
        assert states(story, "anvil") == ["open draft"]
        assert story.replies("anvil") == []


async def test_answered_and_wanted_again_on_request_alone(tell: Telling) -> None:
    async with tell() as story:
        await begin(story)
        story.github.close_pull(ANVIL, 1)
        await story.calm()
        await story.say("anvil", "/pubflow update")
        assert states(story, "anvil") == ["closed draft"]
        assert "not opened again" in story.replies("anvil")[0]
        await story.say("anvil", "/pubflow recreate")
        assert states(story, "anvil") == ["closed draft", "open draft"]
        story.github.close_pull(ANVIL, 2)
        await story.calm()
        story.push("anvil", {"tox.ini": "[tox]\n"})
        await story.calm()
        assert states(story, "anvil") == ["closed draft", "closed draft"]


async def test_answered_something_new_comes_all_the_same(tell: Telling) -> None:
    async with tell() as story:
        await begin(story)
        story.github.close_pull(ANVIL, 1)
        story.push("anvil", {"pyproject.toml": PACKAGE.format(name="another-name")})
        await story.calm()
        assert states(story, "anvil") == ["closed draft", "open draft"]


async def test_reopened_by_a_person_it_lives_on(tell: Telling) -> None:
    async with tell() as story:
        await begin(story)
        story.github.close_pull(ANVIL, 1)
        await story.calm()
        story.push("anvil", {"uv.lock": "version = 1\n"})
        story.github.reopen_pull(ANVIL, 1)
        await story.calm()
        assert states(story, "anvil") == ["open draft"]
        assert story.outcome("anvil").startswith("#1 ")


async def test_done_after_a_merge_the_branch_is_deleted(tell: Telling) -> None:
    async with tell() as story:
        await begin(story)
        story.github.merge_pull(ANVIL, 1)
        await story.calm()
        assert states(story, "anvil") == ["merged"]
        assert head(story) is None


async def test_done_a_branch_that_somebody_pushed_to_after_the_merge_stays(tell: Telling) -> None:
    async with tell() as story:
        await begin(story)
        story.github.site.events.muted = True
        story.github.merge_pull(ANVIL, 1)
        story.push("anvil", {"more.txt": "x"}, branch=BRANCH)
        story.github.site.events.muted = False
        story.push("anvil", {"tox.ini": "[tox]\n"})
        await story.calm()
        assert story.github.read(ANVIL, "more.txt", ref=BRANCH) == b"x"


async def test_a_protected_branch_stays_and_nothing_fails(tell: Telling) -> None:
    async with tell() as story:
        await begin(story)
        story.github.add_rule(ANVIL, BranchRule(kind="deletion", pattern="pubflow/*"))
        story.github.merge_pull(ANVIL, 1)
        await story.calm()
        assert head(story) is not None
        assert await story.queue.jobs() == []


async def test_a_rule_that_came_later_is_said_once_on_the_pull_request(tell: Telling) -> None:
    async with tell() as story:
        await begin(story)
        story.github.add_rule(ANVIL, BranchRule(kind="update", pattern="pubflow/*"))
        for text in ("version = 1\n", "version = 2\n"):
            story.push("anvil", {"uv.lock": text})
            await story.calm()
        [said] = story.replies("anvil")
        assert "A rule of the repository does not let pubflow write its branch" in said
        assert states(story, "anvil") == ["open draft"]


async def test_occupied_somebody_elses_branch_is_left_alone(tell: Telling) -> None:
    async with tell() as story:
        story.package("anvil")
        story.push("anvil", {"mine.txt": "x"}, branch=BRANCH)
        await story.install()
        assert states(story, "anvil") == []
        assert "somebody else's commits are on the branch" in story.outcome("anvil")


async def test_out_of_reach_archived_and_transferred_nothing_is_written(tell: Telling) -> None:
    async with tell() as story:
        await begin(story)
        story.github.archive_repository(ANVIL)
        await story.calm()
        assert states(story, "anvil") == ["open draft"]
        assert "archived" in story.outcome("anvil")
        story.github.unarchive_repository(ANVIL)
        story.github.transfer_repository(ANVIL, PERSON)
        await story.calm()
        assert story.stage.repositories.listed() == []
        assert await story.queue.jobs() == []


async def test_what_a_person_made_ready_stays_ready(tell: Telling) -> None:
    async with tell() as story:
        await begin(story)
        story.github.set_draft(ANVIL, 1, draft=False)
        story.push("anvil", {"uv.lock": "version = 1\n"})
        await story.calm()
        assert states(story, "anvil") == ["open"]
