"""Fixtures of this room: a clock, a key, a session, servers that say what they are told."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import rsa

import bot.interest
from bot.demo.github import LocalGitHub
from bot.github import AppCredentials, GitHub, Interest, Options, PrivateKey, Token, read_private_key
from bot.github.client import Client
from tests.github.scripted import AppMaker, Connect, Make, Nothing, Reply, Script, Serve, Time
from tests.github.stage import FILES, PERMISSIONS, Stage
from tests.judges import Judge


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def options(time: Time) -> Options:
    return Options(sleep=time.sleep, rng=random.Random(7), timeout=60.0)


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


@pytest.fixture
def client(session: aiohttp.ClientSession, time: Time, options: Options) -> Make:
    return lambda script: Client(session, api_url=script.url, clock=time.clock, options=options)


@pytest.fixture
def app(time: Time, credentials: AppCredentials, connect: Connect) -> AppMaker:
    return AppMaker(connect, credentials, time)


@pytest.fixture
async def stage(connect: Connect, time: Time, judge: Judge) -> AsyncIterator[Stage]:
    """GitHub's own descriptions judge every exchange."""
    async with LocalGitHub(clock=time.clock) as hub:
        judge.watch(hub)
        yield staged(hub, connect)


@pytest.fixture
async def enterprise(connect: Connect, time: Time, judge: Judge) -> AsyncIterator[Stage]:
    """The same on a GitHub Enterprise Server."""
    async with LocalGitHub(clock=time.clock, enterprise="3.19.0") as hub:
        judge.watch(hub)
        yield staged(hub, connect)


def staged(hub: LocalGitHub, connect: Connect) -> Stage:
    hub.create_user("alice")
    hub.create_organization("acme")
    hub.create_repository("acme/tool", FILES)
    keys = hub.create_app(owner="acme", name="pubflow", permissions=PERMISSIONS, events=["push"])
    installed = hub.install(keys.app, "acme")
    who = AppCredentials(app_id=str(keys.app.id), key=read_private_key(keys.private_key))
    return Stage(hub, keys, installed, connect(hub.url, who, interest=bot.interest))
