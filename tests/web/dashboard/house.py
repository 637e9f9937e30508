"""The dashboard on a real socket beside a GitHub on another, with rows as scans would leave them, and browsers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import aiohttp
import sqlalchemy as sa

from bot import interest
from bot.demo.github import Installation, LocalGitHub
from bot.github import AppCredentials, GitHub, Options, Token, read_private_key
from bot.model import InstallationId, RepoId, Status
from bot.queue import Queue
from bot.settings import Settings
from bot.store import make_engine
from bot.store.overview import Overview
from bot.store.pauses import Pauses
from bot.store.reports import Kind, Reports, Scanned, Use
from bot.store.rollouts import Rollouts
from bot.store.sweeps import Sweeps
from bot.store.wishes import WishBook
from bot.web import Metrics, Ready, Secrets, Web, dashboard, make_web, serving
from bot.web.dashboard.parts import Person
from tests.demo.caller import ALL, EVENTS
from tests.store.databases import prepare_file
from tests.web.site import SECRET, nothing_seen

NOW = 1_800_000_000.0
SESSION_SECRET = "canary-session-secret-0123456789abcdef"


class Clock:
    """Both the dashboard's and the GitHub's."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@dataclass(slots=True)
class Page:
    status: int
    headers: Mapping[str, str]
    text: str


@dataclass(slots=True)
class Browser:
    """Keeps cookies; follows redirects only where a test asks for it."""

    house: House
    session: aiohttp.ClientSession = field(repr=False)

    async def ask(self, method: str, address: str, **how: object) -> Page:
        url = address if address.startswith("http") else self.house.base + address
        options: dict[str, object] = {"allow_redirects": False} | how
        async with self.session.request(method, url, **options) as response:  # type: ignore[arg-type]
            return Page(response.status, response.headers.copy(), await response.text())

    async def get(self, address: str, **headers: str) -> Page:
        return await self.ask("GET", address, headers={name.replace("_", "-"): text for name, text in headers.items()})

    async def post(self, address: str, form: Mapping[str, str], **headers: str) -> Page:
        sent = {name.replace("_", "-"): text for name, text in headers.items()}
        return await self.ask("POST", address, data=dict(form), headers=sent)

    async def sign_in(self, login: str, address: str = "/login") -> Page:
        """All three steps; what the last one answers comes back."""
        away = await self.get(address)
        back = await self.ask("POST", away.headers["Location"], data={"login": login})
        return await self.get(back.headers["Location"])

    async def csrf(self) -> str:
        """The token that stands in this person's pages."""
        text = (await self.get("/accounts/acme")).text
        return text.partition('name="csrf" value="')[2].partition('"')[0]

    @property
    def cookies(self) -> dict[str, str]:
        return {cookie.key: cookie.value for cookie in self.session.cookie_jar}


@dataclass(slots=True, kw_only=True)
class House:
    github: LocalGitHub
    installed: Installation
    engine: sa.Engine
    queue: Queue
    clock: Clock
    settings: Settings
    base: str = ""
    stack: AsyncExitStack = field(repr=False)

    def scanned(self, name: str, kind: Kind = Kind.TOKEN, **change: object) -> Scanned:
        """What a scan of `acme/name` leaves; the repository is there."""
        found = self.github.repository(f"acme/{name}")
        scanned = Scanned(
            repo_id=RepoId(found.id),
            installation=InstallationId(self.installed.id),
            full_name=f"acme/{name}",
            public=not found.private,
            kind=kind,
            status=Status.TOKEN,
            findings=1,
            refusals=0,
            head=None,
            outcome=f"outcome of {name}",
            report="{}",
            uses=(Use(action="actions/checkout", ref="v4", version="", places=1),),
            scanned_at=self.clock(),
        )
        written = replace(scanned, **change)  # type: ignore[arg-type]
        Reports(self.engine).write(written)
        return written

    async def browser(self, **headers: str) -> Browser:
        jar = aiohttp.CookieJar(unsafe=True)
        sent = {"User-Agent": "tests"} | headers
        session = await self.stack.enter_async_context(aiohttp.ClientSession(cookie_jar=jar, headers=sent))
        return Browser(self, session)

    async def person(self, login: str) -> Browser:
        """Signed in."""
        made = await self.browser()
        assert (await made.sign_in(login)).status == 303
        return made


@asynccontextmanager
async def house(
    folder: Path,
    github: LocalGitHub,
    clock: Clock,
    *,
    crowd: Callable[[Person], Person] = lambda person: person,
    **changed: object,
) -> AsyncIterator[House]:
    """acme with the repositories tool (public), secret and vault (private): alice owns, bob reads tool, eve is nobody.

    olga operates the site and has no part in acme.
    """
    for login in ("alice", "bob", "eve", "olga"):
        github.create_user(login)
    github.create_organization("acme")
    for name, visibility in (("tool", "public"), ("secret", "private"), ("vault", "private")):
        github.create_repository(f"acme/{name}", {"a": "b"}, visibility=visibility, by="alice")  # type: ignore[arg-type]
    github.set_role("acme/tool", "bob", "read")
    keys = github.create_app(owner="acme", name="pubflow", permissions=ALL, events=EVENTS)
    settings = Settings.of(
        **{
            "client_id": keys.app.client_id,
            "client_secret": keys.app.client_secret,
            "operators": "olga",
            "github_api_url": github.url,
            "github_web_url": github.web_url,
            "session_secret": SESSION_SECRET,
        }
        | changed
    )
    engine = make_engine(prepare_file(folder / "pubflow.sqlite3"))
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))
        identity = AppCredentials(app_id=str(keys.app.id), key=read_private_key(keys.private_key))
        options = Options(attempts=1)
        client = GitHub(session, identity, interest=interest, api_url=github.url, clock=clock, options=options)
        queue = Queue(engine, folder, clock=clock)
        await queue.open()
        stack.push_async_callback(queue.stop)
        made = House(
            github=github,
            installed=github.install(keys.app, "acme"),
            engine=engine,
            queue=queue,
            clock=clock,
            settings=settings,
            stack=stack,
        )
        parts = dashboard.Parts(
            settings=settings,
            session_secret=SESSION_SECRET,
            oauth=client.oauth(github.web_url, keys.app.client_id, Token(keys.app.client_secret)),
            person=lambda token: crowd(client.person(token)),
            overview=Overview(engine),
            pauses=Pauses(engine),
            rollouts=Rollouts(engine),
            sweeps=Sweeps(engine),
            wishes=WishBook(engine),
            queue=queue,
            ready=_ready,
            clock=clock,
        )
        metrics = Metrics()
        web = Web(
            inbox=queue,
            secrets=Secrets((SECRET,)),
            watched=nothing_seen,
            ready=_ready,
            metrics=metrics,
            pages=dashboard.routes(parts, metrics),
        )
        port = await stack.enter_async_context(serving(make_web(web), "127.0.0.1", 0))
        made.base = f"http://127.0.0.1:{port}"
        keys.app.callback_urls.append(f"{made.base}{dashboard.BACK}")
        yield made
    engine.dispose()


async def _ready() -> Ready:
    return Ready(ok=True)
