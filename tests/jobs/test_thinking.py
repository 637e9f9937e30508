"""A repository that takes long to understand stops nobody else."""

from __future__ import annotations

import asyncio
import threading

import pytest

from bot.jobs.thinking import think


async def test_the_loop_goes_on_while_something_is_decided() -> None:
    said = threading.Event()
    deciding = asyncio.create_task(think(said.wait, 10))
    asyncio.get_running_loop().call_soon(said.set)
    assert await deciding, "on the loop nobody could have said it"


async def test_what_goes_wrong_there_is_raised_here() -> None:
    with pytest.raises(ZeroDivisionError):
        await think(divmod, 1, 0)
