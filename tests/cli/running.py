"""The command line as users have it: a process of its own, or `main` in this one."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.cli import main
from tests.forks import Fork

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


def here(capsys: pytest.CaptureFixture[str], *words: str | Path) -> Ended:
    """Run a command in this process."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as exit_:
        main([str(word) for word in words])
    out, err = capsys.readouterr()
    code = exit_.value.code
    return Ended(code=code if isinstance(code, int) else 0, out=out, err=err)


def environment(**more: str) -> Mapping[str, str]:
    """This one, but for what would colour or configure the command."""
    drop = {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "PYPI_URL", "GITHUB_WEB_URL", "TERM", "GITHUB_ACTIONS"}
    kept = {name: value for name, value in os.environ.items() if name not in drop}
    return {**kept, "PYTHONPATH": str(ROOT), "TERM": "xterm", **more}


def command(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "bot.cli", *map(str, words)]


def beside(folder: Path, *words: str | Path, **more: str) -> Ended:
    """Run a command in a process of its own, in `folder`."""
    done = subprocess.run(
        command(*words), cwd=folder, env=environment(**more), capture_output=True, check=False, timeout=60
    )
    return Ended(code=done.returncode, out=done.stdout.decode(), err=done.stderr.decode())


@dataclass(frozen=True, kw_only=True)
class Running:
    """A command that goes on until it is stopped, in a process that begins where its imports end."""

    process: Fork
    out: Path
    err: Path

    async def until(self, pattern: str) -> re.Match[str]:
        """The first place in its log that is like this. Fails when it ends before there is one."""
        async with asyncio.timeout(60):
            while (found := re.search(pattern, self.err.read_text("utf-8") if self.err.exists() else "")) is None:
                assert self.process.returncode is None, "it ended by itself"
                await asyncio.sleep(0.02)
        return found

    async def ended(self) -> Ended:
        """What it said, once it ended by itself or as it was asked to."""
        async with asyncio.timeout(60):
            code = await self.process.wait()
        return Ended(code=code, out=self.out.read_text("utf-8"), err=self.err.read_text("utf-8"))


@asynccontextmanager
async def running(folder: Path, *words: str | Path, **more: str) -> AsyncIterator[Running]:
    """Start a command, and make sure that it ends."""
    with tempfile.TemporaryDirectory() as kept:
        out, err = Path(kept, "out"), Path(kept, "err")
        process = await Fork.start(
            main, [str(word) for word in words], environment=environment(**more), folder=folder, out=out, err=err
        )
        try:
            yield Running(process=process, out=out, err=err)
        finally:
            process.kill()
            await process.wait()


async def forked(folder: Path, *words: str | Path, **more: str) -> Ended:
    """The same in a process that begins where its imports end: many commands cost one start."""
    async with running(folder, *words, **more) as started:
        return await started.ended()
