"""Tokens: narrowed, kept, asked for once, renewed once; and what is said when the App's identity is wrong."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import jwt
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.errors import ConfigurationError, Forbidden, GitHubError, Gone, Unavailable, WaitUntil
from bot.github import Token
from bot.github.access import Access, FixedToken
from bot.github.auth import READING, WRITING, Grant, InstallationToken
from bot.github.limits import LaneKey
from bot.github.wire import Request
from bot.model import InstallationId, RepoId
from tests.github.scripted import START, AppMaker, Reply, Seen, Serve, said

ONE = InstallationId(1)
READ = Grant(ONE, READING)
LONG = "ghs_4711_" + "x" * 240 + "." + "y" * 270


def minted(number: int = 1, *, lasts: float = 3600, token: str | None = None) -> web.Response:
    ends = datetime.fromtimestamp(START + lasts, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return said(201, {"token": token or f"ghs_{number}", "expires_at": ends, "permissions": {}})


def counting(*, lasts: float = 3600) -> Reply:
    count = iter(range(1, 100))
    return lambda _: minted(next(count), lasts=lasts)


# ---------------------------------------------------------------- minting and keeping


async def test_a_token_is_narrowed_to_its_purpose(serve: Serve, app: AppMaker, rsa_key: rsa.RSAPrivateKey) -> None:
    script = await serve(counting())
    tokens = app.tokens(script)
    await tokens.get(READ)
    await tokens.get(Grant(ONE, WRITING, (RepoId(42),)))
    first, second = script.seen
    assert first.path == "/app/installations/1/access_tokens"
    assert first.body == {"permissions": {"contents": "read", "metadata": "read", "pull_requests": "read"}}
    assert second.body == {
        "permissions": {"contents": "write", "metadata": "read", "pull_requests": "write"},
        "repository_ids": [42],
    }
    signed = first.headers["authorization"].removeprefix("Bearer ")
    loose = {"verify_exp": False, "verify_iat": False}
    assert jwt.decode(signed, rsa_key.public_key(), ["RS256"], options=loose)["iss"] == "4711"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ends", "kept"),
    [
        ("2027-01-15T09:00:00Z", True),
        ("2027-01-15T09:00:00.123Z", True),
        ("2027-01-15T09:00:00+00:00", True),
        ("2027-01-15T02:00:00.000-07:00", True),
        ("2027-01-15T09:00:00", True),
        ("2027-01-15T08:00:00Z", False),
        ("2027-01-15T09:00:00+02:00", False),
        ("2027-01-15T08:05:00", False),
    ],
)
async def test_the_end_of_a_token_is_read_in_every_spelling(serve: Serve, app: AppMaker, ends: str, kept: bool) -> None:
    """The test begins at 8 o'clock UTC."""
    script = await serve(lambda _: said(201, {"token": "ghs_1", "expires_at": ends}))
    tokens = app.tokens(script)
    await tokens.get(READ)
    await tokens.get(READ)
    assert len(script.seen) == (1 if kept else 2)


@pytest.mark.parametrize(("later", "mints"), [(0, 1), (3600 - 301, 1), (3600 - 300, 2), (7200, 2)])
async def test_a_token_is_kept_until_five_minutes_before_its_end(
    serve: Serve, app: AppMaker, later: float, mints: int
) -> None:
    script = await serve(counting())
    tokens = app.tokens(script)
    await tokens.get(READ)
    app.time.now += later
    await tokens.get(READ)
    assert len(script.seen) == mints


async def test_each_purpose_has_its_own_token(serve: Serve, app: AppMaker) -> None:
    script = await serve(counting())
    tokens = app.tokens(script)
    grants = [
        READ,
        Grant(InstallationId(2), READING),
        Grant(ONE, WRITING),
        Grant(ONE, WRITING, (RepoId(1),)),
        Grant(ONE, WRITING, (RepoId(2),)),
    ]
    got = [await tokens.get(grant) for grant in grants + grants]
    assert len(script.seen) == len(set(got)) == 5


async def test_a_hundred_jobs_ask_once(serve: Serve, app: AppMaker) -> None:
    script = await serve(counting())
    tokens = app.tokens(script)
    got = await asyncio.gather(*(tokens.get(READ) for _ in range(100)))
    assert len(script.seen) == 1
    assert set(got) == {Token("ghs_1")}


async def test_a_failed_mint_wakes_all_and_the_next_asks_anew(serve: Serve, app: AppMaker) -> None:
    script = await serve(said(404, {"message": "Not Found"}), counting())
    tokens = app.tokens(script)
    got = await asyncio.gather(*(tokens.get(READ) for _ in range(5)), return_exceptions=True)
    assert [type(one) for one in got] == [Gone] * 5
    assert len(script.seen) == 1
    assert await tokens.get(READ) == Token("ghs_1")


async def test_a_cancelled_job_does_not_end_the_others_waiting(serve: Serve, app: AppMaker) -> None:
    arrived, release = asyncio.Event(), asyncio.Event()

    async def slow(_: Seen) -> web.StreamResponse:
        arrived.set()
        await release.wait()
        return minted()

    script = await serve(slow)
    tokens = app.tokens(script)
    first, second = (asyncio.create_task(tokens.get(READ)) for _ in range(2))
    await arrived.wait()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    release.set()
    assert await second == Token("ghs_1")
    assert len(script.seen) == 1


async def test_one_jobs_deadline_is_not_the_others(serve: Serve, app: AppMaker) -> None:
    script = await serve(said(403, {"message": "secondary rate limit"}, Retry_After="3"), counting())
    tokens = app.tokens(script)
    with app.client(script).deadline(1):
        hurried = asyncio.create_task(tokens.get(READ))
        await asyncio.sleep(0)
    assert await tokens.get(READ) == await hurried == Token("ghs_1")


async def test_a_token_of_520_characters_is_a_token(serve: Serve, app: AppMaker) -> None:
    assert len(LONG) == 520
    script = await serve(minted(token=LONG), said(200, {}))
    client = app.client(script)
    await Access(client, LaneKey(1), InstallationToken(app.tokens(script), READ)).send(Request(method="GET", path="/x"))
    assert script.seen[1].headers["authorization"] == f"Bearer {LONG}"


# ---------------------------------------------------------------- renewed once


async def test_a_refused_token_is_renewed_once(serve: Serve, app: AppMaker) -> None:
    script = await serve(minted(1), said(401, {"message": "Bad credentials"}), minted(2), said(200, {"ok": True}))
    access = Access(app.client(script), LaneKey(1), InstallationToken(app.tokens(script), READ))
    assert (await access.send(Request(method="GET", path="/x"))).data == {"ok": True}
    used = [seen.headers["authorization"] for seen in script.seen if seen.path == "/x"]
    assert used == ["Bearer ghs_1", "Bearer ghs_2"]


async def test_and_only_once(serve: Serve, app: AppMaker) -> None:
    no = said(401, {"message": "Bad credentials"})
    script = await serve(minted(1), no, minted(2), lambda _: said(401, {"message": "Bad credentials"}))
    access = Access(app.client(script), LaneKey(1), InstallationToken(app.tokens(script), READ))
    with pytest.raises(Unavailable, match="just minted"):
        await access.send(Request(method="GET", path="/x"))
    assert len(script.seen) == 4


async def test_many_refusals_of_one_token_renew_it_once(serve: Serve, app: AppMaker) -> None:
    count = iter(range(1, 10))

    def answer(seen: Seen) -> web.Response:
        if seen.path.endswith("access_tokens"):
            return minted(next(count))
        old = seen.headers["authorization"] == "Bearer ghs_1"
        return said(401, {"message": "Bad credentials"}) if old else said(200, {})

    script = await serve(answer)
    access = Access(app.client(script), LaneKey(1), InstallationToken(app.tokens(script), READ))
    await asyncio.gather(*(access.send(Request(method="GET", path="/x")) for _ in range(8)))
    assert sum(seen.path.endswith("access_tokens") for seen in script.seen) == 2


async def test_a_plain_token_that_is_refused_is_a_setting_to_mend(serve: Serve, app: AppMaker) -> None:
    script = await serve(said(401, {"message": "Bad credentials"}))
    access = Access(app.client(script), LaneKey(0), FixedToken(Token("ghp_canary")))
    with pytest.raises(ConfigurationError, match="GITHUB_TOKEN is not accepted") as caught:
        await access.send(Request(method="GET", path="/x"))
    assert "canary" not in str(caught.value)
    assert len(script.seen) == 1


# ---------------------------------------------------------------- what minting may answer


@pytest.mark.parametrize(
    ("status", "message", "expected"),
    [
        (403, "This installation has been suspended", Gone),
        (404, "Not Found", Gone),
        (422, "There is at least one repository that does not exist or is not accessible to the parent", Gone),
        (500, "Server Error", Unavailable),
        (429, "slow down", WaitUntil),
        (404, "Integration not found", ConfigurationError),
        (401, "A JSON web token could not be decoded", ConfigurationError),
    ],
)
async def test_each_answer_has_its_end(
    serve: Serve, app: AppMaker, status: int, message: str, expected: type[Exception]
) -> None:
    script = await serve(lambda _: said(status, {"message": message}))
    with pytest.raises(expected) as caught:
        await app.tokens(script).get(READ)
    assert type(caught.value) is expected
    assert isinstance(caught.value, GitHubError) != (expected is ConfigurationError)


@pytest.mark.parametrize(
    ("granted", "missing"),
    [
        ({"contents": "write", "pull_requests": "write", "metadata": "read"}, "workflows"),
        ({"contents": "read", "pull_requests": "write", "metadata": "read", "workflows": "write"}, "contents"),
        ({"metadata": "read", "contents": "write", "workflows": "write"}, "pull_requests"),
        (dict.fromkeys(["contents", "pull_requests", "metadata", "workflows"], "write"), None),
    ],
)
async def test_a_permission_that_is_not_granted_is_named(
    serve: Serve, app: AppMaker, granted: dict[str, str], missing: str | None
) -> None:
    refused = said(422, {"message": "The permissions requested are not granted to this installation."})
    script = await serve(refused, said(200, {"id": 1, "permissions": granted}))
    with pytest.raises(Forbidden) as caught:
        await app.tokens(script).get(Grant(ONE, (*WRITING, ("workflows", "write")), (RepoId(1),)))
    assert caught.value.permission == missing
    if missing:
        assert f"'{missing.replace('_', ' ')}: write'" in str(caught.value)
        assert "must accept" in str(caught.value)


@pytest.mark.parametrize("body", [{}, {"token": 7, "expires_at": "x"}, {"token": "ghs_x", "expires_at": "soon"}, []])
async def test_a_mint_that_is_none(serve: Serve, app: AppMaker, body: object) -> None:
    script = await serve(said(201, body))
    with pytest.raises(Unavailable) as caught:
        await app.tokens(script).get(READ)
    assert "ghs_" not in str(caught.value)
