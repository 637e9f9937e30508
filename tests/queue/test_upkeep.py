"""What a worker does beside working: it keeps its name, knows when it is lost, mends and prunes."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.model import Done, InstallationId, Job, Outcome
from bot.queue import JobState, QueueOptions
from bot.queue.engine import Client, workflow_table
from bot.queue.identity import Identity
from bot.queue.upkeep import prune
from bot.store import make_engine, transaction
from bot.store.tables import deliveries, jobs, workers
from tests.queue.conftest import FAST, Queues, until

DAY = 86400.0
NOW = 1_800_000_000.0


def job(key: str = "1", *, once: bool = False) -> Job:
    return Job(kind="scan", key=key, installation=InstallationId(1), once=once)


async def fine(_: Job) -> Outcome:
    return Done(summary="done")


def test_a_name_is_taken_up_again_and_never_shared(tmp_path: Path) -> None:
    first, second = Identity.take(tmp_path), Identity.take(tmp_path)
    other = Identity.take(tmp_path / "elsewhere")
    assert len({first.executor, second.executor, other.executor}) == 3
    first.release()
    again = Identity.take(tmp_path)
    assert again.executor == first.executor
    for identity in (second, other, again):
        identity.release()


def test_a_lock_ends_with_its_process(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        Identity.take(tmp_path)
        os._exit(0)
    os.waitpid(child, 0)
    mine = Identity.take(tmp_path)
    assert mine.executor.endswith("-1")
    mine.release()


@pytest.mark.parametrize("what", ["declared dead", "forgotten"])
async def test_a_worker_whose_name_was_taken_stops_by_itself(queues: Queues, what: str) -> None:
    lost, begun, stopped = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def work(_: Job) -> Outcome:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()
        return Done(summary="never")

    queue = await queues({"scan": work}, on_lost=lost.set)
    await queue.submit([job()])
    await begun.wait()
    with transaction(queues.engine) as connection:
        if what == "forgotten":
            connection.execute(workers.delete())
        else:
            connection.execute(workers.update().values(token=""))
    async with asyncio.timeout(30):
        await lost.wait()
        await stopped.wait()
    await queue.submit([job("2")])

    async def put_back() -> bool:
        """What it ran waits for others, and it begins nothing new."""
        return {info.key: info.state for info in await queue.jobs()} == dict.fromkeys("12", JobState.WAITING)

    await until(put_back)


async def test_a_worker_that_cannot_write_its_heartbeat_stops_by_itself(queues: Queues) -> None:
    lost = asyncio.Event()
    options = replace(FAST, store_wait=0.3, dead_after=1.2)
    await queues({"scan": fine}, options=options, on_lost=lost.set)
    with queues.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(sa.text("LOCK TABLE pubflow_workers IN ACCESS EXCLUSIVE MODE"))
        async with asyncio.timeout(30):
            await lost.wait()
        connection.rollback()


async def test_a_worker_that_beats_is_left_alone(queues: Queues) -> None:
    lost = asyncio.Event()
    queue = await queues({"scan": fine}, options=replace(FAST, dead_after=0.6), on_lost=lost.set)

    async def beaten_on() -> bool:
        with queues.engine.connect() as connection:
            return (connection.scalar(sa.select(workers.c.beat)) or 0) > 6

    await until(beaten_on)
    assert not lost.is_set()
    await queue.stop(0)
    with queues.engine.connect() as connection:
        assert connection.execute(sa.select(workers)).all() == []


async def test_an_attempt_that_the_engine_lost_is_made_again(queues: Queues) -> None:
    queue = await queues()
    await queue.submit([job(str(n)) for n in range(3)])
    workflows = workflow_table(queues.engine)
    with transaction(queues.engine) as connection:
        connection.execute(sa.delete(workflows).where(workflows.c.workflow_uuid == "scan:0#1"))
        gone = sa.update(workflows).where(workflows.c.workflow_uuid == "scan:1#1").values(status="CANCELLED")
        connection.execute(gone)
    working = await queues({"scan": fine})
    assert await working.idle(30)
    assert await working.jobs() == []


async def test_a_lane_that_nobody_moves_on_is_moved_on(queues: Queues) -> None:
    queue = await queues()
    await queue.submit([job()])
    with transaction(queues.engine) as connection:
        connection.execute(jobs.update().values(state="waiting"))
    working = await queues({"scan": fine})
    assert await working.idle(30)


def row(name: str, state: str, age: float, *, number: int) -> dict[str, str | float | int]:
    return {
        "id": name, "kind": "scan", "key": name, "number": number, "lane": name, "installation": 1, "args": "{}",
        "state": state, "workflow": name, "attempt": 1, "tries": 0, "starts": 0, "created_at": NOW - age,
        "updated_at": NOW - age,
    }  # fmt: skip


async def test_old_records_are_pruned_and_young_and_open_ones_kept(queues: Queues) -> None:
    await queues()
    rows = [
        row("done, again", "done", 4 * DAY, number=1),
        row("dropped, again", "dropped", 4 * DAY, number=1),
        row("done, once", "done", 31 * DAY, number=0),
        row("failed", "failed", 91 * DAY, number=1),
    ]
    kept = [
        row("young, again", "done", 2 * DAY, number=1),
        row("young, once", "done", 29 * DAY, number=0),
        row("young, failed", "failed", 89 * DAY, number=1),
        row("waiting", "waiting", 400 * DAY, number=1),
        row("queued", "queued", 400 * DAY, number=0),
        row("running", "running", 400 * DAY, number=1),
    ]
    old = [{"id": f"d{age}", "event": "push", "received_at": NOW - age * DAY, "jobs": "[]"} for age in (1, 29, 31, 99)]
    with transaction(queues.engine) as connection:
        connection.execute(jobs.insert(), rows + kept)
        connection.execute(deliveries.insert(), old)
    assert prune(queues.engine, QueueOptions(), NOW) == 6
    assert prune(queues.engine, QueueOptions(), NOW) == 0
    with queues.engine.connect() as connection:
        assert set(connection.scalars(sa.select(jobs.c.id))) == {record["id"] for record in kept}
        assert set(connection.scalars(sa.select(deliveries.c.id))) == {"d1", "d29"}


async def test_pruning_is_bounded(queues: Queues) -> None:
    await queues()
    many = [{"id": f"d{n}", "event": "push", "received_at": 0.0, "jobs": "[]"} for n in range(2500)]
    with transaction(queues.engine) as connection:
        connection.execute(deliveries.insert(), many)
    assert prune(queues.engine, QueueOptions(), NOW, rounds=2) == 2000
    assert prune(queues.engine, QueueOptions(), NOW, rounds=2) == 500


async def test_the_engine_keeps_no_record_of_what_is_done(queues: Queues) -> None:
    queue = await queues({"scan": fine}, options=replace(FAST, keep_workflows=0.0, upkeep=0.1))
    await queue.submit([job(str(n)) for n in range(10)])
    assert await queue.idle(30)
    workflows = workflow_table(queues.engine)

    async def pruned() -> bool:
        with queues.engine.connect() as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(workflows)) == 0

    await until(pruned)


def test_the_engine_migrates_once_whoever_comes(database: str) -> None:
    engines = [make_engine(database) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        clients = list(pool.map(Client.open, engines))
    for client in clients:
        client.close()
        client.engine.dispose()
