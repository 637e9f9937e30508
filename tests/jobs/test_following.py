"""From a token to nothing left to do, over the local GitHub and a local index, the bot restarted between two steps."""

from __future__ import annotations

from dataclasses import replace

from bot import features
from bot.demo.github import LocalGitHub
from bot.demo.github.machines import Ended
from bot.demo.github.state import Issue
from bot.demo.pypi import GitHubPublisher, IndexedProject
from bot.demo.release import Release, release
from bot.demo.samples import ORGANISATION
from bot.demo.stage import PERSON
from bot.jobs import follow_all
from bot.model import TRUSTED_PUBLISHING_BRANCH, RepoId
from bot.rollout import State
from bot.store.rollouts import Rollout
from tests.jobs.conftest import Story, Telling

WORKFLOW = ".github/workflows/release.yml"
ANVIL = f"{ORGANISATION}/anvil"
TOKEN = """\
on:
  release:
    types: [published]
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
UNHURRIED = {"pulls_per_hour": 500, "writes_per_minute": 10_000, "writes_per_hour": 10_000}
"""For many repositories in one story: how fast things may be written is not what it tells of."""
MOVED = Release(repository=ANVIL, project="anvil", version="1.1", workflow=WORKFLOW, environment="pypi")
PUBLISHER = GitHubPublisher(repository=ANVIL, workflow="release.yml", environment="pypi")


def anvil(story: Story, name: str = "anvil") -> str:
    """A package on the index that is published with a stored token; the token."""
    story.stage.pypi.add(IndexedProject(name=name, owners=("ana",)))
    story.package(name, {WORKFLOW: TOKEN})
    story.github.store_secret(full(name), "PYPI_TOKEN")
    return story.stage.pypi.api_token(name)


def full(name: str) -> str:
    return f"{ORGANISATION}/{name}"


def moved(name: str, **changes: object) -> Release:
    """A release as the moved workflow makes it."""
    return replace(MOVED, repository=full(name), project=name, **changes)  # type: ignore[arg-type]


async def publish(story: Story, name: str, **changes: object) -> None:
    """Register the publisher, merge the move, release."""
    publisher = replace(PUBLISHER, repository=full(name))
    story.stage.pypi.register(name, publisher)
    story.github.merge_pull(full(name), 1, by=PERSON)
    await release(story.github, story.stage.pypi, moved(name, **changes), by=PERSON)
    await story.calm()


def known(story: Story, name: str = "anvil") -> Rollout:
    [one] = story.stage.rollouts.of(RepoId(story.github.repository(full(name)).id))
    return one


def state(story: Story, name: str = "anvil") -> State:
    return known(story, name).state


def issues(story: Story, name: str = "anvil") -> list[Issue]:
    """Those that are no pull requests."""
    found = story.github.repository(full(name))
    return [issue for number, issue in found.issues.items() if number not in found.pulls]


async def look(story: Story) -> None:
    """What happens every day."""
    await story.queue.submit([follow_all.all_job()])
    await story.calm()


async def test_from_a_token_to_nothing_left_to_do(tell: Telling) -> None:
    async with tell() as story:
        token = anvil(story)
        await release(story.github, story.stage.pypi, moved("anvil", version="1.0", token=token), by=PERSON)
        await story.install()
        assert state(story) is State.PROPOSED
        (pull,) = story.pulls("anvil")
        assert "belongs on PyPI to `ana`" in (pull.issue.body or "")
        assert "<!-- pubflow:replaced PYPI_TOKEN -->" in (pull.issue.body or "")
        assert "`pypi` does not exist: GitHub would create it unprotected at" in (pull.issue.body or "")
        assert "then delete `PYPI_TOKEN` in [Settings → Secrets]" in (pull.issue.body or "")
        await story.stage.restart()

        story.stage.pypi.register("anvil", replace(PUBLISHER, environment=""))
        story.github.merge_pull(ANVIL, pull.number, by=PERSON)
        await story.calm()
        assert state(story) is State.MERGED
        assert issues(story) == []
        await story.stage.restart()

        await release(story.github, story.stage.pypi, MOVED, by=PERSON)
        await story.calm()
        assert state(story) is State.TOKEN_TO_BE_REVOKED
        (issue,) = issues(story)
        assert issue.title == "Trusted Publishing works: revoke the old token, then delete its secret"
        assert "a publisher that takes any environment" in (issue.body or "")
        assert known(story).facts["publisher"] == "takes any environment; bind it to this one on the index"
        assert known(story).facts["unprotected-environment"] == [
            "the environment `pypi` does not exist: GitHub would create it unprotected at the next release"
        ]
        await story.stage.restart()

        story.stage.pypi.revoke(token)
        ticked = (issue.body or "").replace("- [ ] <!-- pubflow:revoked", "- [x] <!-- pubflow:revoked")
        story.github.edit_issue(ANVIL, issue.number, ticked, by=PERSON)
        await story.calm()
        assert state(story) is State.SECRET_TO_BE_DELETED
        await story.stage.restart()

        repo_id = RepoId(story.github.repository(ANVIL).id)
        story.stage.rollouts.record(repo_id, [], 0.0)  # the database is lost
        story.push("anvil", {".github/dependabot.yml": "version: 2\n"})
        await story.calm()
        assert state(story) is State.SECRET_TO_BE_DELETED

        story.github.delete_secret(ANVIL, "PYPI_TOKEN")
        await look(story)
        assert (state(story), issue.open) == (State.DONE, False)
        said = "The secrets are gone, so nothing is left to do here."
        assert [comment.body.partition("\n")[0] for comment in issue.comments] == [said]

        await look(story)
        await story.redeliver_everything()
        assert (state(story), len(issues(story)), len(issue.comments)) == (State.DONE, 1, 1)


async def test_proof_secrets_and_answers(tell: Telling) -> None:
    async with tell(**UNHURRIED) as story:
        names = ("green", "old", "closed", "branch", "hidden", "paused", "keeps", "off")
        tokens = {name: anvil(story, name) for name in names}
        story.push("branch", {"notes": "x"}, branch="1.x")
        story.github.store_secret(full("hidden"), "OLD_PYPI_PASSWORD")
        story.github.store_secret(full("hidden"), "PYPI_TOKEN", store="dependabot")
        story.github.store_organization_secret(ORGANISATION, "TWINE_PASSWORD", ["hidden"])
        story.github.store_organization_secret(ORGANISATION, "UV_PUBLISH_TOKEN", ["hidden", "closed"])
        story.github.store_organization_secret(ORGANISATION, "PYPI_TOKEN", ["hidden", "branch"])
        story.github.store_organization_secret(ORGANISATION, "PYPI_KEY")
        await story.install()

        # A green run whose files appeared is proof too, where no attestations are made.
        await publish(story, "green", attest=False)
        assert state(story, "green") is State.TOKEN_TO_BE_REVOKED

        # A release at a tag that has the old workflow is none.
        await release(story.github, story.stage.pypi, moved("old", token=tokens["old"]), by=PERSON)
        story.github.merge_pull(full("old"), 1, by=PERSON)
        await story.calm()
        assert (state(story, "old"), issues(story, "old")) == (State.MERGED, [])

        # A person closes the issue, and that is that.
        await publish(story, "closed")
        (issue,) = issues(story, "closed")
        story.github.close_issue(full("closed"), issue.number, by=PERSON)
        await story.calm()
        assert (state(story, "closed"), issues(story, "closed")) == (State.DONE, [issue])
        assert (issue.open, issue.comments) == (False, [])

        # A release branch that still uses the secret keeps it, and the pull request says so.
        body = story.pulls("branch")[0].issue.body or ""
        assert f"`PYPI_TOKEN` must stay for now: `{WORKFLOW}` on `1.x` refers to it." in body
        await publish(story, "branch")
        in_use = f"repository PYPI_TOKEN: in use (`{WORKFLOW}` on `1.x` refers to it)"
        assert in_use in known(story, "branch").facts["secrets"]
        assert (state(story, "branch"), issues(story, "branch")) == (State.DONE, [])

        # Names that no workflow shows, and those of other stores, are for the dashboard alone.
        await publish(story, "hidden")
        (issue,) = issues(story, "hidden")
        assert not {"OLD_PYPI_PASSWORD", "TWINE_PASSWORD"} & set((issue.body or "").replace("`", " ").split())
        facts = known(story, "hidden").facts
        assert [said.partition(":")[0] for said in facts["orphan-secret"]] == [
            "the repository secret `OLD_PYPI_PASSWORD`",
            "the organisation secret `TWINE_PASSWORD`",
            "the organisation secret `UV_PUBLISH_TOKEN`",
        ]
        assert facts["secrets"] == [
            "organisation PYPI_TOKEN: in use (other repositories use it; this one could be taken off its list)",
            "organisation PYPI_KEY: unknown (whether other repositories use it was not checked)",
        ]
        assert "the Dependabot secret `PYPI_TOKEN`" in " ".join(facts["obsolete-secret"])

        # Who keeps the secret, or switches pubflow off, is not asked.
        for name, said in (("keeps", "secrets:\n  keep: [PYPI_TOKEN]\n"), ("off", "enabled: false\n")):
            story.push(name, {".github/pubflow.yml": said})
            await publish(story, name)
            assert issues(story, name) == []
        assert state(story, "keeps") is State.DONE
        assert state(story, "off") is State.PROVEN

        # A paused repository hears nothing, and goes on later.
        story.stage.pauses.pause(full("paused"), 0.0)
        await publish(story, "paused")
        assert (state(story, "paused"), issues(story, "paused")) == (State.PROVEN, [])
        story.stage.pauses.resume(full("paused"))
        await look(story)
        assert state(story, "paused") is State.TOKEN_TO_BE_REVOKED


LESS = {name: level for name, level in features.permissions().items() if "secrets" not in name}
NEEDED = {name for feature in features.ASKED if not feature.optional for name in feature.permissions}
LEAST = {name: level for name, level in features.permissions().items() if name in NEEDED} | {"issues": "read"}


async def test_what_may_not_be_listed_is_not_called_clean(tell: Telling) -> None:
    async with tell() as story:
        anvil(story)
        installation = await story.install(permissions=LESS)
        await publish(story, "anvil")
        story.github.delete_secret(ANVIL, "PYPI_TOKEN")
        await look(story)
        assert state(story) is State.TOKEN_TO_BE_REVOKED
        (issue,) = issues(story)
        assert "pubflow may not list the secrets of this repository" in (issue.body or "")

        # With the least permissions the way is followed in silence.
        installation.permissions = LEAST
        anvil(story, "least")
        await story.calm()
        body = story.pulls("least")[0].issue.body or ""
        assert "What is lacking was not checked: pubflow may not see environments here." in body
        await publish(story, "least")
        assert (state(story, "least"), issues(story, "least")) == (State.PROVEN, [])


async def test_a_failed_release_is_explained_once(tell: Telling) -> None:
    async with tell() as story:
        anvil(story)
        await story.install()
        story.stage.pypi.register("anvil", replace(PUBLISHER, environment="release"))
        story.github.merge_pull(ANVIL, 1, by=PERSON)
        await story.calm()
        await release(story.github, story.stage.pypi, MOVED, by=PERSON)
        await story.calm()
        await release(story.github, story.stage.pypi, moved("anvil", version="1.2"), by=PERSON)
        await story.redeliver_everything()
        [said] = [
            one.body for one in story.pulls("anvil")[0].issue.comments if "The index knows no publisher" in one.body
        ]
        assert "environment `pypi`" in said
        assert "provider=github&owner=forge-samples&repository=anvil&workflow_filename=release.yml" in said
        assert (state(story), issues(story)) == (State.MERGED, [])

        # What is not understood, and what does not publish, is left alone.
        unknown = Ended(name="publish", conclusion="failure", log="tests failed\n")
        story.github.finish_run(ANVIL, WORKFLOW, jobs=[unknown])
        story.github.finish_run(ANVIL, ".github/workflows/other.yml", jobs=[replace(unknown, log="exec format error")])
        await story.calm()
        assert issues(story) == []

        # Long after, it is an issue.
        story.stage.pypi.register("anvil", PUBLISHER)
        await release(story.github, story.stage.pypi, moved("anvil", version="1.3"), by=PERSON)
        story.github.delete_secret(ANVIL, "PYPI_TOKEN")
        await story.calm()
        await look(story)
        assert state(story) is State.DONE
        never_began = Ended(
            name="publish",
            conclusion="failure",
            log=None,
            annotations=('Tag "v2" is not allowed to deploy to pypi due to environment protection rules.',),
        )
        story.github.finish_run(ANVIL, WORKFLOW, jobs=[never_began])
        await story.calm()
        [said] = [issue.body or "" for issue in issues(story) if issue.title == "A release failed: release.yml"]
        assert "type tag" in said
        assert "`v2`" in said

        # A run that failed at its start has no jobs: the file says why, or nobody does.
        story.github.finish_run(ANVIL, WORKFLOW, jobs=(), conclusion="startup_failure")
        story.push("anvil", {WORKFLOW: "on: release\njobs:\n\tpublish: {}\n"})
        await story.calm()
        for end in ("startup_failure", "action_required"):
            story.github.finish_run(ANVIL, WORKFLOW, jobs=(), conclusion=end)
        await story.redeliver_everything()
        said, *others = [
            issue.body or "" for issue in issues(story)[::-1] if issue.title.startswith("A release failed")
        ]
        assert len(others) == 1
        assert "The workflow's file cannot be understood, so none of its jobs began" in said


async def test_who_changes_the_publishers_identity_is_told(tell: Telling) -> None:
    async with tell() as story:
        anvil(story)
        story.package("spoon")
        await story.install()
        story.github.merge_pull(ANVIL, 1, by=PERSON)
        await story.calm()
        text = story.github.read(ANVIL, WORKFLOW).decode()
        changes: dict[str, dict[str, str | None]] = {
            "rename": {WORKFLOW: None, ".github/workflows/publish.yml": text},
            "words": {"README.md": "x"},
            "comment": {WORKFLOW: f"{text}# a comment\n"},
        }
        for branch, files in changes.items():
            story.push("anvil", files, branch=branch, by=PERSON)
            story.github.open_pull(ANVIL, head=branch, title=branch, by=PERSON)
        await story.calm()

        # And a new name of the repository must be registered.
        story.github.rename_repository(ANVIL, "hammer", by=PERSON)
        story.github.rename_repository(full("spoon"), "fork", by=PERSON)
        await story.redeliver_everything()
        runs = story.github.repository(full("hammer")).check_runs.values()
        told = {run.title: run for run in runs if run.external_id and "publisher" in run.external_id}
        assert {title: run.conclusion for title, run in told.items()} == {
            "The index would not recognise what is published": "action_required",
            "The publisher's identity stays as it is": "success",
        }
        broken = told["The index would not recognise what is published"]
        assert "workflow_filename=publish.yml" in (broken.summary or "")
        (issue,) = issues(story, "hammer")
        assert issue.title == "Register the publisher under this repository's new name"
        assert "repository=hammer" in (issue.body or "")
        assert issues(story, "fork") == []  # nothing publishes it


async def test_before_a_merge(tell: Telling) -> None:
    async with tell() as story:
        # The publisher is registered, and files came through it: nobody has to say so.
        anvil(story)
        story.stage.pypi.register("anvil", PUBLISHER)
        await release(story.github, story.stage.pypi, moved("anvil", version="0.9"), by=PERSON)
        # The newest files come from another repository.
        anvil(story, "fork")
        upstream = f"{ORGANISATION}/upstream"
        story.package("upstream")
        story.stage.pypi.register("fork", replace(PUBLISHER, repository=upstream))
        theirs = replace(moved("fork", version="0.9"), repository=upstream)
        await release(story.github, story.stage.pypi, theirs, by=PERSON)
        # Where there are no drafts, a check says what comes first.
        anvil(story, "hidden")
        story.github.privatize_repository(full("hidden"), by=PERSON)
        await story.install()
        story.push("anvil", {".github/dependabot.yml": "version: 2\n"})
        (private,) = story.pulls("hidden")
        assert (private.draft, private.issue.title.partition(":")[0]) == (False, "Register first")
        [first] = story.github.repository(full("hidden")).check_runs.values()
        assert (first.conclusion, first.head_oid) == ("action_required", private.head_oid)
        story.github.comment(full("hidden"), 1, "/pubflow confirm", by=PERSON)
        await story.calm()
        (pull,) = story.pulls("anvil")
        assert (pull.draft, state(story)) == (False, State.REGISTERED)
        assert TRUSTED_PUBLISHING_BRANCH not in {other.head for other in story.pulls("fork")}
        [run] = story.github.repository(full("hidden")).check_runs.values()
        assert (run.conclusion, state(story, "hidden")) == ("success", State.REGISTERED)


async def test_an_index_that_is_down_moves_nothing(tell: Telling) -> None:
    async with tell(LocalGitHub(), pypi_url="http://127.0.0.1:9") as story:
        story.package("anvil", {WORKFLOW: TOKEN})
        await story.install()
        story.github.merge_pull(ANVIL, 1, by=PERSON)
        await story.calm()
        assert state(story) is State.MERGED
