"""What people wait for stands behind nobody, and what never ends well is followed by something that says so."""

from __future__ import annotations

import asyncio

import pytest

from bot.errors import Unwanted
from bot.model import Done, InstallationId, Job, Outcome
from bot.queue import Kinds
from tests.queue.conftest import FAST, Queues, until

OK = Done(summary="done")


def job(kind: str, key: str, *, repo: int | None = None, once: bool = False) -> Job:
    return Job(
        kind=kind, key=key, installation=InstallationId(1), args={} if repo is None else {"repo_id": repo}, once=once
    )


def follow(job: Job, why: str) -> Job | None:
    """Every answer is followed by an apology, nothing else by anything."""
    if job.kind != "answer":
        return None
    return Job(kind="apology", key=job.key, installation=job.installation, args={"why": why})


async def test_an_urgent_job_does_not_wait_for_a_full_house(queues: Queues) -> None:
    go_on, seen = asyncio.Event(), asyncio.Event()

    async def scan(_: Job) -> Outcome:
        await go_on.wait()
        return OK

    async def ring(_: Job) -> Outcome:
        seen.set()
        return OK

    queue = await queues({"scan": scan, "ring": ring}, kinds=Kinds(urgent=frozenset({"ring"})))
    await queue.submit([job("scan", str(number), repo=number) for number in range(40)])
    await queue.submit([job("ring", "1")])
    await asyncio.wait_for(seen.wait(), 20)
    go_on.set()
    assert await queue.idle(30)


async def test_an_urgent_job_shares_its_repositorys_lane(queues: Queues) -> None:
    ended: list[str] = []

    async def work(job: Job) -> Outcome:
        await asyncio.sleep(0.02)
        ended.append(job.kind)
        return OK

    queue = await queues({"scan": work, "answer": work}, kinds=Kinds(urgent=frozenset({"answer"})))
    await queue.submit([job("scan", "1", repo=1)])
    await queue.submit([job("answer", "1", repo=1)])
    assert await queue.idle(30)
    assert ended == ["scan", "answer"]


@pytest.mark.parametrize("kind", ["answer", "scan"])
async def test_a_job_set_aside_is_followed_once(queues: Queues, kind: str) -> None:
    said: list[Job] = []

    async def refused(_: Job) -> Outcome:
        raise Unwanted("no such thing")

    async def apology(job: Job) -> Outcome:
        said.append(job)
        return OK

    queue = await queues({kind: refused, "apology": apology}, kinds=Kinds(aftermath=follow))
    await queue.submit([job(kind, "1", repo=1, once=True)])
    assert await queue.idle(30)
    assert [str(one.args["why"]) for one in said] == (["Unwanted: no such thing"] if kind == "answer" else [])


async def test_after_a_retry_it_is_said_again_and_what_was_said_is_not(queues: Queues) -> None:
    said: list[Job] = []

    async def apology(job: Job) -> Outcome:
        said.append(job)
        return OK

    async def refused(_: Job) -> Outcome:
        raise Unwanted("no")

    queue = await queues({"answer": refused, "apology": apology}, kinds=Kinds(aftermath=follow), options=FAST)
    await queue.submit([job("answer", "1", once=True)])
    await until(lambda: len(said) == 1)
    assert await queue.retry("answer:1")
    await until(lambda: len(said) == 2)
    assert await queue.drop("answer:1")
    assert await queue.idle(30)
    assert len(said) == 2


async def test_a_job_that_is_dropped_before_it_ran_is_followed(queues: Queues) -> None:
    said: list[Job] = []

    async def apology(job: Job) -> Outcome:
        said.append(job)
        return OK

    queue = await queues(kinds=Kinds(aftermath=follow))
    await queue.submit([job("answer", "1", once=True)])
    assert await queue.drop("answer:1")
    await queue.start({"apology": apology})
    assert await queue.idle(30)
    assert [one.args["why"] for one in said] == ["an operator dropped it"]
