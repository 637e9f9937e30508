"""Set-up: only who sees the terminal registers the App, and the bot knows it from then on."""

from __future__ import annotations

import asyncio
import html
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
import pytest

from bot import app, features, opening
from bot.app import Stop
from bot.demo.github import LocalGitHub
from bot.settings import Settings
from tests.judges import Judge


@dataclass(slots=True)
class Desk:
    """A server that waits to be set up, its terminal, and a browser."""

    github: LocalGitHub
    base: str
    said: list[str]
    kept: list[Mapping[str, str]]
    done: asyncio.Task[Settings | None]
    browser: aiohttp.ClientSession = field(repr=False)

    async def ask(self, method: str, address: str, **how: object) -> tuple[int, str, str]:
        """Status, where it leads, text."""
        url = address if address.startswith("http") else self.base + address
        options: dict[str, object] = {"allow_redirects": False} | how
        async with self.browser.request(method, url, **options) as response:  # type: ignore[arg-type]
            return response.status, response.headers.get("Location", ""), await response.text()

    @property
    def address(self) -> str:
        """The last that the terminal shows."""
        return next(text for text in reversed(self.said) if "secret=" in text)

    async def enter(self) -> str:
        """Open the page; what stands there."""
        status, leads, _ = await self.ask("GET", self.address)
        assert (status, leads) == (303, "/setup")
        return (await self.ask("GET", "/setup"))[2]

    async def form(self, **change: str) -> dict[str, str]:
        page = await self.enter()
        optional = {f"feature {one.name}": "on" for one in features.ASKED if one.optional}
        given = {"name": "our pubflow", "owner": "organization", "organization": "acme", "public_url": self.base}
        return given | optional | {"github": self.github.web_url, "csrf": value_of(page, "csrf")} | change

    async def register(self, **change: str) -> tuple[int, str, str]:
        """All of it: our form, GitHub's page, and the way back."""
        status, _, page = await self.ask("POST", "/setup/register", data=await self.form(**change))
        assert status == 200, page
        address = html.unescape(page.partition('<form method="post" action="')[2].partition('"')[0])
        _, back, _ = await self.ask("POST", address, data={"manifest": value_of(page, "manifest")})
        return await self.ask("GET", back)


def value_of(page: str, name: str) -> str:
    return html.unescape(page.partition(f'name="{name}" value="')[2].partition('"')[0])


@asynccontextmanager
async def desk(judge: Judge, github: LocalGitHub) -> AsyncIterator[Desk]:
    judge.watch(github)
    github.create_user("alice")
    github.create_organization("acme")
    said: list[str] = []
    kept: list[Mapping[str, str]] = []
    listening = asyncio.get_running_loop().create_future()
    stop = Stop(asyncio.Event())
    settings = Settings.of(port=0, github_api_url=github.url, github_web_url=github.web_url)
    done = asyncio.create_task(
        app.set_up(settings, stop, say=said.append, keep=kept.append, started=listening.set_result)
    )
    base = f"http://127.0.0.1:{await listening}"
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar, headers={"User-Agent": "tests"}) as browser:
        yield Desk(github, base, said, kept, done, browser)
    stop.event.set()
    await done


@pytest.fixture
async def waiting(judge: Judge) -> AsyncIterator[Desk]:
    async with LocalGitHub() as github, desk(judge, github) as made:
        yield made


async def test_a_registered_app_is_known_at_once_and_leads_to_its_installation(waiting: Desk) -> None:
    status, leads, _ = await waiting.register()
    assert (status, leads) == (303, f"{waiting.github.web_url}/apps/our-pubflow/installations/new")
    settings = await waiting.done
    assert settings is not None
    made = next(iter(waiting.github.site.world.apps.values()))
    assert (settings.app_id, settings.client_id, made.owner.login) == (str(made.id), made.client_id, "acme")
    assert made.permissions == dict(features.permissions())
    assert made.hook.url == f"{waiting.base}/webhook"
    assert made.callback_urls == [f"{waiting.base}/login/callback"]
    async with aiohttp.ClientSession() as session:
        facts = await opening.speak(session, settings, opening.credentials(settings)).app()
    assert facts.slug == "our-pubflow"
    assert settings.webhook_secrets() == (made.hook.secret.encode(),)
    assert waiting.kept[0]["private_key"].startswith("-----BEGIN")


async def test_on_ones_own_account_and_without_what_is_optional(waiting: Desk) -> None:
    page = await waiting.enter()
    for feature in features.ASKED:
        assert html.escape(feature.lost.partition("`")[0], quote=False) in page
    form = {name: text for name, text in (await waiting.form(owner="user")).items() if not name.startswith("feature")}
    _, _, page = await waiting.ask("POST", "/setup/register", data=form)
    manifest = json.loads(value_of(page, "manifest"))
    assert "checks" not in manifest["default_permissions"]
    assert f'action="{waiting.github.web_url}/settings/apps/new?state=' in page


async def test_a_github_enterprise_server_is_set_up_alike(judge: Judge) -> None:
    async with LocalGitHub(enterprise="3.19.0") as github, desk(judge, github) as it:
        assert (await it.register())[0] == 303
        settings = await it.done
    assert settings is not None
    assert (settings.github_api_url, settings.oidc) == (github.url, False)


async def test_without_the_address_of_the_terminal_nothing_is_done(waiting: Desk) -> None:
    for address in ("/setup", "/setup?secret=", "/setup?secret=guessed", "/setup?secret=%C3%BC"):
        status, _, page = await waiting.ask("GET", address)
        assert (status, "csrf" in page) == (403, False), address
    for address in ("/setup/register", "/setup/enter"):
        assert (await waiting.ask("POST", address, data={"csrf": "", "name": "x"}))[0] == 403
    for query in ("code=x", "code=x&state=", "code=x&state=guessed"):
        assert (await waiting.ask("GET", f"/setup/created?{query}"))[0] == 403
    assert len(waiting.github.recorder.exchanges) == 0


async def test_the_address_works_once_and_the_next_one_shuts_the_first_browser_out(waiting: Desk) -> None:
    first = waiting.address
    await waiting.enter()
    assert (await waiting.ask("GET", first))[0] == 403
    assert waiting.address != first
    kept = [(cookie.key, cookie.value) for cookie in waiting.browser.cookie_jar]
    await waiting.enter()
    waiting.browser.cookie_jar.clear()
    waiting.browser.cookie_jar.update_cookies(kept)
    assert (await waiting.ask("GET", "/setup"))[0] == 403


async def test_a_way_back_is_good_once(waiting: Desk) -> None:
    _, _, page = await waiting.ask("POST", "/setup/register", data=await waiting.form())
    address = html.unescape(page.partition('<form method="post" action="')[2].partition('"')[0])
    _, back, _ = await waiting.ask("POST", address, data={"manifest": value_of(page, "manifest")})
    spoilt = back.replace("code=", "code=0")
    status, _, page = await waiting.ask("GET", spoilt)
    assert (status, "Begin anew" in page) == (422, True)
    assert (await waiting.ask("GET", back))[0] == 403
    assert not waiting.done.done()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": ""}, "The name of the App"),
        ({"name": "x" * 35}, "The name of the App"),
        ({"organization": "../evil"}, "The organisation"),
        ({"organization": ""}, "The organisation"),
        ({"public_url": ""}, "GitHub sends its webhooks there"),
        ({"public_url": "http://pubflow.example.org"}, "use https"),
        ({"public_url": "https://pubflow.example.org/path"}, "without a path"),
        ({"github": "https://github.com"}, "GitHub cannot reach http://127.0.0.1"),
        ({"github": "javascript:alert(1)"}, "GitHub"),
        ({"github": "https://evil.test; script-src *"}, "The address of GitHub"),
    ],
)
async def test_a_mistake_is_said_beside_what_was_entered(waiting: Desk, change: dict[str, str], said: str) -> None:
    status, _, page = await waiting.ask("POST", "/setup/register", data=await waiting.form(**change))
    assert (status, said in page) == (422, True), page
    assert html.escape(change.get("github", waiting.github.web_url)) in page


async def test_an_app_that_is_there_is_entered_by_hand_once_github_knows_it(waiting: Desk) -> None:
    keys = waiting.github.create_app(
        owner="acme", name="old", permissions=features.permissions(), events=features.events()
    )
    form = {"app_id": str(keys.app.id), "private_key": keys.private_key, "webhook_secret": "canary-webhook-secret"}
    csrf = value_of(await waiting.enter(), "csrf")
    given = form | {"csrf": csrf, "public_url": waiting.base, "github": waiting.github.web_url}
    for wrong, said in (
        ({"app_id": "99"}, "App"),
        ({"private_key": "nonsense"}, "neither PEM"),
        ({"webhook_secret": ""}, "The webhook secret is missing"),
    ):
        status, _, page = await waiting.ask("POST", "/setup/enter", data=given | wrong)
        assert (status, said in page) == (422, True), page
        for canary in ("canary-webhook-secret", keys.private_key.splitlines()[1]):
            assert canary not in page
    status, leads, _ = await waiting.ask("POST", "/setup/enter", data=given)
    assert (status, leads) == (303, f"{waiting.github.web_url}/apps/old/installations/new")
    settings = await waiting.done
    assert settings is not None
    assert settings.webhook_secrets() == (b"canary-webhook-secret",)


async def test_other_pages_say_that_it_is_not_set_up(waiting: Desk) -> None:
    status, _, page = await waiting.ask("GET", "/")
    assert (status, "not set up yet" in page) == (200, True)
    assert (await waiting.ask("POST", "/webhook"))[0] == 404
