"""Processes that begin where a program's imports end: real ones, killed as any other, and hundreds of them at once.

To start an interpreter and to import everything takes it a second or more, in which there is nothing of ours to kill.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any, Final

_FORKS: Final = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["bot.app", "bot.cli.running", "bot.cli.serve", "tests.queue.process"])


class Fork:
    """To be used like an `asyncio.subprocess.Process`."""

    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process
        # How it ended can be read once: whoever else looked at the same time would make it 255.
        self._ended = asyncio.create_task(asyncio.to_thread(self._end))

    @classmethod
    async def start(
        cls, function: Callable[..., None], *values: Any, environment: Mapping[str, str], log: Path | None = None
    ) -> Fork:
        """Calls the function, which must be a module's own, with what else can be pickled."""
        given = (function, values, dict(environment), str(Path.cwd() if log is None else log.parent), log)
        process = _FORKS.Process(target=_begin, args=given)
        await asyncio.to_thread(process.start)
        return cls(process)

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        return self._ended.result() if self._ended.done() else None

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def terminate(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)

    async def wait(self) -> int:
        return await asyncio.shield(self._ended)

    def _end(self) -> int:
        self._process.join()
        assert self._process.exitcode is not None
        return self._process.exitcode


def _begin(
    function: Callable[..., None], values: tuple[Any, ...], environment: dict[str, str], folder: str, log: Path | None
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    if log is not None:
        descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.dup2(descriptor, sys.stdout.fileno())
        os.dup2(descriptor, sys.stderr.fileno())
    function(*values)
