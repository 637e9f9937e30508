"""What goes wrong on demand, and the limits that GitHub sets: counted, announced, enforced."""

from __future__ import annotations

import time

import aiohttp
import pytest

from bot.demo.github import Answer, Drop, Hang, Lost, on, primary_limit, secondary_limit, server_error
from tests.demo.caller import Caller


async def test_budgets_are_counted_and_announced(caller: Caller) -> None:
    token = await caller.token()
    first = (await caller.tool("GET", "", auth=token)).headers
    second = (await caller.tool("GET", "", auth=token)).headers
    assert int(first["X-RateLimit-Remaining"]) - int(second["X-RateLimit-Remaining"]) == 1
    assert first["X-RateLimit-Resource"] == "core"
    assert (await caller.ask("{ viewer { login } }", auth=token)).headers["X-RateLimit-Resource"] == "graphql"
    limits = (await caller.call("GET", "/rate_limit", auth=token)).body["resources"]
    assert (limits["core"]["used"], limits["graphql"]["used"]) == (2, 1)


async def test_what_is_known_already_costs_nothing(caller: Caller) -> None:
    token = await caller.token()
    first = await caller.call("GET", "/repos/acme/tool", auth=token)
    headers = {"If-None-Match": first.headers["ETag"]}
    again = await caller.call("GET", "/repos/acme/tool", auth=token, headers=headers)
    assert (again.status, again.body) == (304, "")
    assert again.headers["X-RateLimit-Remaining"] == first.headers["X-RateLimit-Remaining"]
    caller.github.archive_repository("acme/tool")
    changed = await caller.call("GET", "/repos/acme/tool", auth=token, headers=headers)
    assert (changed.status, changed.body["archived"]) == (200, True)


async def test_an_exhausted_budget_is_refused_until_its_reset(caller: Caller) -> None:
    token, world = await caller.token(), caller.github.site.world
    caller.github.site.limits.exhaust(seconds=30)
    reply = await caller.tool("GET", "", auth=token)
    assert reply.status == 403
    assert "API rate limit exceeded" in reply.message
    assert reply.headers["X-RateLimit-Remaining"] == "0"
    assert 0 < int(reply.headers["X-RateLimit-Reset"]) - time.time() <= 30
    assert (await caller.call("GET", "/rate_limit", auth=token)).status == 200
    assert (await caller.ask("{ viewer { login } }", auth=token)).body["data"]["viewer"]
    assert world.clock is time.time


async def test_graphql_says_it_with_a_200(caller: Caller) -> None:
    caller.github.site.limits.exhaust(seconds=30, resource="graphql")
    reply = await caller.ask("{ viewer { login } }")
    assert (reply.status, reply.body["errors"][0]["type"]) == (200, "RATE_LIMITED")
    assert reply.headers["X-RateLimit-Remaining"] == "0"


async def test_creating_much_at_once_meets_the_secondary_limit(caller: Caller) -> None:
    await caller.pull()
    caller.github.site.limits.creations_per_minute = 3
    statuses = [(await caller.tool("POST", "/issues/1/comments", {"body": "x"})).status for _ in range(4)]
    assert statuses == [201, 201, 403, 403]
    assert caller.github.site.limits.created() == 3


@pytest.mark.parametrize(("status", "after"), [(403, 60), (403, None), (429, 1), (429, None)])
async def test_secondary_limits_on_demand(caller: Caller, status: int, after: int | None) -> None:
    caller.github.faults.add(secondary_limit(status, retry_after=after), on("GET", "/acme/tool"))
    reply = await caller.tool("GET", "")
    assert reply.status == status
    assert "You have exceeded a secondary rate limit" in reply.body["message"]
    assert reply.headers.get("Retry-After") == (None if after is None else str(after))
    assert (await caller.tool("GET", "")).status == 200


async def test_a_primary_limit_on_demand(caller: Caller) -> None:
    caller.github.faults.add(primary_limit(1234), on("GET"))
    reply = await caller.tool("GET", "")
    assert (reply.status, reply.headers["X-RateLimit-Reset"]) == (403, "1234")


async def test_faults_are_met_once_by_what_they_match(caller: Caller) -> None:
    await caller.token()
    caller.github.faults.add(server_error(503), on("POST", "/git/blobs"), times=2)
    assert (await caller.tool("GET", "")).status == 200
    statuses = [(await caller.tool("POST", "/git/blobs", {"content": "x"})).status for _ in range(3)]
    assert statuses == [503, 503, 201]
    assert caller.github.faults.left == 0


@pytest.mark.parametrize("after", [False, True])
async def test_a_dropped_connection_may_hide_that_it_was_done(caller: Caller, after: bool) -> None:
    oid = await caller.commit({"a": "b"})
    caller.github.faults.add(Drop(after=after), on("POST", "/git/refs"))
    with pytest.raises(aiohttp.ClientError):
        await caller.tool("POST", "/git/refs", {"ref": "refs/heads/topic", "sha": oid})
    assert caller.repository.branch("topic") == (oid if after else None)


async def test_a_lost_answer_hides_that_it_was_done(caller: Caller) -> None:
    oid = await caller.commit({"a": "b"})
    caller.github.faults.add(Lost(server_error()), on("POST", "/git/refs"))
    reply = await caller.tool("POST", "/git/refs", {"ref": "refs/heads/topic", "sha": oid})
    assert reply.status == 502
    assert caller.repository.branch("topic") == oid


async def test_an_answer_may_be_late(caller: Caller) -> None:
    await caller.token()
    caller.github.faults.add(Hang(0.05), on("GET"))
    began = time.perf_counter()
    assert (await caller.tool("GET", "")).status == 200
    assert time.perf_counter() - began >= 0.05


async def test_exchanges_are_recorded_without_credentials(caller: Caller) -> None:
    token = await caller.token()
    caller.github.faults.add(Answer(status=500, body={"message": "Server Error"}), on("GET"))
    await caller.tool("GET", "", auth=token)
    last = caller.github.recorder.exchanges[-1]
    assert (last.method, last.path, last.status, last.scripted) == ("GET", "/repos/acme/tool", 500, True)
    assert "authorization" not in last.request_headers
    assert token not in repr(list(caller.github.recorder.exchanges))
    assert token not in repr(caller.github.site.tokens.minted())
