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
_FORKS.set_forkserver_preload(
    ["bot.app", "bot.cli.running", "bot.cli.serve", "bot.demo.journey", "bot.demo.show", "tests.queue.process"]
)


class Fork:
    """To be used like an `asyncio.subprocess.Process`."""

    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process
        # How it ended can be read once: whoever else looked at the same time would make it 255.
        self._ended = asyncio.create_task(asyncio.to_thread(self._end))

    @classmethod
    async def start(
        cls,
        function: Callable[..., None],
        *values: Any,
        environment: Mapping[str, str],
        folder: Path | None = None,
        out: Path | None = None,
        err: Path | None = None,
    ) -> Fork:
        """Calls the function, which must be a module's own, with what else can be pickled, in this folder.

        What it writes is added to the files; to `out` as well what should go to `err`, where there is none.
        """
        files = (out, out if err is None else err)
        process = _FORKS.Process(target=_begin, args=(function, values, dict(environment), folder or Path.cwd(), files))
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
    function: Callable[..., None],
    values: tuple[Any, ...],
    environment: dict[str, str],
    folder: Path,
    files: tuple[Path | None, Path | None],
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    for stream, file in zip((sys.stdout, sys.stderr), files, strict=True):
        if file is not None:
            descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            os.dup2(descriptor, stream.fileno())
            os.close(descriptor)
    function(*values)
