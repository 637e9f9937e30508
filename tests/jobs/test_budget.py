"""Two processes, one installation: what one of them books or is told holds for the other."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest
import sqlalchemy as sa
from aiohttp import web

from bot.errors import StoreUnavailable, WaitUntil
from bot.github import LaneKey
from bot.github.client import Client
from bot.github.wire import Options, Request
from bot.jobs.budget import SharedBudget
from bot.pace import Left
from bot.store import make_engine, migrate
from bot.store.budgets import Budgets
from tests.github.conftest import serve, time  # noqa: F401 - fixtures
from tests.github.scripted import START, Script, Serve, Time, fine, said

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


def left(remaining: int, seconds: int) -> web.Response:
    return said(200, {}, x_ratelimit_remaining=str(remaining), x_ratelimit_reset=str(int(START) + seconds))


async def test_what_is_left_is_known_to_a_process_that_has_not_asked_yet(
    tmp_path: Path,
    serve: Serve,  # noqa: F811
    time: Time,  # noqa: F811
) -> None:
    script = await serve(left(7, 900), left(0, 900), fine)
    database = f"sqlite:///{tmp_path / 'd.sqlite3'}"
    async with aiohttp.ClientSession() as session:
        one, other, third = (client(session, script, database, time) for _ in range(3))
        await one.send(GET, lane=LANE, secret=None)
        await other.budget.hear(LANE, time.now)
        await one.send(GET, lane=LANE, secret=None)
        with pytest.raises(WaitUntil) as told:
            await third.send(GET, lane=LANE, secret=None)
        assert told.value.seconds == pytest.approx(900, abs=1)
        assert len(script.seen) == 2
        assert (await other.budget.hear(LANE, time.now)).left == {"core": Left(7, START + 900)}
        time.now += 901
        await third.send(GET, lane=LANE, secret=None)
        await third.send(GET, lane=LaneKey(8), secret=None)


async def test_not_every_answer_is_written_down(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'd.sqlite3'}")
    migrate(engine)
    budget, written = SharedBudget(Budgets(engine)), 0

    def count(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        nonlocal written
        written += not statement.startswith("SELECT") and "pubflow_allowances" in statement

    sa.event.listen(engine, "before_cursor_execute", count)
    for remaining in range(5000, 4900, -1):
        await budget.tell(LANE, "core", Left(remaining, START))
    assert written == 2
    await budget.tell(LANE, "core", Left(5000, START + 3600))
    await budget.tell(LANE, "graphql", Left(5000, START))
    assert written == 4


async def test_without_a_database_nothing_is_written(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'd.sqlite3'}")
    budget = SharedBudget(Budgets(engine))
    with pytest.raises(StoreUnavailable):
        await budget.take(LANE, 1, 0.0)
    with pytest.raises(StoreUnavailable):
        await budget.hear(LANE, 0.0)
    await budget.close(LANE, 1.0)
    await budget.tell(LANE, "core", Left(7, 1.0))
