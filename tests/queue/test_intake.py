"""What is acknowledged is stored, once; what is not stored is not acknowledged."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.errors import StoreUnavailable
from bot.model import Done, InstallationId, Job
from bot.queue import JobState, Queue, QueueOptions
from bot.store import make_engine
from bot.store.tables import deliveries, jobs, ranks
from tests.queue.conftest import FAST, Queues


def scan(repo_id: int, *, installation: int = 1, head: str = "a", rank: int = 0) -> Job:
    return Job(
        kind="scan",
        key=str(repo_id),
        installation=InstallationId(installation),
        args={"repo_id": repo_id, "head": head},
        rank=rank,
    )


def settle(key: str) -> Job:
    return Job(kind="settle", key=key, installation=InstallationId(1), args={"repo_id": 1}, once=True)


def stored(engine: sa.Engine) -> set[str]:
    """Delivery ids, as another process would see them."""
    other = make_engine(engine.url)
    with other.connect() as connection:
        found = set(connection.scalars(sa.select(deliveries.c.id)))
    other.dispose()
    return found


async def test_a_delivery_is_durable_before_it_is_acknowledged(queues: Queues) -> None:
    queue = await queues()
    assert await queue.accept("d1", "push", None, [scan(1), scan(2)])
    assert stored(queues.engine) == {"d1"}
    assert [(job.id, job.state) for job in await queue.jobs()] == [
        ("scan:1#1", JobState.WAITING),
        ("scan:2#1", JobState.WAITING),
    ]
    with queues.engine.connect() as connection:
        row = connection.execute(sa.select(deliveries)).one()
    assert (row.event, row.action, json.loads(row.jobs)) == ("push", None, ["scan:1#1", "scan:2#1"])


async def test_the_same_delivery_is_stored_once_however_often_it_comes(queues: Queues) -> None:
    ran: Counter[str] = Counter()

    async def work(job: Job) -> Done:
        ran[job.key] += 1
        return Done(summary="done")

    queue = await queues({"settle": work})
    answers = await asyncio.gather(*(queue.accept("d1", "pull_request", "closed", [settle("7")]) for _ in range(50)))
    assert Counter(answers) == {True: 1, False: 49}
    assert not await queue.accept("d1", "pull_request", "closed", [settle("8")])
    assert await queue.idle(30)
    assert not await queue.accept("d1", "pull_request", "closed", [settle("9")])
    assert await queue.idle(30)
    assert ran == {"7": 1}


async def test_what_is_worked_once_ever_is_not_worked_again_for_another_delivery(queues: Queues) -> None:
    ran: Counter[str] = Counter()

    async def work(job: Job) -> Done:
        ran[job.key] += 1
        return Done(summary="done")

    queue = await queues({"settle": work})
    assert await queue.accept("d1", "pull_request", "closed", [settle("7")])
    assert await queue.accept("d2", "pull_request", "closed", [settle("7")])
    assert await queue.idle(30)
    assert await queue.accept("d3", "pull_request", "closed", [settle("7")])
    assert await queue.idle(30)
    assert ran == {"7": 1}
    assert stored(queues.engine) == {"d1", "d2", "d3"}


async def test_fifty_at_once_share_a_few_transactions(queues: Queues) -> None:
    queue = await queues()
    before = queue.transactions
    for when in ("first", "again"):
        answers = await asyncio.gather(*(queue.accept(f"{when}{n}", "push", None, [scan(n)]) for n in range(50)))
        assert all(answers)
    assert queue.transactions - before <= 10
    assert len(stored(queues.engine)) == 100


ARRIVALS: dict[str, tuple[list[list[dict[str, Any]]], dict[str, Any]]] = {
    # a repository's deliveries, of which those in brackets come together, and its job in the end
    "nothing new": ([[{}], [{}, {}, {}]], {}),
    "new arguments": ([[{}], [{}, {"head": "b"}]], {"head": "b"}),
    "the arguments of before": ([[{}], [{"head": "b"}], [{}]], {}),
    "another installation": ([[{}], [{"installation": 2}]], {"installation": 2}),
    "an argument with marks": ([[{"head": 'é\\u00e9"'}], [{"head": 'é\\u00e9"'}]], {"head": 'é\\u00e9"'}),
    "as far behind, and farther": ([[{"rank": 5}], [{"rank": 5}], [{"rank": 7}]], {"rank": 5}),
    "sooner": ([[{"rank": 5}], [{}]], {}),
}


async def test_what_waits_answers_for_what_comes_later(queues: Queues) -> None:
    queue = await queues()
    for repo_id, (groups, _) in enumerate(ARRIVALS.values()):
        for number, group in enumerate(groups):
            coming = {f"{repo_id}-{number}-{n}": scan(repo_id, **asked) for n, asked in enumerate(group)}
            answers = await asyncio.gather(*(queue.accept(name, "push", None, [job]) for name, job in coming.items()))
            assert answers == [True] * len(group)
            again = (
                queue.accept(name, "push", None, [job]) for name, job in [*coming.items(), (f"{repo_id}", scan(99))]
            )
            assert (await asyncio.gather(*again))[:-1] == [False] * len(group)
    with queues.engine.connect() as connection:
        rows = connection.execute(sa.select(jobs, ranks.c.rank).outerjoin(ranks, ranks.c.job == jobs.c.id)).all()
        named = connection.execute(sa.select(deliveries.c.id, deliveries.c.jobs)).all()
    found = {int(row.key): (json.loads(row.args)["head"], row.installation, row.rank or 0) for row in rows}
    for repo_id, (case, (_, expected)) in enumerate(ARRIVALS.items()):
        assert found[repo_id] == tuple(({"head": "a", "installation": 1, "rank": 0} | expected).values()), case
        assert {row.jobs for row in named if row.id.startswith(f"{repo_id}-")} == {f'["scan:{repo_id}#1"]'}, case


async def test_on_sqlite_a_batch_that_changes_nothing_is_one_statement_of_its_own(queues: Queues) -> None:
    queue = await queues()
    said: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        said.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", hear)
    try:
        await asyncio.gather(*(queue.accept(f"d{n}", "push", None, [scan(n)]) for n in range(10)))
        first, before = len(said), queue.transactions
        await asyncio.gather(*(queue.accept(f"again{n}", "push", None, [scan(n)]) for n in range(10)))
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", hear)
    assert first >= 30
    assert queue.transactions == before + 1
    assert len(said) == (first if queues.engine.dialect.name == "sqlite" else first + 31)


async def test_one_that_cannot_be_stored_hurts_only_its_own_caller(queues: Queues) -> None:
    queue = await queues()
    bad = Job(kind="scan", key="1", installation=InstallationId(2**70))
    calls = [queue.accept(f"d{n}", "push", None, [bad if n == 7 else scan(n)]) for n in range(20)]
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(answers.pop(7), Exception)
    assert answers == [True] * 19
    assert stored(queues.engine) == {f"d{n}" for n in range(20) if n != 7}


async def test_jobs_without_a_delivery_are_stored_alike(queues: Queues) -> None:
    queue = await queues()
    for _ in range(2):
        await queue.submit([scan(n) for n in range(250)])
    assert (await queue.depth()).waiting.count == 250
    assert stored(queues.engine) == set()
    await queue.submit([])


async def test_a_closed_queue_takes_nothing(queues: Queues) -> None:
    queue = Queue(queues.engine, queues.home, options=FAST)
    with pytest.raises(StoreUnavailable):
        await queue.accept("d1", "push", None, [])
    await queue.open()
    await queue.stop()
    with pytest.raises(StoreUnavailable):
        await queue.accept("d1", "push", None, [])


async def test_what_has_come_when_the_queue_closes_is_stored(queues: Queues) -> None:
    queue = await queues()
    coming = [asyncio.create_task(queue.accept(f"d{n}", "push", None, [scan(n)])) for n in range(3)]
    await asyncio.sleep(0)
    await queue.stop()
    assert await asyncio.gather(*coming) == [True] * 3
    assert stored(queues.engine) == {"d0", "d1", "d2"}


IMPATIENT = QueueOptions(store_wait=0.5, waiting_room=3)


async def test_a_database_that_somebody_else_holds_is_said_to_be_unavailable(queues: Queues) -> None:
    queue = await queues(options=IMPATIENT)
    with queues.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(sa.text("LOCK TABLE pubflow_deliveries IN ACCESS EXCLUSIVE MODE"))
        began = time.monotonic()
        with pytest.raises(StoreUnavailable):
            await queue.accept("d1", "push", None, [scan(1)])
        assert time.monotonic() - began < 5
        connection.rollback()
    assert await queue.accept("d2", "push", None, [scan(1)])
    assert "d2" in stored(queues.engine)


async def test_no_more_wait_than_there_is_room_for(queues: Queues) -> None:
    queue = await queues(options=IMPATIENT)
    with queues.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(sa.text("LOCK TABLE pubflow_deliveries IN ACCESS EXCLUSIVE MODE"))
        calls = [queue.accept(f"d{n}", "push", None, []) for n in range(30)]
        answers = await asyncio.gather(*calls, return_exceptions=True)
        connection.rollback()
    assert {type(answer) for answer in answers} == {StoreUnavailable}
    assert sum("already wait" in str(answer) for answer in answers) >= 20


async def test_a_server_that_is_gone_is_unavailable_and_then_is_there_again(queues: Queues) -> None:
    queue = await queues()
    assert await queue.accept("d1", "push", None, [scan(1)])
    if queues.engine.dialect.name == "postgresql":
        with queues.engine.connect() as connection:
            connection.execute(
                sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                        " AND datname = current_database()")
            )  # fmt: skip
    assert await queue.accept("d2", "push", None, [scan(1)])
    assert stored(queues.engine) == {"d1", "d2"}


async def test_a_full_disk_is_unavailable_and_loses_nothing(tmp_path: Path) -> None:
    """SQLite says "database or disk is full" when it may not grow any more."""
    engine = make_engine(f"sqlite:///{tmp_path / 'full.sqlite3'}")
    queue = Queue(engine, tmp_path, options=FAST)
    await queue.open()
    writer = queue._open.writer.engine

    @sa.event.listens_for(writer, "checkout")
    def may_not_grow(connection: sqlite3.Connection, *_: object) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + grow}")

    grow = 0
    big = Job(kind="scan", key="1", installation=InstallationId(1), args={"text": "x" * 100_000})
    with pytest.raises(StoreUnavailable, match="full"):
        await queue.accept("d1", "push", None, [big])
    grow = 1000
    assert await queue.accept("d1", "push", None, [big])
    with engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(jobs)) == 1
    await queue.stop()
    engine.dispose()


async def test_a_database_that_cannot_be_opened_is_unavailable(tmp_path: Path) -> None:
    engine = make_engine("postgresql://nobody@127.0.0.1:1/nothing", wait_seconds=2)
    queue = Queue(engine, tmp_path, options=FAST)
    with pytest.raises(StoreUnavailable):
        await queue.open()
    engine.dispose()
