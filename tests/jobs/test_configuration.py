"""Stories of `.github/pubflow.yml`: an organisation's, a repository's, a broken one."""

from __future__ import annotations

from bot.config import PATH
from bot.demo.github.state import CheckRun
from bot.demo.samples import ORGANISATION
from bot.store.configurations import Configurations
from bot.store.tables import shared_files
from tests.jobs.conftest import Story, Telling

OTHER = {"README.md": "# \n"}


def checks(story: Story, name: str) -> list[CheckRun]:
    return list(story.github.repository(f"{ORGANISATION}/{name}").check_runs.values())


def labels(story: Story, name: str) -> list[set[str]]:
    return [{label.name for label in pull.issue.labels} for pull in story.pulls(name)]


def age(story: Story) -> None:
    """What was read of the account's file was read long ago."""
    with story.stage.engine.begin() as connection:
        connection.execute(shared_files.update().values(read_at=0.0))


def organise(story: Story, text: str) -> None:
    """The organisation's own configuration, in a repository that holds nothing else."""
    story.github.create_repository(f"{ORGANISATION}/.github", OTHER | {PATH: text}, visibility="private")


async def test_the_organisation_s_file_counts_and_the_repository_s_is_laid_over_it(tell: Telling) -> None:
    async with tell() as story:
        organise(story, "labels: [packaging]\nadd: false\n")
        story.package("anvil")
        story.package("bolt", {PATH: "add: true\n"})
        await story.install()
        assert story.pulls("anvil") == []
        assert labels(story, "bolt") == [{"pubflow", "packaging"}]


async def test_a_push_to_the_organisation_s_file_is_heard_at_once(tell: Telling) -> None:
    async with tell() as story:
        organise(story, "enabled: false\n")
        story.package("anvil")
        await story.install()
        assert story.pulls("anvil") == []
        story.push(".github", {PATH: "enabled: true\nlabels: [ci]\n"})
        await story.calm()
        assert labels(story, "anvil") == [{"pubflow", "ci"}]


async def test_a_change_of_which_no_delivery_told_is_found_by_the_next_scan(tell: Telling) -> None:
    async with tell() as story:
        organise(story, "labels: [ci]\n")
        story.package("anvil")
        await story.install()
        story.github.set_hook(story.stage.credentials.app, None)
        story.push(".github", {PATH: "enabled: false\n"})
        story.github.set_hook(story.stage.credentials.app, f"{story.stage.bot_url}/webhook")
        age(story)
        story.package("bolt")
        await story.calm()
        assert story.pulls("bolt") == []
        assert [pull.issue.open for pull in story.pulls("anvil")] == [False]


async def test_a_private_organisation_file_that_the_app_does_not_cover_is_as_if_it_were_not_there(
    tell: Telling,
) -> None:
    async with tell() as story:
        organise(story, "enabled: false\n")
        story.package("anvil")
        await story.install(repositories=["anvil"])
        assert len(story.pulls("anvil")) == 1


BROKEN = "add: true\nlables: [ci]\n"


async def test_a_broken_file_is_a_check_on_the_commit_that_broke_it_and_stops_nothing_else(tell: Telling) -> None:
    async with tell() as story:
        story.package("anvil", {PATH: "labels: [ci]\n"})
        story.package("bolt")
        await story.install()
        story.push("anvil", {PATH: BROKEN})
        broke = story.github.repository(f"{ORGANISATION}/anvil").head
        story.push("anvil", {".github/dependabot.yml": "version: 2\n"})
        await story.calm()
        [check] = checks(story, "anvil")
        assert (check.name, check.conclusion, check.head_oid) == ("pubflow", "failure", broke)
        [remark] = check.annotations
        assert (remark["path"], remark["start_line"], remark["start_column"]) == (PATH, 2, 1)
        assert remark["message"] == "there is no setting `lables`; did you mean `labels`?"
        assert labels(story, "anvil") == [{"pubflow", "ci"}]
        assert [pull.issue.open for pull in story.pulls("anvil")] == [True]
        assert len(story.pulls("bolt")) == 1


async def test_the_check_is_made_once_and_says_when_the_file_is_mended(tell: Telling) -> None:
    async with tell() as story:
        story.package("anvil", {PATH: BROKEN})
        await story.install()
        assert story.pulls("anvil") == []
        await story.redeliver_everything()
        story.push("anvil", {".github/dependabot.yml": "version: 2\n"})
        await story.calm()
        assert [check.conclusion for check in checks(story, "anvil")] == ["failure"]
        story.push("anvil", {PATH: "labels: [ci]\n"})
        await story.calm()
        assert [check.conclusion for check in checks(story, "anvil")] == ["failure", "success"]
        assert labels(story, "anvil") == [{"pubflow", "ci"}]


async def test_a_configuration_on_a_branch_is_checked_before_it_counts(tell: Telling) -> None:
    async with tell() as story:
        story.package("anvil", {PATH: "labels: [ci]\n"})
        await story.install()
        story.push("anvil", {PATH: BROKEN}, branch="try")
        await story.calm()
        await story.redeliver_everything()
        [check] = checks(story, "anvil")
        broke = story.github.repository(f"{ORGANISATION}/anvil").branch("try")
        assert (check.conclusion, check.head_oid) == ("failure", broke)
        assert check.summary is not None
        assert "mend it before merging" in check.summary
        story.push("anvil", {PATH: "labels: [ci, more]\n"}, branch="try")
        await story.calm()
        assert [one.conclusion for one in checks(story, "anvil")] == ["failure", "success"]
        assert "stands already" in story.outcome("anvil") or "opened" in story.outcome("anvil")


async def test_a_setting_that_has_no_effect_in_a_repository_is_a_neutral_check(tell: Telling) -> None:
    async with tell() as story:
        story.package("anvil", {PATH: "limits: {pulls_per_hour: 99}\n"})
        await story.install()
        assert [check.conclusion for check in checks(story, "anvil")] == ["neutral"]
        assert len(story.pulls("anvil")) == 1


async def test_a_broken_file_of_the_organisation_leaves_the_last_one_in_force(tell: Telling) -> None:
    async with tell() as story:
        organise(story, "labels: [ci]\n")
        await story.install()
        story.push(".github", {PATH: BROKEN})
        await story.calm()
        story.package("anvil")
        await story.calm()
        assert labels(story, "anvil") == [{"pubflow", "ci"}]
        assert [check.conclusion for check in checks(story, ".github")] == ["failure"]
        assert checks(story, "anvil") == []


async def test_an_archived_organisation_file_still_counts_and_gets_no_check(tell: Telling) -> None:
    async with tell() as story:
        organise(story, BROKEN)
        await story.install()
        story.push(".github", {PATH: "labels: [ci]\n"})
        await story.calm()
        before = len(checks(story, ".github"))
        story.github.archive_repository(f"{ORGANISATION}/.github")
        await story.calm()
        story.package("anvil")
        await story.calm()
        assert labels(story, "anvil") == [{"pubflow", "ci"}]
        assert len(checks(story, ".github")) == before


async def test_without_the_permission_everything_else_goes_on(tell: Telling) -> None:
    async with tell() as story:
        story.package("anvil", {PATH: BROKEN})
        story.package("bolt")
        app = story.stage.credentials.app
        await story.install(permissions={name: level for name, level in app.permissions.items() if name != "checks"})
        assert checks(story, "anvil") == []
        assert "cannot be understood" in story.outcome("anvil")
        assert len(story.pulls("bolt")) == 1


async def test_what_was_kept_is_forgotten_with_the_installation(tell: Telling) -> None:
    async with tell() as story:
        organise(story, "labels: [ci]\n")
        story.package("anvil", {PATH: "labels: [ci]\n"})
        installed = await story.install()
        kept = Configurations(story.stage.engine)
        assert kept.shared(ORGANISATION) is not None
        story.github.uninstall(installed)
        await story.calm()
        assert kept.shared(ORGANISATION) is None
