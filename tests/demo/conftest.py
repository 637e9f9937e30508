"""Fixtures of this room: an organisation with one repository, the App installed, and somebody to call for it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.demo.github import LocalGitHub
from tests.demo.caller import ALL, EVENTS, FILES, Caller
from tests.demo.receiver import Receiver


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    timeout = aiohttp.ClientTimeout(total=10)
    async with aiohttp.ClientSession(headers={"User-Agent": "tests"}, timeout=timeout) as opened:
        yield opened


@pytest.fixture
def caller(local_github: LocalGitHub, session: aiohttp.ClientSession) -> Caller:
    return settle(local_github, session)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    await made.start()
    yield made
    await made.stop()


def settle(github: LocalGitHub, session: aiohttp.ClientSession) -> Caller:
    github.create_user("alice")
    github.create_organization("acme")
    github.create_repository("acme/tool", FILES)
    keys = github.create_app(owner="acme", name="pubflow", permissions=ALL, events=EVENTS)
    return Caller(github=github, session=session, keys=keys, installed=github.install(keys.app, "acme"))
