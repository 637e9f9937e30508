"""The one way out: what is retried, what waits, what is refused, and that nothing leaves GitHub's host."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable
from dataclasses import replace

import aiohttp
import pytest
from aiohttp import web

from bot.errors import Conflict, Forbidden, GitHubError, Gone, Stopped, Unavailable, Unwanted, WaitUntil
from bot.github import Options, Token
from bot.github.client import Client
from bot.github.faults import Unauthorized
from bot.github.limits import LaneKey
from bot.github.wire import Answer, Endpoints, Request
from tests.github.scripted import START, Reply, Script, Seen, Serve, Time, said

LANE = LaneKey(7)
SECRET = Token("ghs_canary")
GET = Request(method="GET", path="/repos/{owner}/{repo}", values={"owner": "o", "repo": "r"})
RISKY = Request(method="POST", path="/repos/o/r/pulls", body={"title": "t"}, repeatable=False)
LIMITED = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."

Make = Callable[[Script], Client]


@pytest.fixture
def client(session: aiohttp.ClientSession, time: Time, options: Options) -> Make:
    return lambda script: Client(session, api_url=script.url, clock=time.clock, options=options)


def fine(_: Seen) -> web.Response:
    return said(200, {"ok": True})


async def send(client: Client, request: Request = GET) -> Answer:
    return await client.send(request, lane=LANE, secret=SECRET)


def hang_up(_: Seen) -> web.StreamResponse:
    """Promises a body and closes the connection."""
    response = web.StreamResponse(headers={"Content-Length": "100"})
    response.force_close()
    return response


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


# ---------------------------------------------------------------- limits


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


# ---------------------------------------------------------------- deadline and concurrency


async def test_no_wait_goes_beyond_the_deadline(serve: Serve, client: Make, time: Time) -> None:
    script = await serve(limited(Retry_After="3"), fine)
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


async def test_the_next_page_is_given_and_never_on_another_host(serve: Serve, client: Make) -> None:
    script = await serve()
    script.say(
        said(200, [], Link=f'<{script.url}/x?page=2>; rel="next", <{script.url}/x?page=9>; rel="last"'),
        said(200, [], Link='<https://evil.example/x?page=2>; rel="next"'),
    )
    paging = client(script)
    assert (await send(paging)).next == f"{script.url}/x?page=2"
    assert (await send(paging)).next is None


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
