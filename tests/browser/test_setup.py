"""From nothing to the first pull request: set-up in the terminal's page, GitHub's pages, and the dashboard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import expect

from bot import app
from bot.app import Stop
from bot.demo.github import LocalGitHub
from bot.demo.pypi import LocalPyPI
from bot.demo.stage import QUICK
from bot.settings import Settings
from tests.browser.barriers import barriers
from tests.browser.conftest import NewPage
from tests.browser.town import Town
from tests.jobs.conftest import PACKAGE


@dataclass(slots=True)
class Fresh:
    """A server that nobody has set up; `address` is what its terminal shows."""

    github: LocalGitHub
    said: asyncio.Queue[str]

    serving: asyncio.Event

    async def address(self) -> str:
        while "secret=" not in (text := await self.said.get()):
            pass
        return text


@asynccontextmanager
async def fresh(folder: Path) -> AsyncIterator[Fresh]:
    async with LocalPyPI() as pypi, LocalGitHub() as github:
        github.create_user("alice")
        github.create_organization("acme")
        github.create_repository("acme/spoon", {"pyproject.toml": PACKAGE.format(name="sample-spoon")}, by="alice")
        settings = Settings.of(
            port=0,
            pubflow_home=folder,
            github_api_url=github.url,
            github_web_url=github.web_url,
            pypi_url=pypi.url,
        )
        stop, said = Stop(asyncio.Event()), asyncio.Queue[str]()
        made = Fresh(github, said, asyncio.Event())
        running = asyncio.create_task(_run(settings, stop, made))
        yield made
        stop.event.set()
        await running


async def _run(settings: Settings, stop: Stop, it: Fresh) -> None:
    """As `pubflow serve` does without an App."""
    found = await app.set_up(settings, stop, say=it.said.put_nowait, keep=lambda _: None)
    if found is not None:
        port = int((found.public_url or "").rpartition(":")[2])
        settings = found.having(port=port)
        await app.serve(settings, stop, work=True, started=lambda _: it.serving.set(), queue_options=QUICK)


def test_from_nothing_to_the_first_pull_request(tmp_path: Path, town: Town, new_page: NewPage, axe: str) -> None:
    with town.within(fresh(tmp_path)) as it:
        page = new_page(bypass_csp=True)
        address = town.do(it.address())
        base = address.partition("/setup")[0]
        page.goto(address)
        assert "secret" not in page.url
        assert barriers(page, axe) == []
        page.get_by_label("Its login").fill("acme")
        page.get_by_role("button", name="Continue").click()
        assert barriers(page, axe) == []
        page.get_by_role("button", name="Register it on").click()
        page.get_by_role("button", name="Install on acme").click()
        expect(page.get_by_text("acme: installed")).to_be_visible()
        town.do(it.serving.wait())
        page.goto(base)
        page.get_by_role("link", name="Sign in with GitHub").click()
        page.get_by_role("button", name="alice").click()
        page.get_by_role("link", name="#1 open").wait_for()
        page.get_by_role("link", name="spoon").click()
        expect(page.get_by_label("Diff of .github/workflows/publish-to-pypi.yml")).to_contain_text("id-token: write")
        page.get_by_role("link", name="#1").first.click()
        expect(page).to_have_url(f"{it.github.web_url}/acme/spoon/pull/1")
        expect(page.get_by_role("heading", name="Before the first release")).to_be_visible()
        assert barriers(page, axe) == []
