"""The one way out: what is sent, what is tried again, and how long at most."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import aiohttp
import pytest
from aiohttp import web

from bot.errors import Unavailable, Unwanted, WaitUntil
from bot.github import Options
from bot.github.client import Client
from bot.github.limits import LaneKey
from bot.github.wire import Endpoints
from tests.github.scripted import (
    GET,
    RISKY,
    SECRET,
    Make,
    Reply,
    Seen,
    Serve,
    Time,
    fine,
    hang_up,
    said,
    send,
)

# ---------------------------------------------------------------- what is sent


async def test_a_request_carries_version_agent_and_secret(serve: Serve, client: Make) -> None:
    script = await serve(fine)
    assert (await send(client(script))).data == {"ok": True}
    headers = script.seen[0].headers
    assert script.seen[0].path == "/repos/o/r"
    assert headers["authorization"] == "Bearer ghs_canary"
    assert headers["x-github-api-version"] == "2022-11-28"
    assert headers["user-agent"].startswith("pubflow/")
    assert headers["accept"] == "application/vnd.github+json"


@pytest.mark.parametrize(
    ("base", "rest", "graphql"),
    [
        ("https://api.github.com", "https://api.github.com", "https://api.github.com/graphql"),
        ("https://api.github.com/", "https://api.github.com", "https://api.github.com/graphql"),
        ("https://ghes.example/api/v3", "https://ghes.example/api/v3", "https://ghes.example/api/graphql"),
        ("https://ghes.example/api/v3/", "https://ghes.example/api/v3", "https://ghes.example/api/graphql"),
        ("https://api.acme.ghe.com", "https://api.acme.ghe.com", "https://api.acme.ghe.com/graphql"),
        ("http://127.0.0.1:8081", "http://127.0.0.1:8081", "http://127.0.0.1:8081/graphql"),
    ],
)
def test_the_graphql_address_follows_from_the_rest_base(base: str, rest: str, graphql: str) -> None:
    assert Endpoints.of(base) == Endpoints(rest=rest, graphql=graphql)


@pytest.mark.parametrize("part", ["..", "."])
async def test_a_relative_path_is_never_sent(serve: Serve, client: Make, part: str) -> None:
    script = await serve(fine)
    with pytest.raises(Unwanted):
        await send(client(script), replace(GET, values={"owner": "o", "repo": part}))
    assert script.seen == []


async def test_a_slash_in_a_name_stays_within_the_name(serve: Serve, client: Make) -> None:
    script = await serve(fine)
    await send(client(script), replace(GET, values={"owner": "o", "repo": "../../user?x=1#y"}))
    assert script.seen[0].path == "/repos/o/..%2F..%2Fuser%3Fx%3D1%23y"


# ---------------------------------------------------------------- tried again


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520])
async def test_a_server_error_is_tried_again(serve: Serve, client: Make, time: Time, status: int) -> None:
    unicorn = web.Response(status=status, text="<html>Unicorn!</html>", content_type="text/html")
    script = await serve(unicorn, said(status, {"message": "x"}), fine)
    assert (await send(client(script))).data == {"ok": True}
    assert len(time.slept) == 2
    assert 0.25 <= time.slept[0] <= 0.75
    assert 0.5 <= time.slept[1] <= 1.5


async def test_a_lost_connection_is_tried_again(serve: Serve, client: Make, time: Time) -> None:
    script = await serve(hang_up, fine)
    assert (await send(client(script))).data == {"ok": True}
    assert len(time.slept) == 1


async def test_it_ends_after_four_attempts(serve: Serve, client: Make, time: Time) -> None:
    script = await serve(lambda _: said(502, {"message": "Server Error"}))
    with pytest.raises(Unavailable, match="502"):
        await send(client(script))
    assert len(script.seen) == 4


async def test_no_server_at_all_ends_after_four_attempts(
    session: aiohttp.ClientSession, time: Time, options: Options, unused_tcp_port: int
) -> None:
    client = Client(session, api_url=f"http://127.0.0.1:{unused_tcp_port}", clock=time.clock, options=options)
    with pytest.raises(Unavailable, match="ClientConnectorError"):
        await send(client, RISKY)  # nothing was sent, so trying again is safe
    assert len(time.slept) == 3


@pytest.mark.parametrize(
    "reply", [hang_up, said(502, {"message": "Server Error"}), said(504)], ids=["lost", "502", "504"]
)
async def test_what_may_have_been_carried_out_is_not_sent_twice(
    serve: Serve, client: Make, time: Time, reply: Reply
) -> None:
    script = await serve(reply, fine)
    with pytest.raises(Unavailable):
        await send(client(script), RISKY)
    assert len(script.seen) == 1
    assert time.slept == []


async def test_a_long_wait_that_a_broken_server_asks_for_goes_back_to_the_queue(serve: Serve, client: Make) -> None:
    script = await serve(said(503, {"message": "maintenance"}, Retry_After="120"))
    with pytest.raises(WaitUntil) as caught:
        await send(client(script))
    assert caught.value.seconds == 120


# ---------------------------------------------------------------- deadline and concurrency


async def test_no_wait_goes_beyond_the_deadline(serve: Serve, client: Make, time: Time) -> None:
    script = await serve(said(429, {}, Retry_After="3"), fine)
    hurried = client(script)
    with hurried.deadline(2), pytest.raises(WaitUntil):
        await send(hurried)
    assert time.slept == []


async def test_no_request_starts_after_the_deadline(serve: Serve, client: Make, time: Time) -> None:
    script = await serve(fine)
    hurried = client(script)
    with hurried.deadline(10):
        time.now += 11
        with hurried.deadline(60), pytest.raises(Unavailable, match="time for this job"):
            await send(hurried)
    assert script.seen == []
    await send(hurried)


async def test_a_server_that_says_nothing_is_given_up(
    serve: Serve, session: aiohttp.ClientSession, time: Time, options: Options
) -> None:
    release = asyncio.Event()

    async def hang(_: Seen) -> web.StreamResponse:
        await release.wait()
        return said(200, {})

    script = await serve(hang)
    client = Client(session, api_url=script.url, clock=time.clock, options=replace(options, timeout=0.2, attempts=2))
    with pytest.raises(Unavailable, match="Timeout"):
        await send(client)
    assert len(time.slept) == 1
    release.set()


@pytest.mark.parametrize(("bound", "lanes"), [({"concurrency_per_installation": 3}, 1), ({"concurrency": 3}, 6)])
async def test_concurrency_is_bounded(
    serve: Serve, session: aiohttp.ClientSession, time: Time, options: Options, bound: dict[str, int], lanes: int
) -> None:
    inside = most = 0

    async def count(_: Seen) -> web.StreamResponse:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        for _turn in range(20):
            await asyncio.sleep(0)
        inside -= 1
        return said(200, {})

    script = await serve(count)
    chosen = replace(options, **bound)  # type: ignore[arg-type]  # names and numbers of the table above
    client = Client(session, api_url=script.url, clock=time.clock, options=chosen)
    sends = [client.send(GET, lane=LaneKey(number % lanes), secret=SECRET) for number in range(18)]
    await asyncio.gather(*sends)
    assert len(script.seen) == 18
    assert most == 3
