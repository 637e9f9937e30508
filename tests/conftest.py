"""Shared by all rooms: a GitHub on localhost whose every exchange GitHub's own descriptions judge."""

from __future__ import annotations

import gc
import signal
from collections.abc import AsyncIterator, Generator, Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from bot.demo.github import LocalGitHub
from tests.judges import Judge

if TYPE_CHECKING:
    from tests.store.databases import Server

# `make test` tries the same examples each time: what fails for a change was broken by it.
# `make soak` looks for others.
settings.register_profile("same", derandomize=True)
settings.register_profile("new", derandomize=False)
settings.load_profile("same")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Modules and tests stay to the end: the garbage collector need not look at all of them again and again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Whoever runs the tests in the background of a shell hands that down, and commands would not hear Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def judge() -> Iterator[Judge]:
    """`judge.watch(github)` for a GitHub of one's own; the test fails at its end for what was not as described."""
    made = Judge()
    yield made
    made.verdict()


@pytest.fixture
async def local_github(judge: Judge) -> AsyncIterator[LocalGitHub]:
    """Started, empty and watched."""
    async with LocalGitHub() as github:
        judge.watch(github)
        yield github


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """One for all who do not restart it."""
    from tests.store.databases import run_postgresql  # with the engine; most tests need neither

    with run_postgresql() as server:
        yield server
