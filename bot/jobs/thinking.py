"""Where the core thinks: a repository made to take long must not stop deliveries and heartbeats."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_MIND = ThreadPoolExecutor(1, thread_name_prefix="decide")
"""One thread for all jobs: it is all Python's own work, and more would not be faster."""


async def think(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """What `function` returns, computed beside the loop."""
    return await asyncio.get_running_loop().run_in_executor(_MIND, partial(function, *args, **kwargs))
