"""Routes, headers and whatever else strangers try."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping

import pytest

from bot.web import Metrics, Ready, Secrets, Web, make_metrics, serving
from tests.web.site import SECRET, Box, Site, nothing_seen, running


def parts(ready: Ready | Exception, *, idle: float = 60.0) -> Web:
    async def now() -> Ready:
        if isinstance(ready, Exception):
            raise ready
        return ready

    return Web(
        inbox=Box(),
        secrets=Secrets((SECRET,)),
        watched=nothing_seen,
        ready=now,
        idle=idle,
    )


@pytest.mark.parametrize(
    ("path", "kind", "text"),
    [
        ("/healthz", "text/plain; charset=utf-8", "ok\n"),
        ("/schema/pubflow.json", "application/schema+json; charset=utf-8", '"title": "Configuration of pubflow"'),
        ("/readyz", "application/json; charset=utf-8", '{"ok": true, "reasons": []}'),
    ],
)
async def test_pages(path: str, kind: str, text: str) -> None:
    async with running(Box()) as site:
        answer, head = await site.ask(path), await site.ask(path, "HEAD")
    assert (answer.status, answer.headers["Content-Type"]) == (200, kind)
    assert text in answer.text
    assert (head.status, head.text) == (200, "")


async def test_not_ready_is_said_with_reasons() -> None:
    ready = Ready(ok=False, reasons=("the database does not answer", "<script>alert(1)</script>"))
    async with running(Box(), parts=parts(ready)) as site:
        answer, health = await site.ask("/readyz"), await site.ask("/healthz")
    assert (answer.status, health.status) == (503, 200)
    assert "the database does not answer" in answer.text


async def test_a_defect_in_a_page_is_a_bare_500(caplog: pytest.LogCaptureFixture) -> None:
    async with running(Box(), parts=parts(RuntimeError("password=hunter2"))) as site:
        answer = await site.ask("/readyz?token=abc")
    assert (answer.status, answer.text) == (500, "something went wrong here\n")
    assert "RuntimeError at test_server.py:" in caplog.text
    assert "hunter2" not in caplog.text
    assert "abc" not in caplog.text


async def test_metrics_have_a_port_of_their_own() -> None:
    metrics = Metrics()
    async with running(Box(), parts=parts(Ready(ok=True))) as site:
        assert (await site.ask("/metrics")).status == 404
        async with serving(make_metrics(metrics), "127.0.0.1", 0) as port:
            own = Site(port, metrics, site.session)
            assert "pubflow_deliveries_total" in (await own.ask("/metrics")).text
            assert (await own.ask("/webhook", "POST")).status == 404
            assert (await own.ask("/")).status == 404


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/webhook", 405),
        ("PUT", "/webhook", 405),
        ("OPTIONS", "/webhook", 405),
        ("POST", "/healthz", 405),
        ("GET", "/metrics", 404),
        ("GET", "/", 404),
        ("GET", "/webhook/", 404),
        ("POST", "/webhook/x", 404),
        ("GET", "/templates/", 404),
        ("GET", "/static/../../etc/passwd", 404),
        ("GET", "/..%2f..%2fetc/passwd", 404),
        ("GET", "/%00", 404),
        ("GET", "//healthz", 404),
        ("GET", "/.git/config", 404),
    ],
)
async def test_other_paths_and_methods(method: str, path: str, status: int) -> None:
    async with running(Box()) as site:
        answer = await site.ask(path, method)
    assert answer.status == status
    assert_strict(answer.headers)


def assert_strict(headers: Mapping[str, str]) -> None:
    assert "Server" not in headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_every_page_has_strict_headers(path: str) -> None:
    async with running(Box()) as site:
        assert_strict((await site.ask(path)).headers)


@pytest.mark.parametrize(
    "request_",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        b"GET /healthz HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 9000 + b"\r\n\r\n",
        b"GET /" + b"x" * 5000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 500 + b"\r\n",
        b"POST /webhook HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST /webhook HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /webhook HTTP/1.1\r\nHost: a\r\nX-Hub-Signature-256: sha256=\x00secret-token\r\n\r\n",
    ],
    ids=range(10),
)
async def test_no_http_is_a_400_and_not_quoted_in_the_log(request_: bytes, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with running(Box()) as site:
        reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
        writer.write(request_)
        first = await reader.readline()
        writer.close()
        assert (await site.ask("/healthz")).status == 200
    assert first.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4"))
    assert "secret-token" not in caplog.text
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize(
    "start", [b"", b"POST /webhook HTTP/1.1\r\nHost: a\r\nX-Slow: ", b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"]
)
async def test_a_connection_that_says_no_more_is_ended(start: bytes) -> None:
    async with running(Box(), parts=parts(Ready(ok=True), idle=0.05)) as site:
        reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
        writer.write(start)
        async with asyncio.timeout(5):
            answered = await reader.read()
        writer.close()
    assert answered.count(b"HTTP/1.1 200 OK") == start.count(b"healthz")


async def test_aiohttp_takes_our_limits(caplog: pytest.LogCaptureFixture) -> None:
    # It would go on without them, and only warn, if one of their names were wrong.
    async with running(Box()) as site:
        assert (await site.ask("/healthz")).status == 200
    assert "custom kwargs" not in caplog.text


async def test_readiness_is_looked_up_once_a_second_however_many_ask() -> None:
    looks = []

    async def look() -> Ready:
        looks.append(1)
        return Ready(ok=True)

    web = Web(inbox=Box(), secrets=Secrets((SECRET,)), watched=nothing_seen, ready=look)
    async with running(Box(), parts=web) as site:
        answers = [(await site.ask("/readyz")).status for _ in range(20)]
    assert set(answers) == {200}
    assert len(looks) < 20
