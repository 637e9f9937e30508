"""GraphQL's failures come with status 200: each becomes what the same failure is in REST."""

from __future__ import annotations

import msgspec
import pytest

from bot.errors import Forbidden, GitHubError, Gone, Unavailable, Unwanted, WaitUntil
from bot.github import Token
from bot.github.access import Access, FixedToken
from bot.github.graphql import query
from bot.github.limits import LaneKey
from tests.github.scripted import Connect, Script, Serve, Time, said

TIMEOUT = (
    "Something went wrong while executing your query. This may be the result of a timeout, or it could be a GitHub bug."
)


class Answer(msgspec.Struct):
    ok: bool


def at(script: Script, connect: Connect) -> Access:
    return Access(connect(script.url, Token("x"))._client, LaneKey(1), FixedToken(Token("x")))


def errors(message: str, kind: str | None = None, data: object = None) -> dict[str, object]:
    return {"data": data, "errors": [{"message": message} | ({"type": kind} if kind else {})]}


async def test_variables_go_beside_the_document(serve: Serve, connect: Connect) -> None:
    script = await serve(said(200, {"data": {"ok": True}}))
    got = await query(at(script, connect), "query Q($a: Int) { ok }", {"a": 1}, Answer)
    assert got.ok
    assert script.seen[0].path == "/graphql"
    assert script.seen[0].body == {"query": "query Q($a: Int) { ok }", "variables": {"a": 1}}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (errors("Could not resolve to a node", "NOT_FOUND"), Gone),
        (errors("Resource not accessible by integration", "FORBIDDEN"), Forbidden),
        (errors("Your token has not been granted the required scopes", "INSUFFICIENT_SCOPES"), Forbidden),
        (errors("The reference is at a but expected b.", "UNPROCESSABLE"), Unwanted),
        (errors("Expected branch to point to", "STALE_DATA"), Unwanted),
        (errors("Parse error on line 1"), Unwanted),
        (errors("Query has 600,000 nodes", "MAX_NODE_LIMIT_EXCEEDED"), Unwanted),
        (errors("API rate limit exceeded", "RATE_LIMITED"), WaitUntil),
        (errors(TIMEOUT), Unavailable),
        (errors("partly there", "NOT_FOUND", data={"ok": True}), Gone),
        ({"data": None}, Unavailable),
        ({}, Unavailable),
        ([], Unavailable),
        ({"data": {"ok": "yes"}}, Unavailable),
        ({"data": []}, Unavailable),
        ({"errors": "text"}, Unwanted),
        ({"errors": [{"message": {"a": 1}}]}, Unwanted),
        ({"errors": [None]}, Unwanted),
    ],
)
async def test_each_failure_is_one_of_ours(
    serve: Serve, connect: Connect, body: object, expected: type[GitHubError]
) -> None:
    script = await serve(lambda _: said(200, body))
    with pytest.raises(expected):
        await query(at(script, connect), "{ ok }", {}, Answer)


@pytest.mark.parametrize(
    ("data", "kept"), [({"ok": True, "more": None}, True), ({"ok": None}, False), ({}, False), (None, False)]
)
async def test_what_came_beside_errors_counts_for_those_who_ask_for_it(
    serve: Serve, connect: Connect, data: object, kept: bool
) -> None:
    script = await serve(lambda _: said(200, errors("Something is not there", "NOT_FOUND", data=data)))
    if kept:
        assert (await query(at(script, connect), "{ ok }", {}, Answer, partial=True)).ok
        return
    with pytest.raises(Gone):
        await query(at(script, connect), "{ ok }", {}, Answer, partial=True)


async def test_a_time_out_is_tried_again(serve: Serve, connect: Connect, time: Time) -> None:
    script = await serve(said(200, errors(TIMEOUT)), said(502), said(200, {"data": {"ok": True}}))
    assert (await query(at(script, connect), "{ ok }", {}, Answer)).ok
    assert len(time.slept) == 2


async def test_a_mutation_whose_end_is_unknown_is_not_sent_twice(serve: Serve, connect: Connect) -> None:
    async def permit() -> None:
        return None

    script = await serve(said(200, errors(TIMEOUT)), said(200, {"data": {"ok": True}}))
    with pytest.raises(Unavailable):
        await query(at(script, connect), "mutation { ok }", {}, Answer, permit=permit)
    assert len(script.seen) == 1


async def test_a_workflow_refused_names_the_permission(serve: Serve, connect: Connect) -> None:
    words = "refusing to allow a GitHub App to create or update workflow `x` without `workflows` permission"
    script = await serve(said(200, errors(words, "FORBIDDEN")))
    with pytest.raises(Forbidden) as caught:
        await query(at(script, connect), "{ ok }", {}, Answer)
    assert caught.value.permission == "workflows"


async def test_the_word_errors_in_a_text_is_no_error(serve: Serve, connect: Connect) -> None:
    class Text(msgspec.Struct):
        text: str

    script = await serve(said(200, {"data": {"text": 'say "errors": []'}}))
    assert (await query(at(script, connect), "{ text }", {}, Text)).text == 'say "errors": []'
