"""The bounds of a body: size, announced or not; time; and how many large ones are held."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.web.body import LARGEST, Bodies
from tests.events.payloads import commit, encode, push
from tests.web.site import Box, Site, headers, running, signature

BODY = encode(push(commit("setup.py")))
SIZE = len(BODY)


async def in_chunks(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 100):
        yield body[start : start + 100]


@pytest.mark.parametrize("large", [10, 10_000])
@pytest.mark.parametrize(("largest", "status"), [(SIZE, 202), (SIZE - 1, 413)])
@pytest.mark.parametrize("chunked", [False, True])
async def test_the_size_limit(largest: int, large: int, status: int, *, chunked: bool) -> None:
    box = Box()
    async with running(box, bodies=Bodies(largest=largest, large=large)) as site:
        data = in_chunks(BODY) if chunked else BODY
        answer = await site.ask("/webhook", "POST", data=data, headers=headers(BODY))
    assert (answer.status, len(box.taken)) == (status, int(status == 202))


async def test_githubs_largest_payload_is_taken_and_one_byte_more_is_not() -> None:
    box = Box()
    body = BODY + b" " * (LARGEST - SIZE)
    async with running(box) as site:
        assert b" 202 " in await raw(site, f"Content-Length: {LARGEST}\r\n", body, sign=body)
        assert b" 413 " in await raw(site, f"Content-Length: {LARGEST + 1}\r\n", b"")
    assert len(box.taken) == 1


async def raw(site: Site, head: str, body: bytes, *, sign: bytes = BODY) -> bytes:
    """The first line of the answer to a request of our own making; its connection is closed afterwards."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers(sign).items())
    writer.write(f"POST /webhook HTTP/1.1\r\nHost: localhost\r\n{lines}{head}\r\n".encode() + body)
    answer = await reader.readline()
    writer.close()
    return answer


async def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    async with running(Box(), bodies=Bodies(seconds=0.05)) as site:
        assert b" 408 " in await raw(site, f"Content-Length: {SIZE}\r\n", BODY[:-1])
        assert b" 408 " in await raw(site, "Transfer-Encoding: chunked\r\n", b"5\r\nhello\r\n")


@pytest.mark.parametrize("chunks", [b"zz\r\nhello\r\n0\r\n\r\n", b"5\r\nhelloworld\r\n0\r\n\r\n", b"-1\r\n\r\n"])
async def test_broken_chunks_are_malformed(chunks: bytes) -> None:
    box = Box()
    async with running(box) as site:
        assert b" 400 " in await raw(site, "Transfer-Encoding: chunked\r\n", chunks)
    assert box.taken == {}


async def test_only_so_many_large_bodies_are_held() -> None:
    bodies = Bodies(large=100, most_large=1, seconds=5.0)
    async with running(Box(), bodies=bodies) as site:
        reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
        start = f"Content-Length: {SIZE}\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers(BODY).items())
        writer.write(f"POST /webhook HTTP/1.1\r\nHost: localhost\r\n{start}\r\n".encode() + BODY[:200])
        await until_held(bodies, 1)
        busy = await raw(site, "Transfer-Encoding: chunked\r\n", b"c8\r\n" + BODY[:200] + b"\r\n")
        writer.write(BODY[200:])
        assert b" 202 " in await reader.readline()
        writer.close()
    assert b" 503 " in busy
    assert bodies.held == 0


async def until_held(bodies: Bodies, number: int) -> None:
    async with asyncio.timeout(5):
        while bodies.held != number:  # noqa: ASYNC110 - the server tells nobody what it holds
            await asyncio.sleep(0)


async def test_a_sender_that_goes_away_leaves_nothing_behind() -> None:
    box, bodies = Box(), Bodies(large=100)
    async with running(box, bodies=bodies) as site:
        _, writer = await asyncio.open_connection("127.0.0.1", site.port)
        start = f"Content-Length: {SIZE}\r\nX-Hub-Signature-256: {signature(BODY)}\r\n"
        writer.write(f"POST /webhook HTTP/1.1\r\nHost: localhost\r\n{start}\r\n".encode() + BODY[:200])
        await until_held(bodies, 1)
        writer.close()
        await until_held(bodies, 0)
        assert (await site.send(BODY, headers(BODY))).status == 202
    assert list(box.taken) == ["d-1"]
