"""`pubflow serve` without an App registers one and goes on; `pubflow setup --print` prints what it got."""

from __future__ import annotations

import asyncio
import html
import re
from asyncio.subprocess import PIPE
from pathlib import Path

import aiohttp
import pytest

from bot.keeping import store
from tests.cli.running import command, environment, here
from tests.cli.site import ORGANISATION, Site, site
from tests.judges import Judge

APP = ("APP_ID", "PRIVATE_KEY", "WEBHOOK_SECRET")


def variables(it: Site) -> dict[str, str]:
    return {name: value for name, value in it.variables.items() if name not in APP}


async def register(it: Site, process: asyncio.subprocess.Process) -> None:
    """What a person does between the terminal and GitHub."""
    assert process.stderr is not None
    while not (found := re.search(rb"(http://\S+)/setup\?secret=\S+", line := await process.stderr.readline())):
        assert line, "it ended before it said where to go"
    base, jar = found[1].decode(), aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as browser:
        async with browser.get(found[0].decode()) as response:
            page = await response.text()
        form = {"csrf": _value(page, "csrf"), "name": "fresh", "owner": "organization", "organization": ORGANISATION}
        sent = form | {"public_url": base, "github": it.github.web_url}
        async with browser.post(f"{base}/setup/register", data=sent) as response:
            page = await response.text()
        address = html.unescape(page.partition('<form method="post" action="')[2].partition('"')[0])
        async with browser.post(address, data={"manifest": _value(page, "manifest")}) as response:
            assert str(response.url).endswith("/apps/fresh/installations/new")


def _value(page: str, name: str) -> str:
    return html.unescape(page.partition(f'name="{name}" value="')[2].partition('"')[0])


async def test_serve_goes_on_with_the_app_that_it_registered(tmp_path: Path, judge: Judge) -> None:
    async with site(tmp_path, judge) as it:
        process = await asyncio.create_subprocess_exec(
            *command("serve"), env=environment(**variables(it)), cwd=tmp_path, stderr=PIPE
        )
        await register(it, process)
        assert process.stderr is not None
        while b"listening" not in (line := await process.stderr.readline()):
            assert line, "it ended before it listened"
        made = next(one for one in it.github.site.world.apps.values() if one.slug == "fresh")
        it.github.install(made, ORGANISATION)
        await it.github.delivered()
        [delivery] = it.github.deliveries("installation")
        assert delivery.status_code == 202
        process.terminate()
        _, rest = await process.communicate()
        assert (process.returncode, b"Traceback" in rest) == (0, False)
        assert made.hook.secret.encode() not in rest
        assert f"APP_ID='{made.id}'" in (tmp_path / "home" / "app.env").read_text()


async def test_what_is_printed_is_stored_nowhere(tmp_path: Path, judge: Judge) -> None:
    async with site(tmp_path, judge) as it:
        process = await asyncio.create_subprocess_exec(
            *command("setup", "--print"), env=environment(**variables(it)), cwd=tmp_path, stderr=PIPE, stdout=PIPE
        )
        await register(it, process)
        out, err = await process.communicate()
        made = next(one for one in it.github.site.world.apps.values() if one.slug == "fresh")
        assert f"APP_ID='{made.id}'\n" in out.decode()
        assert f"WEBHOOK_SECRET='{made.hook.secret}'\n" in out.decode()
        assert made.hook.secret not in err.decode()
        assert not (tmp_path / "home" / "app.env").exists()


def test_an_app_that_is_there_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PUBFLOW_HOME", str(tmp_path))
    store(tmp_path, {"app_id": "1"})
    ended = here(capsys, "setup")
    assert (ended.code, "there is an App already" in ended.err) == (2, True)
