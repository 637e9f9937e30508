"""What the App asks about itself, page by page."""

from __future__ import annotations

import time as clock
from dataclasses import replace

import pytest

from bot.errors import ConfigurationError, Gone
from bot.github import AppCredentials, Options, Token, read_private_key
from bot.model import InstallationId
from tests.github.scripted import Connect, Serve, Time, said
from tests.github.stage import PERMISSIONS, Stage


async def test_the_app_tells_who_it_is(stage: Stage) -> None:
    facts = await stage.door.app()
    assert (facts.id, facts.slug, facts.owner) == (stage.keys.app.id, "pubflow", "acme")
    assert facts.permissions == PERMISSIONS
    assert facts.events == ("push",)


async def test_the_client_id_will_do(stage: Stage, connect: Connect) -> None:
    who = AppCredentials(app_id=stage.keys.app.client_id, key=read_private_key(stage.keys.private_key))
    assert (await connect(stage.hub.url, who).app()).slug == "pubflow"


async def test_a_key_of_another_app_is_said(stage: Stage, connect: Connect, credentials: AppCredentials) -> None:
    wrong = replace(credentials, app_id=str(stage.keys.app.id))
    with pytest.raises(ConfigurationError, match="PRIVATE_KEY does not belong"):
        await connect(stage.hub.url, wrong).app()


async def test_an_unknown_app_id_is_said(stage: Stage, connect: Connect) -> None:
    wrong = AppCredentials(app_id="999999", key=read_private_key(stage.keys.private_key))
    with pytest.raises(ConfigurationError, match="no App with this APP_ID"):
        await connect(stage.hub.url, wrong).read(stage.installation, stage.ref())


@pytest.mark.parametrize("ahead", [-900, 900])
async def test_a_wrong_clock_is_said(stage: Stage, time: Time, ahead: float) -> None:
    stage.hub.site.world.clock = clock.time
    time.now = clock.time() + ahead
    way = "ahead of" if ahead > 0 else "behind"
    with pytest.raises(ConfigurationError, match=f"clock is (899|90.) s {way} GitHub's"):
        await stage.door.app()


async def test_installations_come_page_by_page(stage: Stage) -> None:
    for number in range(105):
        stage.hub.create_organization(f"org-{number}")
        stage.hub.install(stage.keys.app, f"org-{number}")
    stage.hub.suspend(stage.installed)
    found = [one async for one in stage.door.installations()]
    assert len(found) == 106
    assert {one.account for one in found} == {"acme", *(f"org-{number}" for number in range(105))}
    assert [one.account for one in found if one.suspended] == ["acme"]
    assert not any(one.selected for one in found)
    assert len(stage.hub.recorder.asked("GET", "/app/installations")) == 2


async def test_one_installation_is_read_by_its_id(stage: Stage) -> None:
    found = await stage.door.installation(stage.installation)
    assert (found.id, found.account, found.permissions) == (stage.installation, "acme", PERMISSIONS)
    with pytest.raises(Gone):
        await stage.door.installation(InstallationId(1))


@pytest.mark.parametrize(
    ("owner", "repo", "there"),
    [
        ("acme", None, True),
        ("ACME", None, True),
        ("acme", "tool", True),
        ("alice", None, False),
        ("acme", "nowhere", False),
        ("nobody", None, False),
    ],
)
async def test_the_installation_of_an_account_or_repository(
    stage: Stage, owner: str, repo: str | None, there: bool
) -> None:
    found = await stage.door.installation_of(owner, repo)
    assert (found is not None) == there
    assert found is None or found.id == stage.installation


async def test_repositories_come_page_by_page(stage: Stage) -> None:
    for number in range(120):
        stage.hub.create_repository(f"acme/r{number}", fork=number == 7, archived=number == 9)
    found = [one async for one in stage.door.repositories(stage.installation)]
    assert len(found) == 121
    assert found[0].ref == stage.ref()
    assert [one.ref.name for one in found if one.fork] == ["r7"]
    assert [one.ref.name for one in found if one.archived] == ["r9"]


async def test_only_covered_repositories_are_listed(stage: Stage) -> None:
    stage.hub.create_repository("acme/other")
    stage.hub.remove_repositories(stage.installed, ["tool"])
    assert [one.ref.name async for one in stage.door.repositories(stage.installation)] == ["other"]


async def test_a_removed_installation_lists_nothing(stage: Stage) -> None:
    stage.hub.uninstall(stage.installed)
    with pytest.raises(Gone):
        await anext(aiter(stage.door.repositories(stage.installation)))


async def test_a_plain_token_lists_an_account(stage: Stage, connect: Connect) -> None:
    github = connect(stage.hub.url, Token(stage.hub.personal_token("alice")))
    stage.hub.create_repository("acme/secret", visibility="private")
    stage.hub.create_repository("alice/own")
    assert [one.ref.name async for one in github.repositories_of("acme")] == ["tool", "secret"]
    assert [one.ref.name async for one in github.repositories_of("alice")] == ["own"]
    with pytest.raises(Gone):
        await anext(aiter(github.repositories_of("nobody")))


async def test_a_repository_is_found_by_its_name(stage: Stage) -> None:
    assert await stage.door.repository(stage.installation, "ACME", "Tool") == stage.ref()
    with pytest.raises(Gone):
        await stage.door.repository(stage.installation, "acme", "nowhere")


async def test_pages_that_never_end_end(
    serve: Serve, connect: Connect, credentials: AppCredentials, options: Options
) -> None:
    script = await serve()
    script.say(lambda _: said(200, [], Link=f'<{script.url}/app/installations?page=2>; rel="next"'))
    github = connect(script.url, credentials, options=replace(options, pages=7))
    assert [one async for one in github.installations()] == []
    assert len(script.seen) == 7
