"""Milliseconds that pages of a large account take, beside queries on the same database that only count.

The server, on SQLite in a temporary folder, and the browser share one process; times are of whole requests over
loopback, so a little more than the server's own. What GitHub says that the person may see is held ready, as it is for
five minutes after a first page; the way over time is kept for one.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from benchmarks.crowd import INSTALLATION, LOGIN, Crowd, fill, visible
from bot.github import OAuth, PersonTokens, Token
from bot.queue import Queue
from bot.settings import Settings
from bot.store import make_engine, migrate
from bot.store.overview import Overview
from bot.store.pauses import Pauses
from bot.store.rollouts import Rollouts
from bot.store.sweeps import Sweeps
from bot.store.tables import overview
from bot.store.wishes import WishBook
from bot.web import Metrics, Ready, Secrets, Web, dashboard, make_web, serving
from bot.web.dashboard.seal import Seal
from bot.web.dashboard.sessions import SESSION, Sessions

GOAL_MS = 50.0
SECRET = "a secret of the benchmark alone"
ADDRESS = f"/accounts/{LOGIN}"
PAGES = {
    "first page": ADDRESS,
    "sorted by findings": f"{ADDRESS}?sort=findings&down=1",
    "last page": f"{ADDRESS}?page=200",
    "search": f"{ADDRESS}?q=package-0999",
    "actions in use": f"{ADDRESS}/actions",
}
OF_ACCOUNT = overview.c.installation == INSTALLATION
COUNTS: Mapping[str, sa.Select[Any]] = {
    "count": sa.select(sa.func.count()).select_from(overview).where(OF_ACCOUNT),
    "count by kind": sa.select(overview.c.kind, sa.func.count()).where(OF_ACCOUNT).group_by(overview.c.kind),
}


@dataclass(frozen=True, slots=True)
class Site:
    base: str
    session: aiohttp.ClientSession
    engine: sa.Engine


@asynccontextmanager
async def site(repositories: int) -> AsyncIterator[Site]:
    """A dashboard, and a browser that is signed in."""
    with TemporaryDirectory(prefix="pubflow-dashboard-") as folder:
        engine = make_engine(f"sqlite:///{folder}/pubflow.sqlite3")
        migrate(engine)
        fill(engine, repositories)
        crowd, queue = Crowd(visible(repositories)), Queue(engine, Path(folder))
        await queue.open()
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
            parts = _parts(session, engine, queue, crowd)
            secrets = Secrets((b"secret",))
            web = Web(
                inbox=queue,
                secrets=secrets,
                watched=lambda _: frozenset(),
                ready=_ready,
                pages=dashboard.routes(parts, Metrics()),
            )
            async with serving(make_web(web), "127.0.0.1", 0) as port:
                session.cookie_jar.update_cookies({SESSION: await _cookie(parts, crowd)})
                yield Site(f"http://127.0.0.1:{port}", session, engine)
        await queue.stop()
        engine.dispose()


def _parts(session: aiohttp.ClientSession, engine: sa.Engine, queue: Queue, crowd: Crowd) -> dashboard.Parts:
    settings = Settings.of()
    return dashboard.Parts(
        settings=settings,
        session_secret=SECRET,
        oauth=OAuth(
            session=session,
            web_url=settings.github_web_url,
            api_url=settings.github_api_url,
            client_id="none",
            client_secret=Token("none"),
        ),
        person=lambda _: crowd,
        overview=Overview(engine),
        pauses=Pauses(engine),
        rollouts=Rollouts(engine),
        sweeps=Sweeps(engine),
        wishes=WishBook(engine),
        queue=queue,
        ready=_ready,
    )


async def _cookie(parts: dashboard.Parts, crowd: Crowd) -> str:
    """What a sign-in would have left in the browser."""
    later = time.time() + 8 * 3600
    tokens = PersonTokens(access=Token("none"), refresh=None, expires_at=later, refreshable_until=later)
    return Seal(SECRET, "session").close(Sessions(parts).start(await crowd.who(), tokens))


async def _ready() -> Ready:
    return Ready(ok=True)


async def measure(repositories: int, rounds: int) -> dict[str, list[float]]:
    """Milliseconds by name, taken in turn so that a noisy neighbour hurts all alike; the first round only warms up."""
    async with site(repositories) as it:
        asked: dict[str, Callable[[], Awaitable[None]]] = {
            **{name: _getting(it, path) for name, path in PAGES.items()},
            **{name: _counting(it, query) for name, query in COUNTS.items()},
        }
        times: dict[str, list[float]] = {name: [] for name in asked}
        for _ in range(rounds + 1):
            for name, ask in asked.items():
                began = time.perf_counter()
                await ask()
                times[name].append((time.perf_counter() - began) * 1000)
    return {name: of[1:] for name, of in times.items()}


def _getting(it: Site, path: str) -> Callable[[], Awaitable[None]]:
    async def get() -> None:
        async with it.session.get(it.base + path, allow_redirects=False) as response:
            await response.read()
            if response.status != 200:
                raise RuntimeError(f"{path} answered {response.status}")

    return get


def _counting(it: Site, query: sa.Select[Any]) -> Callable[[], Awaitable[None]]:
    async def count() -> None:
        with it.engine.connect() as connection:
            connection.execute(query).all()

    return count


def report(repositories: int, rounds: int, times: Mapping[str, list[float]]) -> dict[str, Any]:
    """One JSON object: what was run, the figures, the ratios against counting by kind."""
    figures = {name: {"p50_ms": round(median(of), 2), "best_ms": round(min(of), 2)} for name, of in times.items()}
    base = figures["count by kind"]["p50_ms"]
    return {
        "benchmark": "dashboard",
        "run": {
            "repositories": repositories,
            "rounds": rounds,
            "python": platform.python_version(),
            "store": "SQLite",
        },
        "figures": figures,
        "ratios": {name: round(of["p50_ms"] / base, 2) for name, of in figures.items()},
        "goal": {
            "figure": "first page",
            "at_most_ms": GOAL_MS,
            "met": figures["first page"]["p50_ms"] <= GOAL_MS,
        },
    }


def table(told: dict[str, Any]) -> Table:
    shown = Table(title="An account of {repositories} repositories, {store}".format(**told["run"]))
    for head in ("what", "p50 ms", "best ms", "x counting by kind"):
        shown.add_column(head, justify="left" if head == "what" else "right")
    for name, of in told["figures"].items():
        shown.add_row(name, str(of["p50_ms"]), str(of["best_ms"]), str(told["ratios"][name]))
    return shown


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dashboard", description=__doc__)
    parser.add_argument("--format", choices=["text", "json"], default="text")
    parser.add_argument("--repositories", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=30)
    given = parser.parse_args()
    times = asyncio.run(measure(given.repositories, given.rounds))
    told = report(given.repositories, given.rounds, times)
    if given.format == "json":
        print(json.dumps(told))
    else:
        Console(width=110).print(table(told))
        print(f"goal: first page within {GOAL_MS:.0f} ms: {'met' if told['goal']['met'] else 'missed'}")


if __name__ == "__main__":
    main()
