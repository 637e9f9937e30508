"""Whoever waits for an answer gets it within seconds, however much an organisation's first scan has left to do."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from functools import partial

import pytest

from bot.jobs import KINDS
from bot.model import Done, InstallationId, Job, Outcome
from bot.queue import QueueOptions
from tests.queue.conftest import Queues, until

AS_DEPLOYED = replace(QueueOptions(), upkeep=1.0)
SECONDS = 5.0
"""For a comment and a push together; on an idle machine half a second, most of it the pace of the engine's looking."""


def scan(repo: int, *, rank: int) -> Job:
    return Job(kind="scan", key=str(repo), installation=InstallationId(1), args={"repo_id": repo}, rank=rank)


def answer(repo: int) -> Job:
    """What a comment asks for."""
    return Job(kind="answer", key=f"c{repo}", installation=InstallationId(1), args={"repo_id": repo}, once=True)


@pytest.mark.parametrize(("backlog", "times"), [(200, 1), pytest.param(10_000, 3, marks=pytest.mark.soak)])
async def test_a_comment_and_a_push_go_before_a_backlog(queues: Queues, backlog: int, times: int) -> None:
    began: dict[str, float] = {}
    busy = asyncio.Event()

    async def work(job: Job) -> Outcome:
        began[f"{job.kind} {job.key}"] = time.monotonic()
        busy.set()
        await asyncio.sleep(0.02 if job.kind == "scan" else 0)
        return Done(summary="done")

    queue = await queues(kinds=KINDS, options=AS_DEPLOYED)
    await queue.submit([scan(repo, rank=100 + repo) for repo in range(backlog)])
    queue = await queues({"scan": work, "answer": work}, kinds=KINDS, options=AS_DEPLOYED)
    await asyncio.wait_for(busy.wait(), 30)
    waited: list[float] = []
    for number in range(times):
        # A repository far behind in the backlog is pushed to and spoken in; so is one that is not in it at all.
        for repo in (backlog - 1 - number, backlog + number):
            asked = time.monotonic()
            await queue.accept(f"push-{repo}", "push", None, [scan(repo, rank=0)])
            await queue.accept(f"comment-{repo}", "issue_comment", "created", [answer(repo)])
            asked_for = {f"scan {repo}", f"answer c{repo}"}
            await until(partial(asked_for.issubset, began))
            waited.append(time.monotonic() - asked)
    assert max(waited) < SECONDS
    assert (await queue.depth()).waiting.count > backlog / 2
