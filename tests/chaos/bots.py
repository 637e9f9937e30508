"""Real `pubflow` processes, killed without warning and started again, as an init system would."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.cli import main
from bot.demo.github import Credentials, Exchange, LocalGitHub
from bot.demo.pypi import LocalPyPI
from tests.forks import Fork

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def environment(
    github: LocalGitHub, pypi: LocalPyPI, credentials: Credentials, home: Path, database: str | None, port: int
) -> dict[str, str]:
    """What an operator would set; nothing of the machine's own but the path."""
    given = {
        "PATH": os.environ["PATH"],
        "APP_ID": str(credentials.app.id),
        "PRIVATE_KEY": credentials.private_key,
        "WEBHOOK_SECRET": credentials.webhook_secret,
        "GITHUB_API_URL": github.url,
        "GITHUB_WEB_URL": github.web_url,
        "PYPI_URL": pypi.url,
        "PUBFLOW_HOME": str(home),
        "PORT": str(port),
        "PULLS_PER_HOUR": "500",
        "WRITES_PER_MINUTE": "100000",
        "WRITES_PER_HOUR": "100000",
        "ALLOWED_ACCOUNTS": "*",
        "LOG_FORMAT": "json",
    }
    return given | ({"DATABASE_URL": database} if database else {})


@dataclass(slots=True)
class Bots:
    """Keeps commands running until told to stop; `kill` takes one of them down at once."""

    commands: Sequence[Sequence[str]]
    environment: Mapping[str, str]
    logs: Path
    forked: bool = False
    versions: Sequence[Path] = (ROOT,)
    """Source trees, of which each process that starts is from the next; not of those that are forked."""
    kills: int = 0
    starts: int = 0
    _running: list[Process | Fork | None] = field(default_factory=list)
    _keepers: list[asyncio.Task[None]] = field(default_factory=list)
    _stopping: bool = False

    def check(self) -> None:
        """Raise what a keeper raised: a process that ends by itself will not come back."""
        for keeper in self._keepers:
            if keeper.done():
                keeper.result()

    def kill(self, which: int) -> None:
        process = self._running[which]
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            self.kills += 1

    @contextlib.asynccontextmanager
    async def kept_running(self) -> AsyncIterator[None]:
        self._running = [None] * len(self.commands)
        keepers = [asyncio.create_task(self._keep(which)) for which in range(len(self.commands))]
        self._keepers = keepers
        try:
            yield
        finally:
            self._stopping = True
            for process in self._running:
                if process is not None and process.returncode is None:
                    process.terminate()
            await asyncio.gather(*keepers)

    async def _keep(self, which: int) -> None:
        log = self.logs / f"{which}.log"
        while not self._stopping:
            process = await self._start(self.commands[which], log)
            self._running[which] = process
            code = await process.wait()
            if code not in (0, -signal.SIGKILL):
                raise AssertionError(f"{self.commands[which]} ended by itself with {code}; see {log}")

    async def _start(self, command: Sequence[str], log: Path) -> Process | Fork:
        if self.forked:
            return await Fork.start(main, list(command), environment=self.environment, folder=self.logs, out=log)
        version = self.versions[self.starts % len(self.versions)]
        self.starts += 1
        with log.open("ab") as open_log:
            return await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot.cli", *command),
                env={**self.environment, "PYTHONPATH": str(version)},
                cwd=self.logs,
                stdin=DEVNULL,
                stdout=open_log,
                stderr=open_log,
                start_new_session=True,
            )


@dataclass(slots=True)
class Reaper:
    """Kills a process right after GitHub has carried out a request and before the answer arrives, at random."""

    bots: Bots
    rng: random.Random
    every: tuple[int, int]
    wanted: int
    done: asyncio.Event = field(default_factory=asyncio.Event)
    _left: int = 0

    def __post_init__(self) -> None:
        self._left = self.rng.randint(*self.every)

    def see(self, _exchange: Exchange) -> None:
        if self.done.is_set():
            return
        self._left -= 1
        if self._left > 0:
            return
        self._left = self.rng.randint(*self.every)
        self.bots.kill(self.rng.randrange(len(self.bots.commands)))
        if self.bots.kills >= self.wanted:
            self.done.set()
