"""Fixtures of this room: a clock, a key, a session, servers that say what they are told."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.github import AppCredentials, GitHub, Interest, Options, PrivateKey, Token
from tests.github.scripted import Connect, Nothing, Reply, Script, Serve, Time


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def options(time: Time) -> Options:
    return Options(sleep=time.sleep, rng=random.Random(7), timeout=5.0)  # noqa: S311 - jitter


@pytest.fixture(scope="session")
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def credentials(rsa_key: rsa.RSAPrivateKey) -> AppCredentials:
    return AppCredentials(app_id="4711", key=PrivateKey(rsa_key))


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as opened:
        yield opened


@pytest.fixture
async def serve(time: Time) -> AsyncIterator[Serve]:
    """Starts servers; each says what it is told."""
    running: list[TestServer] = []

    async def start(*replies: Reply) -> Script:
        script = Script(time, list(replies))
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/{path:.*}", script.handle)
        server = TestServer(app)
        await server.start_server()
        running.append(server)
        script.url = str(server.make_url("")).rstrip("/")
        return script

    yield start
    for server in running:
        await server.close()


@pytest.fixture
def connect(session: aiohttp.ClientSession, time: Time, options: Options) -> Connect:
    usual, nothing = options, Nothing()

    def make(
        url: str, who: AppCredentials | Token, *, interest: Interest = nothing, options: Options = usual
    ) -> GitHub:
        return GitHub(session, who, interest=interest, api_url=url, clock=time.clock, options=options)

    return make
