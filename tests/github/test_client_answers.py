"""What answers become: nothing leaves the host, nothing without end is read, each refusal is one of ours."""

from __future__ import annotations

import gzip
from dataclasses import replace

import aiohttp
import pytest
from aiohttp import web

from bot.errors import Conflict, Forbidden, GitHubError, Gone, Unavailable, Unwanted
from bot.github import Options
from bot.github.client import Client
from bot.github.faults import Unauthorized
from tests.github.scripted import (
    RISKY,
    Make,
    Serve,
    Time,
    fine,
    said,
    send,
)

# ---------------------------------------------------------------- redirects and bounds


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_renamed_repository_is_followed(serve: Serve, client: Make, status: int) -> None:
    script = await serve(said(status, {"message": "Moved"}, Location="/repositories/42"), fine)
    assert (await send(client(script))).data == {"ok": True}
    assert [seen.path for seen in script.seen] == ["/repos/o/r", "/repositories/42"]
    assert script.seen[1].headers["authorization"] == "Bearer ghs_canary"


async def test_a_writing_request_keeps_its_method_and_body(serve: Serve, client: Make) -> None:
    script = await serve(said(307, {}, Location="/repositories/42/pulls"), fine)
    await send(client(script), RISKY)
    assert [(seen.method, seen.body) for seen in script.seen] == [("POST", {"title": "t"})] * 2


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_nothing_goes_to_another_host(serve: Serve, client: Make, status: int) -> None:
    thief = await serve(fine)
    script = await serve(said(status, {}, Location=f"{thief.url}/repos/o/r"))
    with pytest.raises(Unavailable, match="another host"):
        await send(client(script))
    assert thief.seen == []


@pytest.mark.parametrize(
    "location",
    ["https://{host}/x", "http://user@evil.example/x", "//evil.example/", "http://127.0.0.1:x/", "file:///x"],
)
async def test_nothing_goes_to_a_strange_address(serve: Serve, client: Make, location: str) -> None:
    script = await serve()
    script.say(said(302, {}, Location=location.format(host=script.url.removeprefix("http://"))))
    with pytest.raises(Unavailable):
        await send(client(script))
    assert len(script.seen) == 1


@pytest.mark.parametrize("headers", [{}, {"Location": ""}, {"Location": "/repos/o/r"}])
async def test_a_circle_ends(serve: Serve, client: Make, headers: dict[str, str]) -> None:
    script = await serve(said(301, {}, **headers))
    with pytest.raises(Unavailable):
        await send(client(script))
    assert len(script.seen) == 1


async def test_a_long_chain_ends(serve: Serve, client: Make) -> None:
    script = await serve(lambda seen: said(301, {}, Location=seen.path + "x"))
    with pytest.raises(Unavailable, match="more than 3 times"):
        await send(client(script))
    assert len(script.seen) == 4


LINKS: dict[str, tuple[str, str | None]] = {
    "GitHub's own": ('<{url}/x?page=2>; rel="next", <{url}/x?page=9>; rel="last"', "{url}/x?page=2"),
    "the first page further on": ('<{url}/x?page=1>; rel="first", <{url}/x?page=3>; rel="next"', "{url}/x?page=3"),
    "bare": ("<{url}/x?page=2>;rel=next", "{url}/x?page=2"),
    "capitals, blanks, a parameter before it": ('<{url}/x?page=2> ; title="a" ; REL = "Next"', "{url}/x?page=2"),
    "several relations": ('<{url}/x?page=2>; rel="last next"', "{url}/x?page=2"),
    "a relative address": ('</x?page=2>; rel="next"', "{url}/x?page=2"),
    "a query alone": ('<?page=2>; rel="next"', "{url}/repos/o/r?page=2"),
    "by another name of the server": (
        '<https://api.github.com/repositories/1?per_page=9&page=2>; rel="next"',
        "{url}/repos/o/r?per_page=9&page=2",
    ),
    "no next one": ('<{url}/x?page=1>; rel="first", <{url}/x?page=1>; rel="prev"', None),
    "a relation that only begins like it": ('<{url}/x?page=2>; rel="next-archive"', None),
    "another host without a query": ('<https://evil.example/x>; rel="next"', None),
    "no address": ('<https://[/x?page=2>; rel="next"', None),
    "an empty one": ('<>; rel="next"', None),
    "nonsense": ("next", None),
}


@pytest.mark.parametrize("case", LINKS)
async def test_the_next_page_is_found_and_never_on_another_host(serve: Serve, client: Make, case: str) -> None:
    link, expected = LINKS[case]
    script = await serve()
    script.say(said(200, [], Link=link.format(url=script.url)))
    answer = await send(client(script))
    assert answer.next == (expected.format(url=script.url) if expected else None)


@pytest.mark.parametrize("packed", [False, True])
async def test_an_answer_without_end_is_not_read(
    serve: Serve, session: aiohttp.ClientSession, time: Time, options: Options, packed: bool
) -> None:
    body = b'"' + b"x" * 200_000 + b'"'
    headers = {"Content-Encoding": "gzip"} if packed else {}
    big = web.Response(body=gzip.compress(body) if packed else body, headers=headers, content_type="application/json")
    script = await serve(big)
    client = Client(session, api_url=script.url, clock=time.clock, options=replace(options, largest_answer=100_000))
    with pytest.raises(Unavailable, match="longer than 100000 bytes"):
        await send(client)


@pytest.mark.parametrize("text", ["<html>", '{"a":', "[" * 100_000, "\x00"])
async def test_an_answer_that_is_no_json_is_none(serve: Serve, client: Make, text: str) -> None:
    script = await serve(web.Response(text=text, content_type="application/json"))
    with pytest.raises(Unavailable, match="no JSON"):
        await send(client(script))


# ---------------------------------------------------------------- what refusals become


@pytest.mark.parametrize(
    ("status", "message", "expected"),
    [
        (400, "Problems parsing JSON", Unwanted),
        (401, "Bad credentials", Unauthorized),
        (403, "Resource not accessible by integration", Forbidden),
        (403, "This installation has been suspended", Gone),
        (403, "Repository access blocked", Gone),
        (403, "Repository was archived so is read-only.", Gone),
        (404, "Not Found", Gone),
        (409, "Git Repository is empty.", Conflict),
        (410, "Issues are disabled for this repo", Gone),
        (418, "teapot", Unwanted),
        (422, "Validation Failed", Unwanted),
        (430, "no such status", Unwanted),
        (451, "Repository access blocked", Gone),
        (204, "", None),
        (206, "part", Unavailable),
        (304, "", Unavailable),
    ],
)
async def test_each_refusal_is_one_of_ours(
    serve: Serve, client: Make, status: int, message: str, expected: type[GitHubError] | None
) -> None:
    script = await serve(said(status, {"message": message} if status not in {204, 304} else None))
    if expected is None:
        assert (await send(client(script))).data is None
        return
    with pytest.raises(GitHubError) as caught:
        await send(client(script))
    assert type(caught.value) is expected or (status == 422 and isinstance(caught.value, expected))
    assert message in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "errors",
    [
        None, [], "text", {"a": 1}, [None, 3, "words"], [[]], [{"code": "missing", "field": "x"}], [{"message": ["x"]}],
        [{"code": "custom", "message": "A pull request already exists for o:b."}], [{"code": 7}],
    ],
)  # fmt: skip
async def test_a_422_of_any_shape_is_a_422(serve: Serve, client: Make, errors: object) -> None:
    script = await serve(said(422, {"message": "Validation Failed", "errors": errors}))
    with pytest.raises(Unwanted) as caught:
        await send(client(script))
    assert caught.value.status == 422
    assert str(caught.value).count("Validation Failed") == 1


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'"x"', b"{}", b'{"message": 7}', b"\xff\xfe"])
async def test_a_refusal_of_any_body_is_a_refusal(serve: Serve, client: Make, body: bytes) -> None:
    script = await serve(lambda _: web.Response(status=422, body=body, content_type="application/json"))
    with pytest.raises(Unwanted):
        await send(client(script))


@pytest.mark.parametrize(
    ("accepted", "permission"),
    [
        ("contents=write", "contents"),
        ("pull_requests=write,contents=read", "pull_requests"),
        ("contents=write; contents=write,workflows=write", "workflows"),
        ("", None),
    ],
)
async def test_a_403_names_the_missing_permission(
    serve: Serve, client: Make, accepted: str, permission: str | None
) -> None:
    named = {"X_Accepted_GitHub_Permissions": accepted}
    script = await serve(said(403, {"message": "Resource not accessible by integration"}, **named))
    with pytest.raises(Forbidden) as caught:
        await send(client(script))
    assert caught.value.permission == permission


async def test_a_refusal_shows_nothing_but_githubs_message(serve: Serve, client: Make) -> None:
    message = "no\x1b[31m\n" + "token ghs_1234567890abcdefghij and " + "x " * 300
    body = {"message": message, "documentation_url": "https://docs.example/secret", "stranger": "danger"}
    script = await serve(said(400, body, X_Stranger="danger"))
    with pytest.raises(Unwanted) as caught:
        await send(client(script))
    text = str(caught.value)
    assert "ghs_" not in text
    assert "danger" not in text
    assert "docs.example" not in text
    assert text.isprintable()
    assert len(text) < 300
