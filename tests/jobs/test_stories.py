"""Stories over the whole: what people do on GitHub, and what then stands there."""

from __future__ import annotations

import pytest

from bot.demo.github import BranchRule, LocalGitHub, Pull
from bot.demo.github.state import ActionsSettings
from bot.demo.pypi import IndexedProject
from bot.demo.samples import ORGANISATION
from bot.events.payload import forget
from bot.model import ACTIONS_BRANCH, TRUSTED_PUBLISHING_BRANCH
from tests.jobs.conftest import PACKAGE, Story, Telling

WORKFLOW = ".github/workflows/publish-to-pypi.yml"
PUBLISHING = ".github/workflows/release.yml"


def states(story: Story, name: str) -> list[str]:
    return [state(pull) for pull in story.pulls(name)]


def state(pull: Pull) -> str:
    if pull.merged_at is not None:
        return "merged"
    return ("open" if pull.issue.open else "closed") + (" draft" if pull.draft else "")


async def test_an_installation_becomes_a_pull_request_and_telling_it_twice_changes_nothing(tell: Telling) -> None:
    async with tell() as story:
        story.package("anvil")
        await story.install()
        (pull,) = story.pulls("anvil")
        await story.redeliver_everything()
        assert states(story, "anvil") == ["open draft"]
        assert pull.head == TRUSTED_PUBLISHING_BRANCH
        assert story.pulls("anvil") == [pull]


async def test_what_people_closed_stays_closed(tell: Telling) -> None:
    async with tell() as story:
        story.package("anvil")
        await story.install()
        story.github.close_pull(f"{ORGANISATION}/anvil", 1)
        story.push("anvil", {".github/dependabot.yml": "version: 2\n"})
        await story.calm()
        assert states(story, "anvil") == ["closed draft"]
        assert "not opened again" in story.outcome("anvil")


async def test_what_people_closed_stays_closed_when_the_database_is_lost(tell: Telling) -> None:
    github = LocalGitHub()
    async with tell(github) as story:
        story.package("anvil")
        installation = await story.install()
        story.github.close_pull(f"{ORGANISATION}/anvil", 1)
        await story.calm()
        await story.queue.forget(installation.id)  # type: ignore[arg-type]
        story.stage.repositories.forget_installation(installation.id, 0.0)  # type: ignore[arg-type]
        story.github.accept_permissions(installation, dict(installation.permissions))
        await story.calm()
        assert states(story, "anvil") == ["closed draft"]


async def test_a_merged_workflow_is_the_end_of_it(tell: Telling) -> None:
    async with tell() as story:
        story.package("anvil")
        await story.install()
        story.github.merge_pull(f"{ORGANISATION}/anvil", 1)
        await story.calm()
        assert states(story, "anvil") == ["merged"]
        assert story.outcome("anvil") == "nothing to do: every upload is trusted already"


async def test_a_merged_workflow_that_was_taken_out_again_is_not_offered_again(tell: Telling) -> None:
    async with tell() as story:
        story.package("anvil")
        await story.install()
        story.github.merge_pull(f"{ORGANISATION}/anvil", 1)
        story.push("anvil", {WORKFLOW: None})
        await story.calm()
        assert states(story, "anvil") == ["merged"]


async def test_a_repository_that_becomes_a_package_is_noticed_by_the_push(tell: Telling) -> None:
    async with tell() as story:
        story.github.create_repository(f"{ORGANISATION}/anvil", {"README.md": "# anvil\n"})
        await story.install()
        assert story.pulls("anvil") == []
        story.push(
            "anvil",
            {"pyproject.toml": '[build-system]\nbuild-backend = "flit_core.buildapi"\n[project]\nname = "anvil"\n'},
        )
        await story.calm()
        assert states(story, "anvil") == ["open draft"]


async def test_a_push_that_touches_nothing_of_ours_makes_no_request(tell: Telling) -> None:
    async with tell() as story:
        story.package("anvil")
        await story.install()
        before = len(story.github.recorder.exchanges)
        story.push("anvil", {"src/anvil.py": "pass\n"})
        story.push("anvil", {"pyproject.toml": "broken"}, branch="elsewhere")
        await story.calm()
        assert len(story.github.recorder.exchanges) == before


async def test_an_open_pull_request_follows_the_repositorys_new_name(tell: Telling) -> None:
    async with tell() as story:
        story.package("anvil")
        await story.install()
        story.github.rename_repository(f"{ORGANISATION}/anvil", "hammer")
        await story.calm()
        assert states(story, "hammer") == ["open draft"]
        text = story.github.read(f"{ORGANISATION}/hammer", WORKFLOW, ref=TRUSTED_PUBLISHING_BRANCH).decode()
        assert f"github.repository == '{ORGANISATION}/hammer'" in text
        assert "| Repository name | `hammer` |" in (story.pulls("hammer")[0].issue.body or "")


async def test_a_persons_commit_on_our_branch_is_never_overwritten(tell: Telling) -> None:
    async with tell() as story:
        story.package("anvil")
        await story.install()
        story.push("anvil", {WORKFLOW: "name: mine\n"}, branch=TRUSTED_PUBLISHING_BRANCH)
        story.github.rename_repository(f"{ORGANISATION}/anvil", "hammer")  # what we would write changes
        await story.calm()
        assert story.github.read(f"{ORGANISATION}/hammer", WORKFLOW, ref=TRUSTED_PUBLISHING_BRANCH) == b"name: mine\n"
        assert states(story, "hammer") == ["open draft"]


async def test_a_pause_stops_writing_and_a_resume_lets_it_go_on(tell: Telling) -> None:
    async with tell() as story:
        story.package("anvil")
        pauses = story.stage.pauses
        pauses.pause(ORGANISATION, 1.0)
        await story.install()
        assert story.pulls("anvil") == []
        assert "paused by an operator" in story.outcome("anvil")
        before = len(story.github.recorder.exchanges)
        await story.hurry()
        assert len(story.github.recorder.exchanges) == before, "looking again costs no request"
        pauses.resume(ORGANISATION)
        await story.hurry()
        assert states(story, "anvil") == ["open draft"]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"pubflow_mode": "observe"}, "would open"),
        ({"allowed_accounts": "somebody-else"}, ""),
    ],
)
async def test_a_site_that_may_not_write_does_not(tell: Telling, settings: dict[str, object], said: str) -> None:
    async with tell(**settings) as story:
        story.package("anvil")
        await story.install()
        assert story.pulls("anvil") == []
        assert said in story.outcome("anvil")


async def test_everybody_is_served_where_everybody_is_allowed(tell: Telling) -> None:
    async with tell(allowed_accounts="*") as story:
        story.package("anvil")
        await story.install()
        assert states(story, "anvil") == ["open draft"]


async def test_an_account_gets_so_many_an_hour_and_the_rest_waits(tell: Telling) -> None:
    async with tell(pulls_per_hour=3) as story:
        names = [f"anvil-{number}" for number in range(5)]
        for name in names:
            story.package(name)
        await story.install()
        assert sum(len(story.pulls(name)) for name in names) == 3
        before = len(story.github.recorder.exchanges)
        await story.hurry()
        assert sum(len(story.pulls(name)) for name in names) == 3
        assert len(story.github.recorder.exchanges) == before, "waiting costs no request"


async def test_an_account_that_sends_three_back_gets_no_more_until_an_operator_says_so(tell: Telling) -> None:
    async with tell() as story:
        for number in range(3):
            story.package(f"anvil-{number}")
        await story.install()
        for number in range(3):
            story.github.close_pull(f"{ORGANISATION}/anvil-{number}", 1)
        await story.calm()
        story.package("one-more")
        await story.calm()
        assert story.pulls("one-more") == []
        assert "closed without a merge" in story.outcome("one-more")
        assert story.stage.ledger.release_hold(ORGANISATION, 4e9)
        await story.hurry()
        assert states(story, "one-more") == ["open draft"]


async def test_a_missing_workflows_permission_is_said_in_words_and_mended_by_granting_it(tell: Telling) -> None:
    async with tell() as story:
        story.package("anvil")
        wanted = dict(story.stage.credentials.app.permissions)
        installation = await story.install(permissions={k: v for k, v in wanted.items() if k != "workflows"})
        assert story.pulls("anvil") == []
        assert "workflows" in story.outcome("anvil").lower()
        story.github.accept_permissions(installation, wanted)
        await story.calm()
        assert states(story, "anvil") == ["open draft"]


async def test_branches_that_a_ruleset_forbids_are_left_alone(tell: Telling) -> None:
    async with tell() as story:
        story.package("anvil")
        story.github.add_rule(f"{ORGANISATION}/anvil", BranchRule(kind="creation", pattern="pubflow/*"))
        await story.install()
        assert story.pulls("anvil") == []
        assert "rule" in story.outcome("anvil").lower()


async def test_uninstalling_ends_everything_quietly_and_forgets(tell: Telling) -> None:
    async with tell() as story:
        story.package("anvil")
        installation = await story.install()
        story.github.uninstall(installation)
        story.push("anvil", {"pyproject.toml": "changed"})
        await story.calm()
        assert story.stage.repositories.listed() == []
        assert await story.queue.jobs() == []


async def test_a_suspended_installation_ends_its_jobs_and_comes_back(tell: Telling) -> None:
    async with tell() as story:
        installation = await story.install()
        story.github.suspend(installation)
        story.package("anvil")
        await story.calm()
        assert await story.queue.jobs() == []
        assert story.pulls("anvil") == []
        story.github.unsuspend(installation)
        await story.calm()
        assert states(story, "anvil") == ["open draft"]


async def test_a_suspension_told_late_forgets_nothing(tell: Telling) -> None:
    """Deliveries come in any order, and a job may have waited."""
    async with tell() as story:
        story.package("anvil")
        installation = await story.install()
        await story.queue.submit(forget(installation.id, None, "the App was suspended"))
        await story.calm()
        assert [seen.full_name for seen in story.stage.repositories.listed()] == [f"{ORGANISATION}/anvil"]
        assert states(story, "anvil") == ["open draft"]


async def test_repositories_given_and_taken_away(tell: Telling) -> None:
    async with tell() as story:
        story.package("anvil")
        story.package("bellows")
        installation = await story.install(repositories=["anvil"])
        assert story.pulls("bellows") == []
        story.github.add_repositories(installation, ["bellows"])
        story.github.remove_repositories(installation, ["anvil"])
        await story.calm()
        assert states(story, "bellows") == ["open draft"]
        assert [seen.full_name for seen in story.stage.repositories.listed()] == [f"{ORGANISATION}/bellows"]


async def test_a_private_package_is_published_only_where_its_maintainers_ask(tell: Telling) -> None:
    async with tell() as story:
        story.package("anvil", visibility="private")
        await story.install()
        assert story.pulls("anvil") == []
        story.push("anvil", {".github/pubflow.yml": "add: true\n"})
        await story.calm()
        (pull,) = story.pulls("anvil")
        assert pull.issue.title.startswith("Register first: ")
        assert not pull.draft


async def test_a_repository_that_becomes_public_is_greeted(tell: Telling) -> None:
    async with tell() as story:
        story.package("anvil", visibility="private")
        await story.install()
        story.github.publicize_repository(f"{ORGANISATION}/anvil")
        await story.calm()
        assert states(story, "anvil") == ["open draft"]


@pytest.mark.parametrize(
    ("configuration", "said"),
    [
        ("enabled: false\n", "switched off"),
        ("enabled: no way\n", "cannot be understood"),
        ("enabled: [\n", "cannot be understood"),
    ],
)
async def test_a_configuration_that_says_no_or_is_broken_means_no(tell: Telling, configuration: str, said: str) -> None:
    async with tell() as story:
        story.package("anvil", {".github/pubflow.yml": configuration})
        await story.install()
        assert story.pulls("anvil") == []
        assert said in story.outcome("anvil")


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"fork": True}, "a fork"),
        ({"template": True}, "a template"),
        ({"archived": True}, "archived"),
    ],
)
async def test_a_repository_that_is_nobodys_source_is_skipped(tell: Telling, how: dict[str, bool], said: str) -> None:
    async with tell() as story:
        story.package("anvil", None, **how)
        await story.install()
        assert story.pulls("anvil") == []
        assert said in story.outcome("anvil")


async def test_an_empty_repository_is_skipped_until_something_is_pushed(tell: Telling) -> None:
    async with tell() as story:
        story.github.create_repository(f"{ORGANISATION}/anvil")
        await story.install()
        assert "empty" in story.outcome("anvil")
        story.push(
            "anvil",
            {"pyproject.toml": '[build-system]\nbuild-backend = "flit_core.buildapi"\n[project]\nname = "anvil"\n'},
        )
        await story.calm()
        assert states(story, "anvil") == ["open draft"]


@pytest.mark.parametrize(("owner", "count"), [("somebody-else", 0), (ORGANISATION, 1)])
async def test_a_name_on_pypi_must_link_to_this_repository(tell: Telling, owner: str, count: int) -> None:
    async with tell() as story:
        url = f"{story.github.web_url}/{owner}/anvil"
        story.stage.pypi.add(IndexedProject(name="anvil", urls={"Source": url}))
        story.package("anvil")
        await story.install()
        assert len(story.pulls("anvil")) == count


async def test_without_pypi_nothing_is_proposed_and_nothing_fails(tell: Telling) -> None:
    async with tell(pypi_url="http://127.0.0.1:9") as story:
        story.package("anvil")
        await story.install()
        assert story.pulls("anvil") == []
        assert "PyPI could not be asked" in story.outcome("anvil")
        assert await story.queue.jobs() == []


async def test_on_enterprise_server_the_reason_is_said_and_nothing_is_proposed(tell: Telling) -> None:
    async with tell(LocalGitHub(enterprise="3.19.0")) as story:
        story.package("anvil")
        await story.install()
        assert story.pulls("anvil") == []
        assert "github.com alone" in story.outcome("anvil")


PINNED = """\
on: release
jobs:
  publish:
    runs-on: ubuntu-latest
    permissions: {id-token: write}
    steps:
      - uses: actions/checkout@v7
      - run: pipx run build
      - uses: pypa/gh-action-pypi-publish@v1.14.2
"""


async def test_what_may_not_be_used_is_not_brought_in(tell: Telling) -> None:
    async with tell() as story:
        app = story.stage.credentials.app
        app.permissions = {**app.permissions, "administration": "read"}
        for name in ("anvil", "tongs"):
            story.package(name, {PUBLISHING: PINNED} if name == "tongs" else None)
            found = story.github.repository(f"{ORGANISATION}/{name}")
            found.actions = ActionsSettings(allowed="selected", github_owned=True, commits=True)
        installation = await story.install()
        assert story.pulls("anvil") == []
        assert "do not allow `pypa/gh-action-pypi-publish@" in story.outcome("anvil")

        # Every action has to be at a commit, so what is at a tag does not start: that is mended first.
        [pull] = story.pulls("tongs")
        assert pull.head == ACTIONS_BRANCH
        assert "refuse what is not at the id of a commit" in (pull.issue.body or "")

        # Once the permission is taken back nobody knows, and what is proposed is what always was.
        installation.permissions = {name: one for name, one in app.permissions.items() if name != "administration"}
        story.push("anvil", {"pyproject.toml": PACKAGE.format(name="anvil") + "\n"})
        await story.calm()
        assert states(story, "anvil") == ["open draft"]
