"""The webhook over a real socket: which status for what, and what is stored."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from urllib.parse import quote_plus

import pytest

from bot.errors import StoreUnavailable
from bot.model import RepoId
from tests.events.payloads import commit, encode, push, repository
from tests.web.site import PREVIOUS, Box, headers, running, signature

TOUCHING = encode(push(commit("setup.py")))
QUIET = encode(push(commit("README.md")))
HIDDEN = "a body's own words"


@pytest.mark.parametrize("secret", [None, PREVIOUS])
async def test_what_is_for_us_is_stored_before_it_is_acknowledged(secret: bytes | None) -> None:
    box = Box()
    changes: dict[str, str | None] = {} if secret is None else {"x_hub_signature_256": signature(TOUCHING, secret)}
    async with running(box) as site:
        answer = await site.send(TOUCHING, headers(TOUCHING, changes=changes))
    assert answer.status == 202
    [(event, action, jobs)] = box.taken.values()
    assert (event, action, [job.kind for job in jobs]) == ("push", None, ["scan"])


async def test_an_action_is_told_to_the_inbox() -> None:
    box, body = Box(), encode(repository("archived"))
    async with running(box) as site:
        assert (await site.send(body, headers(body, "repository", delivery="x"))).status == 202
    assert box.taken["x"][:2] == ("repository", "archived")


async def test_a_delivery_sent_twice_is_acknowledged_twice() -> None:
    box = Box()
    async with running(box) as site:
        first, second = [await site.send(TOUCHING, headers(TOUCHING)) for _ in range(2)]
        counted = site.metrics.text().decode()
    assert (first.status, second.status, len(box.taken)) == (202, 202, 1)
    assert 'pubflow_deliveries_total{event="push",outcome="duplicate"} 1.0' in counted


async def test_both_content_types() -> None:
    box, form = Box(), b"payload=" + quote_plus(TOUCHING).encode()
    async with running(box) as site:
        sent = headers(form, delivery="form", changes={"content_type": "application/x-www-form-urlencoded"})
        assert (await site.send(form, sent)).status == 202
        assert (await site.send(TOUCHING, headers(TOUCHING, delivery="json"))).status == 202
    assert box.taken["form"] == box.taken["json"]


async def test_a_path_that_the_last_plan_read_is_for_us() -> None:
    box = Box()

    def watched(repository: RepoId) -> frozenset[str]:
        return frozenset({"README.md"}) if repository == 7 else frozenset()

    async with running(box, watched=watched) as site:
        assert (await site.send(QUIET, headers(QUIET))).status == 202


@pytest.mark.parametrize(("body", "event"), [(QUIET, "push"), (b"\xff no JSON", "star"), (b"", "an_event_to_come")])
async def test_what_is_not_for_us_is_never_stored(body: bytes, event: str) -> None:
    box = Box(refuse=AssertionError("asked"))
    async with running(box) as site:
        answer = await site.send(body, headers(body, event))
    assert (answer.status, answer.text, box.taken) == (204, "", {})


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"x_hub_signature_256": None}, 401),
        ({"x_hub_signature_256": "sha1=" + "0" * 40}, 401),
        ({"x_hub_signature_256": signature(TOUCHING, b"another")}, 401),
        ({"x_hub_signature_256": signature(TOUCHING).upper()}, 401),
        ({"x_hub_signature_256": signature(TOUCHING)[:-1] + "é"}, 401),
        ({"x_hub_signature_256": signature(TOUCHING, b"another"), "content_type": "text/html"}, 401),
        ({"x_github_delivery": None}, 400),
        ({"x_github_delivery": "x" * 101}, 400),
        ({"x_github_event": None}, 400),
        ({"x_github_event": "Push"}, 400),
        ({"x_github_event": "pull_request"}, 400),
        ({"content_type": "text/plain"}, 400),
        ({"content_encoding": "gzip", "x_github_event": "pull_request"}, 400),
    ],
)
async def test_what_github_would_not_send_is_refused(changes: dict[str, str | None], status: int) -> None:
    box = Box()
    async with running(box) as site:
        answer = await site.send(TOUCHING, headers(TOUCHING, changes=changes))
    assert (answer.status, box.taken) == (status, {})
    assert len(answer.text) < 100


async def test_github_is_asked_to_send_again_what_could_not_be_stored(caplog: pytest.LogCaptureFixture) -> None:
    async with running(Box(refuse=StoreUnavailable("the disk of db.internal is full"))) as site:
        answer = await site.send(TOUCHING, headers(TOUCHING))
    assert (answer.status, answer.headers["Retry-After"]) == (503, "10")
    assert "db.internal" not in answer.text
    assert "was turned away: the disk of db.internal is full" in caplog.text, "the operator must know"


async def test_a_defect_tells_nothing_to_the_outside_and_little_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async with running(Box(refuse=ValueError(HIDDEN))) as site:
        answer = await site.send(TOUCHING, headers(TOUCHING))
        again = await site.send(QUIET, headers(QUIET))
        counted = site.metrics.text().decode()
    assert (answer.status, answer.text, again.status) == (500, "something went wrong here\n", 204)
    assert 'outcome="failed"} 1.0' in counted
    [record] = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert "ValueError at site.py:" in record.getMessage()
    assert HIDDEN not in caplog.text


async def test_every_outcome_is_counted_under_a_known_event() -> None:
    async with running(Box()) as site:
        await site.send(QUIET, headers(QUIET))
        await site.send(QUIET, headers(QUIET, "made_up_by_a_stranger"))
        await site.send(QUIET, headers(QUIET, changes={"x_hub_signature_256": None}))
        counted = site.metrics.text().decode()
    assert 'pubflow_deliveries_total{event="push",outcome="not-for-us"} 1.0' in counted
    assert 'pubflow_deliveries_total{event="other",outcome="not-for-us"} 1.0' in counted
    assert 'pubflow_deliveries_total{event="other",outcome="bad-signature"} 1.0' in counted
    assert "stranger" not in counted


async def test_an_unsigned_body_is_not_waited_for() -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 1000

    async with running(Box()) as site:
        answer = await site.ask(
            "/webhook", "POST", data=endless(), headers=headers(b"", changes={"x_hub_signature_256": None})
        )
    assert answer.status == 401
