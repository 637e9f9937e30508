"""Limits of GitHub and our own pace: short waits are slept, long ones are the queue's."""

from __future__ import annotations

from dataclasses import replace

import pytest
from aiohttp import web

from bot.errors import Forbidden, Stopped, WaitUntil
from bot.github.limits import LaneKey
from bot.github.wire import Request
from tests.github.scripted import (
    GET,
    RISKY,
    SECRET,
    START,
    Make,
    Serve,
    Time,
    fine,
    said,
    send,
)

LIMITED = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."


def limited(status: int = 403, message: str = LIMITED, **headers: str) -> web.Response:
    return said(status, {"message": message}, **headers)


def spent(seconds: int) -> dict[str, str]:
    return {"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": str(int(START) + seconds), "X_RateLimit_Limit": "5000"}


@pytest.mark.parametrize(
    ("reply", "seconds"),
    [
        (limited(403, Retry_After="30"), 30),
        (limited(429, Retry_After="30"), 30),
        (limited(403), 60),
        (limited(429), 60),
        (limited(429, "nothing of interest"), 60),
        (limited(403, "You have triggered an abuse detection mechanism."), 60),
        (limited(403, "API rate limit exceeded for installation ID 7.", **spent(1800)), 1800),
        (limited(429, "API rate limit exceeded", **spent(1800)), 1800),
        (said(200, {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}, **spent(900)), 900),
        (said(200, {"errors": [{"type": "RATE_LIMIT", "message": "x"}]}), 60),
        (said(200, {"errors": [{"message": LIMITED}]}, Retry_After="44"), 44),
    ],
)
async def test_a_long_wait_is_the_queues(
    serve: Serve, client: Make, time: Time, reply: web.Response, seconds: float
) -> None:
    script = await serve(reply, fine)
    limping = client(script)
    graphql = reply.status == 200
    request = Request(method="POST", path=limping.endpoints.graphql, body={"query": "{x}"}) if graphql else GET
    with pytest.raises(WaitUntil) as caught:
        await send(limping, request)
    assert caught.value.seconds == pytest.approx(seconds, abs=1)
    with pytest.raises(WaitUntil):
        await send(limping, request)
    assert len(script.seen) == 1, "nothing is sent before the time has come"
    time.now += seconds + 1
    assert (await send(limping)).data == {"ok": True}


async def test_another_installation_is_not_held_up(serve: Serve, client: Make) -> None:
    script = await serve(limited(Retry_After="30"), fine)
    shared = client(script)
    with pytest.raises(WaitUntil):
        await send(shared)
    assert (await shared.send(GET, lane=LaneKey(8), secret=SECRET)).data == {"ok": True}


async def test_a_short_wait_is_slept(serve: Serve, client: Make, time: Time) -> None:
    script = await serve(limited(Retry_After="3"), fine)
    assert (await send(client(script), RISKY)).data == {"ok": True}
    assert time.slept == [3.0]


async def test_the_last_request_of_the_hour_is_the_last(serve: Serve, client: Make, time: Time) -> None:
    script = await serve(lambda _: said(200, {}, **spent(3)))
    limping = client(script)
    await send(limping)
    assert time.slept == []
    await send(limping)
    assert time.slept == [3.0]


async def test_a_limit_that_never_ends_goes_back_to_the_queue(serve: Serve, client: Make) -> None:
    script = await serve(lambda _: limited(Retry_After="1"))
    with pytest.raises(WaitUntil):
        await send(client(script))
    assert len(script.seen) == 4


async def test_a_403_that_is_no_limit_waits_for_nothing(serve: Serve, client: Make, time: Time) -> None:
    script = await serve(said(403, {"message": "Resource not accessible by integration"}))
    with pytest.raises(Forbidden):
        await send(client(script))
    assert time.slept == []


async def test_writing_is_paced(serve: Serve, client: Make, time: Time) -> None:
    script = await serve(fine)
    writing = client(script)

    async def permit() -> None:
        return None

    request = Request(method="POST", path="/repos/o/r/issues/1/labels", body={"labels": ["x"]}, permit=permit)
    for _ in range(80):
        await send(writing, request)
    with pytest.raises(WaitUntil) as caught:
        await send(writing, request)
    assert caught.value.seconds == pytest.approx(60)
    await send(writing)
    assert len(script.seen) == 81, "reading is not paced"


async def test_permission_is_asked_before_every_attempt(serve: Serve, client: Make) -> None:
    script = await serve(said(502), fine)
    asked: list[int] = []

    async def permit() -> None:
        asked.append(len(script.seen))
        if len(asked) == 2:
            raise Stopped("paused")

    with pytest.raises(Stopped):
        await send(client(script), replace(RISKY, permit=permit, repeatable=True))
    assert asked == [0, 1]
    assert len(script.seen) == 1
