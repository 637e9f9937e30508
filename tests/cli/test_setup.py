"""`pubflow serve` without an App registers one and goes on; `pubflow setup --print` prints what it got."""

from __future__ import annotations

import html
from pathlib import Path

import aiohttp
import pytest

from bot.keeping import store
from tests.cli.running import Running, here, running
from tests.cli.site import ORGANISATION, Site, site
from tests.judges import Judge

APP = ("APP_ID", "PRIVATE_KEY", "WEBHOOK_SECRET")


def variables(it: Site) -> dict[str, str]:
    return {name: value for name, value in it.variables.items() if name not in APP}


async def register(it: Site, command: Running) -> None:
    """What a person does between the terminal and GitHub."""
    found = await command.until(r"(http://\S+)/setup\?secret=\S+(?=\s)")
    base, jar = found[1], aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as browser:
        async with browser.get(found[0]) as response:
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
    async with site(tmp_path, judge) as it, running(tmp_path, "serve", **variables(it)) as serving:
        await register(it, serving)
        await serving.until("listening")
        made = next(one for one in it.github.site.world.apps.values() if one.slug == "fresh")
        it.github.install(made, ORGANISATION)
        await it.github.delivered()
        [delivery] = it.github.deliveries("installation")
        assert delivery.status_code == 202
        serving.process.terminate()
        ended = await serving.ended()
        assert (ended.code, "Traceback" in ended.err) == (0, False)
        assert made.hook.secret not in ended.err
        assert f"APP_ID='{made.id}'" in (tmp_path / "home" / "app.env").read_text()


async def test_what_is_printed_is_stored_nowhere(tmp_path: Path, judge: Judge) -> None:
    async with site(tmp_path, judge) as it, running(tmp_path, "setup", "--print", **variables(it)) as command:
        await register(it, command)
        ended = await command.ended()
        made = next(one for one in it.github.site.world.apps.values() if one.slug == "fresh")
        assert f"APP_ID='{made.id}'\n" in ended.out
        assert f"WEBHOOK_SECRET='{made.hook.secret}'\n" in ended.out
        assert made.hook.secret not in ended.err
        assert not (tmp_path / "home" / "app.env").exists()


def test_an_app_that_is_there_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PUBFLOW_HOME", str(tmp_path))
    store(tmp_path, {"app_id": "1"})
    ended = here(capsys, "setup")
    assert (ended.code, "there is an App already" in ended.err) == (2, True)
