"""`pubflow serve` and `pubflow worker`: what stops them from starting, and how they end."""

from __future__ import annotations

import asyncio
import signal
from asyncio.subprocess import PIPE
from pathlib import Path

import aiohttp
import pytest

from bot.demo.github.registration import new_key, pem
from tests.cli.running import command, environment
from tests.cli.site import ORGANISATION, Site, site
from tests.judges import Judge


@pytest.mark.parametrize(
    ("which", "change", "said"),
    [
        ("serve", {"APP_ID": ""}, "APP_ID"),
        ("worker", {"PRIVATE_KEY": ""}, "PRIVATE_KEY"),
        ("serve", {"APP_ID": "999999"}, "App"),
        ("serve", {"PRIVATE_KEY": pem(new_key())}, "key"),
        ("serve", {"PORT": "http", "PUBFLOW_MODE": "maybe", "GITHUB_API_URL": "ftp://host"}, "PUBFLOW_MODE: "),
        ("worker", {"DATABASE_URL": "mysql://host/x"}, "DATABASE_URL"),
    ],
    ids=["no-id", "no-key", "other-id", "other-key", "three-at-once", "database"],
)
async def test_a_wrong_setting_is_said_at_once(
    tmp_path: Path, judge: Judge, which: str, change: dict[str, str], said: str
) -> None:
    async with site(tmp_path, judge) as it:
        ended = await it.run(which, change=change, whole=said == "PRIVATE_KEY")
        assert ended.code == 2
        assert said in ended.err
        assert "Traceback" not in ended.err
        assert "PRIVATE KEY-----" not in ended.err


async def test_a_taken_port_is_said_at_once(tmp_path: Path, judge: Judge) -> None:
    async with site(tmp_path, judge) as it:
        taken = it.github.url.rpartition(":")[2]
        ended = await it.run("serve", change={"PORT": taken})
        assert ended.code == 2
        assert taken in ended.err
        assert "Traceback" not in ended.err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_gracefully(tmp_path: Path, judge: Judge, number: signal.Signals) -> None:
    async with site(tmp_path, judge) as it:
        process = await asyncio.create_subprocess_exec(
            *command("serve"), env=environment(**it.variables), cwd=tmp_path, stderr=PIPE
        )
        assert process.stderr is not None
        while b"listening" not in (line := await process.stderr.readline()):
            assert line, "it ended before it listened"
        await _is_ready(it)
        process.send_signal(number)
        _, rest = await process.communicate()
        assert (process.returncode, b"Traceback" in rest) == (0, False)


async def _is_ready(it: Site) -> None:
    base = f"http://127.0.0.1:{it.variables['PORT']}"
    async with aiohttp.ClientSession() as session:
        for path, words in (
            ("/healthz", "ok"),
            ("/readyz", '"ok": true'),
            ("/", "pubflow"),
        ):
            async with session.get(base + path) as response:
                assert (response.status, words in await response.text()) == (200, True), path
        it.github.set_hook(it.credentials.app, f"{base}/webhook")
        it.package("anvil")
        it.github.install(it.credentials.app, ORGANISATION)
        await it.github.delivered()
        assert {delivery.status_code for delivery in it.github.deliveries()} <= {202, 204}
