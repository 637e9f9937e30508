"""Who goes first: what somebody has just done before a backlog, and every installation in its turn."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.model import Done, InstallationId, Job, Outcome
from bot.queue import QueueOptions
from tests.queue.conftest import FAST, Queues

ONE_BY_ONE: QueueOptions = replace(FAST, per_installation=1)


def job(key: str, *, rank: int = 0, installation: int = 1) -> Job:
    return Job(kind="scan", key=key, installation=InstallationId(installation), rank=rank)


class Order:
    """Notes who was worked; everybody waits until the first has been told to go on."""

    def __init__(self) -> None:
        self.worked: list[str] = []
        self.go_on = asyncio.Event()

    async def work(self, job: Job) -> Outcome:
        await self.go_on.wait()
        self.worked.append(job.key)
        return Done(summary="done")


@pytest.mark.parametrize("asked_again", [False, True])
async def test_a_backlog_lets_others_go_first(queues: Queues, asked_again: bool) -> None:
    order = Order()
    queue = await queues()
    await queue.submit([job(f"b{number}", rank=100 + number) for number in (3, 1, 2)])
    await queue.submit([job("b2") if asked_again else job("now")])
    await queue.submit([job("b2", rank=500)])
    working = await queues({"scan": order.work}, options=ONE_BY_ONE)
    order.go_on.set()
    assert await working.idle(30)
    assert order.worked == (["b2", "b1", "b3"] if asked_again else ["now", "b1", "b2", "b3"])


async def test_a_rank_outlives_a_failed_attempt(queues: Queues) -> None:
    tried: list[str] = []

    async def work(job: Job) -> Outcome:
        tried.append(job.key)
        if tried.count(job.key) == 1 and job.key == "low":
            raise RuntimeError("the first time")
        return Done(summary="done")

    queue = await queues()
    await queue.submit([job("low", rank=9)])
    await queue.submit([job(f"h{number}") for number in range(3)])
    working = await queues({"scan": work}, options=ONE_BY_ONE)
    assert await working.idle(30)
    assert tried == ["h0", "h1", "h2", "low", "low"]


async def test_no_installation_starves_another(queues: Queues) -> None:
    order = Order()
    order.go_on.set()
    queue = await queues()
    await queue.submit([job(f"big-{number}", installation=1) for number in range(60)])
    await queue.submit([job(f"small-{number}", installation=2 + number) for number in range(5)])
    working = await queues({"scan": order.work}, options=replace(FAST, per_installation=2, per_worker=4))
    assert await working.idle(60)
    assert len(order.worked) == 65
    assert max(order.worked.index(f"small-{number}") for number in range(5)) < 30
