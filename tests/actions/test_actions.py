"""Which versions exist: asked of GitHub once, kept, and asked again for free."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
import sqlalchemy as sa

from bot import features, interest
from bot.actions import FRESH_SECONDS, WHOLE_SECONDS, Actions
from bot.bumping import Catalogue
from bot.demo.actions import add_actions
from bot.demo.github import LocalGitHub
from bot.github import AppCredentials, GitHub, Token, read_private_key
from bot.model import InstallationId
from bot.store import make_engine, migrate
from bot.store.actions import ActionBook
from tests.judges import Judge

DAY = 86400.0
START = 1_795_000_000.0
CHECKOUT = {"actions/checkout": frozenset({"@v4"})}


class Time:
    def __init__(self) -> None:
        self.now = START

    def clock(self) -> float:
        return self.now


@dataclass(slots=True)
class Stage:
    hub: LocalGitHub
    time: Time
    actions: Actions
    github: GitHub
    engine: sa.Engine
    installation: InstallationId
    other: InstallationId

    def again(self) -> Actions:
        """As another process sees it."""
        return Actions(self.github, ActionBook(self.engine), clock=self.time.clock, github_com=True)

    async def look(self, wanted: Mapping[str, frozenset[str]] = CHECKOUT) -> Catalogue:
        return await self.actions.look(self.installation, wanted)

    def asked(self) -> list[str]:
        """What was asked about actions, without tokens and advisories."""
        paths = [f"{one.method} {one.path.split('?')[0]}" for one in self.hub.recorder.exchanges]
        return [path for path in paths if "matching-refs" in path or "graphql" in path]


@pytest.fixture
async def stage(tmp_path: Path, judge: Judge) -> AsyncIterator[Stage]:
    time = Time()
    engine = make_engine(f"sqlite:///{tmp_path / 'pubflow.sqlite'}")
    migrate(engine)
    session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
    async with session, LocalGitHub(clock=time.clock) as hub:
        judge.watch(hub)
        hub.create_user("alice")
        for account in ("acme", "umbrella"):
            hub.create_organization(account)
        keys = hub.create_app(owner="acme", name="pubflow", permissions=features.permissions(), events=[])
        first, second = hub.install(keys.app, "acme"), hub.install(keys.app, "umbrella")
        add_actions(hub, ["actions/checkout", "pypa/gh-action-pypi-publish", "PyO3/maturin-action"])
        who = AppCredentials(app_id=str(keys.app.id), key=read_private_key(keys.private_key))
        github = GitHub(session, who, interest=interest, api_url=hub.url, clock=time.clock)
        actions = Actions(github, ActionBook(engine), clock=time.clock, github_com=True)
        yield Stage(hub, time, actions, github, engine, InstallationId(first.id), InstallationId(second.id))
    engine.dispose()


async def test_what_is_read_is_what_the_snapshot_says(stage: Stage) -> None:
    found = await stage.look({"pypa/gh-action-pypi-publish": frozenset({"@v1.8.14"}), **CHECKOUT})
    action = found.get("pypa/gh-action-pypi-publish")
    assert action is not None
    tag = action.by_name["v1.14.0"]
    assert (tag.commit[:8], (tag.object or "")[:8]) == ("cef22109", "6733eb7d")
    assert "release/v1" in action.branches
    assert (action.complete, action.archived) == (True, False)
    checkout = found.get("actions/checkout")
    assert checkout is not None
    newest = checkout.manifest("", checkout.by_name["v7.0.1"])
    assert newest is not None
    assert (newest.using, "persist-credentials" in newest.inputs) == ("node24", True)
    four = checkout.manifest("", checkout.by_name["v4"])
    assert four is not None
    assert four.using == "node20"
    assert found.dated is None


async def test_a_thousand_repositories_ask_once(stage: Stage) -> None:
    wanted = {**CHECKOUT, "pyo3/maturin-action": frozenset({"@v1"})}
    for _ in range(1_000):
        await stage.look(wanted)
    assert len(stage.asked()) == 4


async def test_a_new_process_and_another_installation_ask_nothing(stage: Stage) -> None:
    await stage.look()
    stage.hub.recorder.exchanges.clear()
    found = await stage.again().look(stage.other, CHECKOUT)
    assert found.get("actions/checkout") is not None
    assert stage.asked() == []


async def test_a_ref_that_nobody_had_is_read_by_itself(stage: Stage) -> None:
    await stage.look()
    stage.hub.recorder.exchanges.clear()
    found = await stage.look({"actions/checkout": frozenset({"@v3.0.0", "@v4"})})
    action = found.get("actions/checkout")
    assert action is not None
    manifest = action.manifests[action.by_name["v3.0.0"].commit]
    assert manifest.using == "node16"
    await stage.look({"actions/checkout": frozenset({"@v3.0.0"})})
    assert stage.asked() == ["POST /graphql"]


async def test_after_an_hour_one_request_says_for_free_that_nothing_changed(stage: Stage) -> None:
    await stage.look()
    stage.hub.recorder.exchanges.clear()
    stage.time.now += FRESH_SECONDS
    await stage.again().look(stage.installation, CHECKOUT)
    [exchange] = [one for one in stage.hub.recorder.exchanges if "matching-refs" in one.path]
    assert exchange.status == 304
    assert len(stage.asked()) == 1


async def test_a_new_release_is_seen_with_its_own_date(stage: Stage) -> None:
    before = await stage.look()
    stage.time.now += FRESH_SECONDS
    stage.hub.tag("actions/checkout", "v7.1.0", annotated=True)
    stage.hub.release("actions/checkout", "v7.1.0", published_at=stage.time.now - 600)
    action = (await stage.look()).get("actions/checkout")
    assert action is not None
    assert action.releases[0][1].seen == stage.time.now - 600
    assert before.get("actions/checkout") != action


async def test_a_tag_without_a_release_is_as_old_as_our_first_sight(stage: Stage) -> None:
    await stage.look()
    stage.time.now += FRESH_SECONDS
    stage.hub.tag("actions/checkout", "v7.1.0")
    first = stage.time.now
    await stage.look()
    stage.time.now += WHOLE_SECONDS
    action = (await stage.again().look(stage.installation, CHECKOUT)).get("actions/checkout")
    assert action is not None
    assert action.by_name["v7.1.0"].seen == first


async def test_a_tag_that_was_moved_is_known_for_it(stage: Stage) -> None:
    await stage.look()
    stage.time.now += FRESH_SECONDS
    other = stage.hub.repository("actions/checkout").refs["refs/tags/v6.0.0"]
    stage.hub.move_tag("actions/checkout", "v7.0.1", other)
    action = (await stage.look()).get("actions/checkout")
    assert action is not None
    assert [tag.name for _, tag in action.releases if tag.moved] == ["v7.0.1"]


async def test_a_tag_that_our_own_snapshot_knows_elsewhere_was_moved_too(stage: Stage) -> None:
    other = stage.hub.repository("actions/checkout").refs["refs/tags/v6.0.0"]
    stage.hub.move_tag("actions/checkout", "v7.0.1", other)
    action = (await stage.look()).get("actions/checkout")
    assert action is not None
    assert action.by_name["v7.0.1"].moved


async def test_a_release_that_is_a_trial_says_so(stage: Stage) -> None:
    stage.hub.tag("actions/checkout", "v8.0.0")
    stage.hub.release("actions/checkout", "v8.0.0", prerelease=True)
    action = (await stage.look()).get("actions/checkout")
    assert action is not None
    assert "v8.0.0" not in [tag.name for _, tag in action.releases]


async def test_an_action_that_is_private_is_its_installations_alone(stage: Stage) -> None:
    stage.hub.create_repository("acme/own-action", {"action.yml": "runs: {using: node24}\n"}, visibility="private")
    stage.hub.tag("acme/own-action", "v1.0.0")
    wanted = {"acme/own-action": frozenset({"@v1.0.0"})}
    assert (await stage.look(wanted)).get("acme/own-action") is not None
    theirs = await stage.actions.look(stage.other, wanted)
    assert theirs.get("acme/own-action") is None
    assert theirs.gone == {"acme/own-action"}
    assert (await stage.look(wanted)).get("acme/own-action") is not None


async def test_an_action_that_is_not_there_is_not_asked_for_at_every_scan(stage: Stage) -> None:
    wanted = {"nobody/nothing": frozenset({"@v1"})}
    for _ in range(5):
        assert (await stage.look(wanted)).gone == {"nobody/nothing"}
    assert len(stage.asked()) == 1


async def test_a_renamed_action_is_known_under_both_names(stage: Stage) -> None:
    stage.hub.rename_repository("PyO3/maturin-action", "maturin-build")
    action = (await stage.look({"pyo3/maturin-action": frozenset({"@v1"})})).get("pyo3/maturin-action")
    assert action is not None
    assert action.name == "PyO3/maturin-build"


async def test_advisories_come_along(stage: Stage) -> None:
    ghsa = stage.hub.warn("actions/checkout", "< 4.1.3", "4.1.3")
    [advisory] = (await stage.look()).advisories
    assert (advisory.id, advisory.vulnerable, advisory.patched) == (ghsa, "< 4.1.3", "4.1.3")


async def test_a_plain_token_will_do(stage: Stage) -> None:
    token = Token(stage.hub.personal_token("alice"))
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        github = GitHub(session, token, interest=interest, api_url=stage.hub.url, clock=stage.time.clock)
        actions = Actions(github, ActionBook(stage.engine), clock=stage.time.clock, github_com=True)
        assert (await actions.look(InstallationId(0), CHECKOUT)).get("actions/checkout") is not None
