"""Two processes, one installation: what one of them books or is told holds for the other."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest

from bot.errors import StoreUnavailable, WaitUntil
from bot.github import LaneKey
from bot.github.client import Client
from bot.github.wire import Options, Request
from bot.jobs.budget import SharedBudget
from bot.store import make_engine, migrate
from bot.store.budgets import Budgets
from tests.github.conftest import serve, time  # noqa: F401 - fixtures
from tests.github.scripted import Script, Serve, Time, fine, said

LANE = LaneKey(7)
GET = Request(method="GET", path="/x")


async def permit() -> None:
    """Everything may be written."""


def client(session: aiohttp.ClientSession, script: Script, database: str, clock: Time) -> Client:
    """One process."""
    engine = make_engine(database)
    migrate(engine)
    options = Options(sleep=clock.sleep)
    budget = SharedBudget(Budgets(engine))
    return Client(session, api_url=script.url, clock=clock.clock, options=options, budget=budget)


async def test_a_secondary_limit_is_heard_by_the_other_process(tmp_path: Path, serve: Serve, time: Time) -> None:  # noqa: F811
    script = await serve(said(403, {"message": "You have exceeded a secondary rate limit"}, **{"retry-after": "60"}))
    script.say(fine)
    database = f"sqlite:///{tmp_path / 'd.sqlite3'}"
    async with aiohttp.ClientSession() as session:
        one, other = (client(session, script, database, time) for _ in range(2))
        with pytest.raises(WaitUntil):
            await one.send(GET, lane=LANE, secret=None)
        with pytest.raises(WaitUntil) as told:
            await other.send(GET, lane=LANE, secret=None)
        assert told.value.seconds == pytest.approx(60, abs=1)
        assert len(script.seen) == 1
        await other.send(GET, lane=LaneKey(8), secret=None)


async def test_writes_of_one_process_count_for_the_other(tmp_path: Path, serve: Serve, time: Time) -> None:  # noqa: F811
    script = await serve(fine)
    database = f"sqlite:///{tmp_path / 'd.sqlite3'}"
    async with aiohttp.ClientSession() as session:
        one, other = (client(session, script, database, time) for _ in range(2))
        await one.book(LANE, 79)
        await other.send(Request(method="POST", path="/x", body={}, permit=permit), lane=LANE, secret=None)
        with pytest.raises(WaitUntil):
            await one.book(LANE, 1)
        with pytest.raises(WaitUntil):
            await other.book(LANE, 1)


async def test_without_a_database_nothing_is_written(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'd.sqlite3'}")
    budget = SharedBudget(Budgets(engine))
    with pytest.raises(StoreUnavailable):
        await budget.take(LANE, 1, 0.0)
    with pytest.raises(StoreUnavailable):
        await budget.closed_until(LANE, 0.0)
    await budget.close(LANE, 1.0)
