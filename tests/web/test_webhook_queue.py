"""The webhook on the real queue and a real SQLite file: what was acknowledged is there after a restart."""

from __future__ import annotations

from pathlib import Path

from bot.queue import Queue
from bot.store import make_engine
from tests.events.payloads import REPOSITORY, commit, encode, push
from tests.web.site import headers, running


async def test_acknowledged_deliveries_outlive_the_process(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'queue.sqlite'}"
    queue = Queue(make_engine(url), tmp_path)
    await queue.open()
    async with running(queue) as site:
        for number in (7, 8, 7):
            body = encode(push(commit("setup.py"), repository=REPOSITORY | {"id": number}))
            for _ in range(2):
                assert (await site.send(body, headers(body, delivery=f"d-{number}"))).status == 202
    await queue.stop()

    again = Queue(make_engine(url), tmp_path)
    await again.open()
    waiting = await again.jobs()
    await again.stop()
    assert sorted((job.kind, job.key) for job in waiting) == [("scan", "7"), ("scan", "8")]


async def test_a_queue_that_is_closed_asks_github_to_send_again(tmp_path: Path) -> None:
    queue = Queue(make_engine(f"sqlite:///{tmp_path / 'queue.sqlite'}"), tmp_path)
    body = encode(push(commit("setup.py")))
    async with running(queue) as site:
        assert (await site.send(body, headers(body))).status == 503
