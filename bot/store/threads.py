"""A few threads in which a coroutine's database work is done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

# Our own threads, not the loop's default ones: the job engine replaces those while it runs and shuts them down when it
# stops. As many as an engine has connections: more would only queue up inside the pool.
_POOL = ThreadPoolExecutor(2, thread_name_prefix="store")


async def in_thread(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """What `function` returns or raises, computed beside the loop."""
    return await asyncio.get_running_loop().run_in_executor(_POOL, partial(function, *args, **kwargs))
