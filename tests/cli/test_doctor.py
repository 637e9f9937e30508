"""`pubflow doctor`: a sentence and a remedy for everything that goes wrong where people host it themselves."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot import features, hindrance, opening
from bot.demo.github.registration import new_key, pem
from bot.doctor import Check, examine
from bot.model import InstallationId, NodeId, RepoId
from bot.settings import Settings
from bot.store.repositories import Repositories, Seen
from bot.web import Secrets, Web
from tests.cli.site import ORGANISATION, Site, site
from tests.judges import Judge
from tests.web.site import Box, is_ready, nothing_seen, running


async def told(it: Site, **change: object) -> list[Check]:
    """What the doctor says of the site, with some of its settings changed."""
    given: dict[str, object] = {name.lower(): value for name, value in it.variables.items() if value}
    settings = Settings.of(**{name: value for name, value in (given | change).items() if value is not None})
    return [check async for check in examine(settings)]


def wrong(checks: list[Check]) -> str:
    """What needs attention, as text."""
    return "\n".join(f"{check.name}: {check.found} -> {check.remedy}" for check in checks if not check.well)


@asynccontextmanager
async def answering(it: Site, secret: str = "") -> AsyncIterator[None]:
    """A server that takes what GitHub sends; it knows another secret if one is given."""
    known = (secret or it.credentials.webhook_secret).encode()
    parts = Web(inbox=Box(), secrets=Secrets((known,)), watched=nothing_seen, ready=is_ready)
    async with running(Box(), parts=parts) as server:
        it.variables["PUBLIC_URL"] = f"http://127.0.0.1:{server.port}"
        it.github.set_hook(it.credentials.app, f"{it.variables['PUBLIC_URL']}/webhook")
        it.github.install(it.credentials.app, ORGANISATION)
        await it.github.delivered()
        yield


async def test_all_is_well(tmp_path: Path, judge: Judge) -> None:
    async with site(tmp_path, judge) as it, answering(it):
        ended = await it.run("doctor", "--format", "json")
        checks = json.loads(ended.out)["checks"]
        assert all(check["well"] for check in checks), checks
        assert ended.code == 0
        assert {check["name"] for check in checks} >= {"App", "webhook", "server", "deliveries", "queue"}


async def test_what_is_left_out_is_said_once_and_is_no_fault(tmp_path: Path, judge: Judge) -> None:
    required = features.permissions(feature for feature in features.ASKED if not feature.optional)
    async with site(tmp_path, judge, permissions=dict(required)) as it, answering(it):
        checks = await told(it)
        assert wrong(checks) == ""
        assert sum("cannot answer commands on issues" in check.found for check in checks) == 1


async def test_deliveries_that_do_not_arrive_are_explained(tmp_path: Path, judge: Judge) -> None:
    async with site(tmp_path, judge) as it:
        async with answering(it, secret="another secret of the same length"):
            assert "differs from WEBHOOK_SECRET" in wrong(await told(it))
        elsewhere = wrong(await told(it, public_url="https://pubflow.example.org"))
        assert "enter https://pubflow.example.org/webhook" in elsewhere
        assert "cannot be reached from here" in elsewhere
        it.github.set_hook(it.credentials.app, None)
        assert "no URL is entered" in wrong(await told(it, public_url=None))


@pytest.mark.parametrize(
    ("change", "said", "remedy"),
    [
        ({"app_id": "999999"}, "App id", "mend that first"),
        ({"private_key": pem(new_key())}, "key", "mend that first"),
        ({"private_key": "nonsense"}, "neither PEM", "mend that first"),
        ({"webhook_secret": "short"}, "shorter than", "long random one"),
        ({"webhook_secret": None}, "webhook secret: none", "set WEBHOOK_SECRET"),
        ({"pubflow_mode": "observe"}, "only observes", "PUBFLOW_MODE=write"),
        ({"client_secret": "canary-client-secret"}, "without CLIENT_ID", "set CLIENT_ID"),
        ({"client_secret": "x" * 9, "client_id": "Iv1"}, "on this very machine alone", "PUBLIC_URL"),
        ({"allowed_accounts": "somebody-else"}, "ignored", f"add {ORGANISATION} to ALLOWED_ACCOUNTS"),
        ({"database_url": "postgresql://nobody@127.0.0.1:9/none"}, "database", "DATABASE_URL"),
    ],
    ids=["id", "other-key", "no-key", "secret", "no-secret", "mode", "half", "public", "allowed", "database"],
)
async def test_a_wrong_setting_is_named_with_its_remedy(
    tmp_path: Path, judge: Judge, change: dict[str, object], said: str, remedy: str
) -> None:
    async with site(tmp_path, judge) as it:
        it.github.install(it.credentials.app, ORGANISATION)
        found = wrong(await told(it, **change))
        assert said in found
        assert remedy in found
        assert it.credentials.private_key.splitlines()[1] not in found
        assert "canary" not in found


async def test_permissions_and_events_are_compared_with_what_is_needed(tmp_path: Path, judge: Judge) -> None:
    without = {name: level for name, level in features.permissions().items() if name != "workflows"}
    async with site(tmp_path, judge, permissions=without) as it:
        it.github.install(it.credentials.app, ORGANISATION)
        it.credentials.app.events.remove("push")
        found = wrong(await told(it))
        assert "cannot write workflow files" in found
        assert "workflows: write" in found
        assert "not subscribed to push" in found


async def test_nowhere_installed_and_suspended(tmp_path: Path, judge: Judge) -> None:
    async with site(tmp_path, judge) as it:
        assert "/apps/pubflow/installations/new" in wrong(await told(it))
        it.github.suspend(it.github.install(it.credentials.app, ORGANISATION))
        assert "suspended" in wrong(await told(it))


async def test_what_is_wrong_is_told_with_an_exit_code(tmp_path: Path, judge: Judge) -> None:
    async with site(tmp_path, judge) as it:
        ended = await it.run("doctor", "--quiet", change={"APP_ID": "999999"})
        assert (ended.code, "mend that first" in ended.out) == (1, True)
        assert "ok " not in ended.out


async def test_what_keeps_pubflow_from_writing_is_said_with_who_can_change_it(tmp_path: Path, judge: Judge) -> None:
    async with site(tmp_path, judge) as it:
        given: dict[str, object] = {name.lower(): value for name, value in it.variables.items() if value}
        async with opening.storage(Settings.of(**given)) as engine:
            for number, said in enumerate((hindrance.RULE, hindrance.RULE, f"{hindrance.PERMISSION} 'x: write'. Y"), 1):
                Repositories(engine).upsert(
                    Seen(
                        repo_id=RepoId(number),
                        node_id=NodeId("R"),
                        installation=InstallationId(1),
                        full_name=f"acme/r{number}",
                        outcome=f"nothing proposed: {said}",
                        updated_at=1.0,
                    )
                )
        found = wrong(await told(it))
        assert f"writing: {hindrance.RULE} (acme/r1, acme/r2) -> in the repository's rulesets, let pubflow" in found
        assert f"writing: {hindrance.PERMISSION} 'x: write'. Y (acme/r3) -> an owner of the account" in found
