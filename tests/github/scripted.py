"""A GitHub that says what a test tells it to say, over a real socket, and a clock that only sleeping moves."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Protocol

from aiohttp import web

from bot.github import AppCredentials, GitHub, Interest, Options, Token
from bot.github.access import Access
from bot.github.auth import APP_LANE, AppJwt, Tokens
from bot.github.client import Client
from bot.github.limits import LaneKey
from bot.github.wire import Answer, Request
from bot.model import TreeEntry

START = 1_800_000_000.0
"""Seconds since the epoch at which every test begins."""


@dataclass(slots=True)
class Time:
    """`clock` and `sleep` of one world: sleeping is what makes time pass."""

    now: float = START
    slept: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A request as the server saw it."""

    method: str
    path: str
    headers: dict[str, str]
    body: dict[str, object]


Reply = web.StreamResponse | Callable[[Seen], web.StreamResponse | Awaitable[web.StreamResponse]]


@dataclass(slots=True)
class Script:
    """Answers in order; the last one is given again and again."""

    time: Time
    replies: list[Reply] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    url: str = ""

    def say(self, *replies: Reply) -> None:
        self.replies += replies

    async def handle(self, request: web.Request) -> web.StreamResponse:
        text = await request.text()
        headers = {name.lower(): value for name, value in request.headers.items()}
        body = json.loads(text) if text else {}
        seen = Seen(method=request.method, path=request.path_qs, headers=headers, body=body)
        self.seen.append(seen)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if callable(reply):
            given = reply(seen)
            reply = given if isinstance(given, web.StreamResponse) else await given
        reply.headers.setdefault("Date", formatdate(self.time.now, usegmt=True))
        return reply


class Serve(Protocol):
    """Starts a server that gives these replies in order."""

    async def __call__(self, *replies: Reply) -> Script: ...


class Connect(Protocol):
    """Makes a `GitHub` that speaks to an address, with the test's clock."""

    def __call__(
        self, url: str, who: AppCredentials | Token, *, interest: Interest = ..., options: Options = ...
    ) -> GitHub: ...


class Nothing:
    """An interest in no file at all."""

    def first(self, _tree: Mapping[str, TreeEntry], /) -> Iterable[str]:
        return ()

    def named(self, _files: Mapping[str, str], _tree: Mapping[str, TreeEntry], /) -> Iterable[str]:
        return ()


def said(status: int, body: object = None, **headers: str) -> web.Response:
    """An answer in JSON; header names with `_` for `-`."""
    text = "" if body is None else json.dumps(body)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.Response(status=status, text=text, content_type="application/json", headers=named)


LANE = LaneKey(7)
SECRET = Token("ghs_canary")
GET = Request(method="GET", path="/repos/{owner}/{repo}", values={"owner": "o", "repo": "r"})
RISKY = Request(method="POST", path="/repos/o/r/pulls", body={"title": "t"}, repeatable=False)
Make = Callable[[Script], Client]
"""A client that speaks to this server."""


def fine(_: Seen) -> web.Response:
    return said(200, {"ok": True})


def hang_up(_: Seen) -> web.StreamResponse:
    """Promises a body and closes the connection."""
    response = web.StreamResponse(headers={"Content-Length": "100"})
    response.force_close()
    return response


async def send(client: Client, request: Request = GET) -> Answer:
    return await client.send(request, lane=LANE, secret=SECRET)


class AppMaker:
    """Builds the parts that `GitHub` is made of, so that tests see single tokens."""

    def __init__(self, connect: Connect, credentials: AppCredentials, time: Time) -> None:
        self.connect = connect
        self.credentials = credentials
        self.time = time

    def client(self, script: Script) -> Client:
        return self.connect(script.url, self.credentials)._client

    def tokens(self, script: Script) -> Tokens:
        client = self.client(script)
        return Tokens(Access(client, APP_LANE, AppJwt(self.credentials, client)))

    def github(self, script: Script) -> GitHub:
        return self.connect(script.url, self.credentials)
