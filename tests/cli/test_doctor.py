"""`pubflow doctor`: a sentence and a remedy for everything that goes wrong where people host it themselves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot import features
from bot.demo.github.registration import new_key, pem
from tests.cli.site import ORGANISATION, site
from tests.judges import Judge


async def test_all_is_well(tmp_path: Path, judge: Judge) -> None:
    async with site(tmp_path, judge) as it:
        it.github.install(it.credentials.app, ORGANISATION)
        ended = await it.run("doctor", "--format", "json")
        told = json.loads(ended.out)
        assert ended.code == 0
        assert all(check["well"] for check in told["checks"])
        assert (await it.run("doctor", "--quiet")).out == ""


@pytest.mark.parametrize(
    ("change", "said", "remedy"),
    [
        ({"APP_ID": "999999"}, "App id", "mend that first"),
        ({"PRIVATE_KEY": pem(new_key())}, "key", "mend that first"),
        ({"PRIVATE_KEY": "nonsense"}, "neither PEM", "mend that first"),
        ({"WEBHOOK_SECRET": "short"}, "shorter than", "long random one"),
        ({"PUBFLOW_MODE": "observe"}, "only observes", "PUBFLOW_MODE=write"),
        ({"ALLOWED_ACCOUNTS": "somebody-else"}, "ignored", f"add {ORGANISATION} to ALLOWED_ACCOUNTS"),
        ({"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none"}, "database", "DATABASE_URL"),
    ],
    ids=["id", "other-key", "no-key", "secret", "mode", "allowed", "database"],
)
async def test_a_wrong_setting_is_named_with_its_remedy(
    tmp_path: Path, judge: Judge, change: dict[str, str], said: str, remedy: str
) -> None:
    async with site(tmp_path, judge) as it:
        it.github.install(it.credentials.app, ORGANISATION)
        ended = await it.run("doctor", "--quiet", change=change)
        assert ended.code == 1
        assert said in ended.out
        assert remedy in ended.out
        assert it.credentials.private_key.splitlines()[1] not in ended.out + ended.err


async def test_permissions_and_events_are_compared_with_what_is_needed(tmp_path: Path, judge: Judge) -> None:
    without = {name: level for name, level in features.permissions().items() if name != "workflows"}
    async with site(tmp_path, judge, permissions=without) as it:
        it.github.install(it.credentials.app, ORGANISATION)
        ended = await it.run("doctor", "--quiet")
        assert ended.code == 1
        assert "cannot write workflow files" in ended.out
        assert "workflows: write" in ended.out


async def test_nowhere_installed_and_suspended(tmp_path: Path, judge: Judge) -> None:
    async with site(tmp_path, judge) as it:
        ended = await it.run("doctor", "--quiet")
        assert (ended.code, "/apps/pubflow/installations/new" in ended.out) == (1, True)
        it.github.suspend(it.github.install(it.credentials.app, ORGANISATION))
        ended = await it.run("doctor", "--quiet")
        assert (ended.code, "suspended" in ended.out) == (1, True)
