"""What is looked at beside the default branch: each look has its permission; what is not granted is not known."""

from __future__ import annotations

import pytest

from bot.demo.github.machines import Ended
from bot.demo.github.state import ActionsSettings
from bot.environments import Environment, Policy, Reviewer
from bot.errors import Forbidden, Unavailable
from bot.github import Lens
from bot.github.access import Access, FixedToken
from bot.github.permitted import read_allowed
from bot.github.runs import read_log
from bot.model import AllowedActions, NodeId, RepoId, RepoRef, Sha
from bot.secrets import Secret, Store
from tests.github.scripted import LANE, SECRET, Make, Serve, said
from tests.github.stage import PERMISSIONS, WORKFLOW, Stage

REF = RepoRef(id=RepoId(1), node_id=NodeId("R_1"), owner="o", name="r")
LOOKING = {
    "actions": "read",
    "secrets": "read",
    "environments": "read",
    "dependabot_secrets": "read",
    "organization_secrets": "read",
    "checks": "read",
    "administration": "read",
}


@pytest.fixture
def looking(stage: Stage) -> Stage:
    """With every permission that a look needs."""
    stage.installed.permissions = PERMISSIONS | LOOKING
    stage.installed.app.permissions = PERMISSIONS | LOOKING
    return stage


def lens(stage: Stage) -> Lens:
    return stage.door.lens(stage.installation, stage.ref())


def furnish(stage: Stage) -> None:
    hub = stage.hub
    hub.store_secret("acme/tool", "PYPI_TOKEN")
    hub.store_secret("acme/tool", "PYPI_TOKEN", store="dependabot")
    hub.create_environment("acme/tool", "PyPI", reviewers=["alice"], policies={"v*": "tag", "main": "branch"})
    hub.store_secret("acme/tool", "PYPI_TOKEN", environment="PyPI")
    hub.store_organization_secret("acme", "OURS", ["tool"])
    hub.store_organization_secret("acme", "ALL")


async def test_every_store_of_secrets(looking: Stage) -> None:
    furnish(looking)
    found = await lens(looking).secrets(("pypi", "nowhere"))
    assert found.secrets == (
        Secret(name="PYPI_TOKEN", store=Store.REPOSITORY),
        Secret(name="OURS", store=Store.ORGANISATION),
        Secret(name="ALL", store=Store.ORGANISATION),
        Secret(name="PYPI_TOKEN", store=Store.DEPENDABOT),
        Secret(name="PYPI_TOKEN", store=Store.ENVIRONMENT, environment="pypi"),
    )
    assert found.checked == frozenset(Store)
    assert found.elsewhere == {"OURS": False}, "who may read the one for all is not listed"


@pytest.mark.parametrize(
    ("permission", "stores"),
    [
        ("secrets", {Store.DEPENDABOT, Store.ENVIRONMENT}),
        ("dependabot_secrets", {Store.REPOSITORY, Store.ORGANISATION, Store.ENVIRONMENT}),
        ("environments", {Store.REPOSITORY, Store.ORGANISATION, Store.DEPENDABOT}),
        ("organization_secrets", set(Store)),
    ],
)
async def test_a_store_that_is_not_granted_is_not_checked(looking: Stage, permission: str, stores: set[Store]) -> None:
    furnish(looking)
    del looking.installed.permissions[permission]
    found = await lens(looking).secrets(("pypi",))
    assert found.checked == stores
    assert {secret.store for secret in found.secrets} <= stores
    if permission == "organization_secrets":
        assert (found.readers, found.elsewhere) == ({}, {})


async def test_how_an_environment_is_protected(looking: Stage) -> None:
    furnish(looking)
    looking.hub.create_environment("acme/tool", "staging")
    [found] = await lens(looking).environments(frozenset({"pypi"}))
    alice = looking.hub.account("alice").id
    assert found == Environment(
        name="PyPI",
        reviewers=(Reviewer(type="User", id=alice),),
        policies=(Policy(pattern="v*", tag=True), Policy(pattern="main", tag=False)),
    )


async def test_environments_need_a_permission(looking: Stage) -> None:
    del looking.installed.permissions["actions"]
    with pytest.raises(Forbidden) as refused:
        await lens(looking).environments(frozenset())
    assert refused.value.permission == "actions"


async def test_what_ran_well_and_what_failed(looking: Stage) -> None:
    hub, door = looking.hub, lens(looking)
    assert await door.green_runs("publish.yml") == ()
    hub.finish_run("acme/tool", WORKFLOW, seconds=50)
    failed = hub.finish_run(
        "acme/tool", WORKFLOW, jobs=[Ended(name="build"), Ended(name="publish", conclusion="failure", log="no\n")]
    )
    [green] = await door.green_runs("publish.yml")
    assert (green.commit, green.ended - green.began) == (hub.repository("acme/tool").head, 50)
    [job] = await door.failed_jobs(failed.id, 1)
    assert job.name == "publish"
    log = bytearray()
    assert await door.log(job.id, log.extend)
    assert log == b"no\n"


async def test_a_log_is_read_without_our_token_and_bounded(looking: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.github.runs.LARGEST_LOG", 100_000)
    ended = Ended(name="publish", conclusion="failure", log="x" * 1_000_000)
    looking.hub.finish_run("acme/tool", WORKFLOW, jobs=[ended])
    [run] = looking.hub.repository("acme/tool").runs.values()
    log = bytearray()
    assert await lens(looking).log(run.jobs[0].id, log.extend)  # the storage refuses whoever shows a credential
    assert len(log) == 100_000


async def test_a_job_that_never_began(looking: Stage) -> None:
    ended = Ended(name="publish", conclusion="failure", log=None, annotations=("not allowed to deploy",))
    run = looking.hub.finish_run("acme/tool", WORKFLOW, jobs=[ended])
    door = lens(looking)
    assert not await door.log(run.jobs[0].id, bytearray().extend)
    assert await door.annotations(run.jobs[0].id) == ("not allowed to deploy",)


async def test_what_github_noted_needs_a_permission(looking: Stage) -> None:
    del looking.installed.permissions["checks"]
    assert await lens(looking).annotations(7) == ()


async def test_branches_and_files_at_another_commit(looking: Stage) -> None:
    hub, door = looking.hub, lens(looking)
    before = hub.repository("acme/tool").head
    oid = hub.push("acme/tool", {WORKFLOW: "on: release\n"}, branch="1.x")
    assert await door.branches() == {"main": before, "1.x": oid}
    facts = (await looking.read()).repo
    other = await door.at(facts, Sha(oid))
    assert (other.head, other.files[WORKFLOW], other.complete) == (oid, "on: release\n", True)
    assert await door.text(Sha(oid), WORKFLOW) == "on: release\n"
    assert await door.text(Sha(before or ""), WORKFLOW) is None


async def test_the_files_of_a_pull_request(looking: Stage) -> None:
    hub = looking.hub
    hub.push("acme/tool", {WORKFLOW: "on: release\n", "README.md": "x"}, branch="topic")
    number = hub.open_pull("acme/tool", head="topic", title="Change", by="alice").number
    assert await lens(looking).files_of(number) == {WORKFLOW, "README.md"}


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/log", "ftp://storage/log", "//[/log"])
async def test_a_log_that_is_nowhere(serve: Serve, client: Make, address: str) -> None:
    script = await serve(said(302, Location=address))
    access = Access(client(script), LANE, FixedToken(SECRET))
    with pytest.raises(Unavailable) as error:
        await read_log(access, REF, 7, bytearray().extend)
    assert "log" not in str(error.value).replace("/jobs/{job_id}/logs", "")


ALLOWED = [
    (ActionsSettings(), AllowedActions()),
    (ActionsSettings(commits=True), AllowedActions(commits=True)),
    (ActionsSettings(allowed="local_only"), AllowedActions(patterns=())),
    (
        ActionsSettings(allowed="selected", patterns=("docker/*", "!a/b@v1"), verified=True, commits=True),
        AllowedActions(patterns=("docker/*", "!a/b@v1"), verified=True, commits=True),
    ),
    (ActionsSettings(allowed="selected", github_owned=True), AllowedActions(patterns=(), github=True)),
]


@pytest.mark.parametrize(("settings", "allowed"), ALLOWED)
async def test_which_actions_may_be_used(looking: Stage, settings: ActionsSettings, allowed: AllowedActions) -> None:
    looking.hub.repository("acme/tool").actions = settings
    assert await lens(looking).allowed_actions() == allowed


async def test_that_is_asked_only_where_it_was_granted(looking: Stage) -> None:
    assert await looking.door.was_granted(looking.installation, "administration")
    assert not await looking.door.was_granted(looking.installation, "deployments")
    before = len(looking.hub.recorder.exchanges)
    assert await looking.door.was_granted(looking.installation, "administration")
    assert len(looking.hub.recorder.exchanges) == before, "what was granted is remembered"
    del looking.installed.permissions["administration"]
    with pytest.raises(Forbidden) as caught:
        await lens(looking).allowed_actions()
    assert caught.value.permission == "administration"


async def test_nobody_is_asked_what_was_granted_of_what_the_app_does_not_ask_for(stage: Stage) -> None:
    await stage.door.itself()
    before = len(stage.hub.recorder.exchanges)
    assert not await stage.door.was_granted(stage.installation, "administration")
    assert len(stage.hub.recorder.exchanges) == before


async def test_settings_that_change_while_they_are_read_are_not_known(serve: Serve, client: Make) -> None:
    first, second = said(200, {"enabled": True, "allowed_actions": "selected"}), said(409, {"message": "Conflict"})
    access = Access(client(await serve(first, second)), LANE, FixedToken(SECRET))
    assert await read_allowed(access, REF) == AllowedActions(patterns=(), verified=True)
