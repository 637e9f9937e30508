"""`refusing to allow a GitHub App to create or update workflow`: cryptic, and seen by nobody who could mend it."""

from __future__ import annotations

from bot.demo.github import BranchRule
from bot.demo.samples import ORGANISATION
from bot.hindrance import RULE
from bot.model import InstallationId
from bot.store.overview import Overview
from tests.jobs.conftest import Story, Telling
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
        assert hindered(story) == {"pubflow lacks the permission 'workflows: write'": (ANVIL,)}, "for admins, once"
        story.github.accept_permissions(installation, wanted)
        await story.calm()
        assert states(story, "anvil") == ["open draft"]
        assert hindered(story) == {}


def hindered(story: Story) -> dict[str, tuple[str, ...]]:
    """What the dashboard and the doctor say: the first sentence of each reason, and where it is so."""
    [installation] = story.github.site.world.installations.values()
    seen = frozenset(one.repo_id for one in story.stage.repositories.listed())
    shown = Overview(story.stage.engine).hindered(InstallationId(installation.id), seen)
    assert shown == story.stage.repositories.hindered()
    return {reason.partition(".")[0]: names for reason, names in shown.items()}


async def test_a_rule_that_forbids_the_branch_is_said_to_admins_where_no_pull_request_could_be_opened(
    tell: Telling,
) -> None:
    async with tell() as story:
        for name in ("anvil", "bolt"):
            story.package(name)
            story.github.add_rule(f"{ORGANISATION}/{name}", BranchRule(kind="creation", pattern="pubflow/*"))
        await story.install()
        [(reason, names)] = hindered(story).items()
        assert reason.startswith(f"{RULE} (Settings, Rules): Repository rule violations found")
        assert names == (ANVIL, f"{ORGANISATION}/bolt"), "one sentence for both"
        for name in ("anvil", "bolt"):
            story.github.repository(f"{ORGANISATION}/{name}").rules.clear()
            issue = story.github.open_issue(f"{ORGANISATION}/{name}", "Now?")
            await story.say(name, "/pubflow update", number=issue.number)
        assert hindered(story) == {}


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
