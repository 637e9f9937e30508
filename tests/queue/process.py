"""A process of its own for the tests that kill one: `python process.py worker|web ADDRESS HOME FOLDER OPTIONS`.

FOLDER is where it leaves what the test looks at afterwards; every line is one write, so a kill cuts none.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import random
import signal
import sys
from contextlib import suppress
from pathlib import Path

from bot.errors import StoreUnavailable
from bot.model import Done, InstallationId, Job, Outcome
from bot.queue import Queue, QueueOptions
from bot.store import make_engine

REPOSITORIES = 8


class Folder:
    """What happened, on a disk that outlives the process."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def note(self, name: str, line: str) -> None:
        descriptor = os.open(self.path / name, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(descriptor, f"{line}\n".encode())
        os.close(descriptor)

    def lines(self, name: str) -> list[str]:
        file = self.path / name
        return file.read_text().splitlines() if file.exists() else []

    def last(self, name: str) -> int:
        return max(map(int, self.lines(name)), default=0)


class Handlers:
    def __init__(self, folder: Folder) -> None:
        self.folder = folder

    async def effect(self, job: Job) -> Outcome:
        """Leaves a mark in the world, after looking whether it is there; the mark is one write, which no kill cuts."""
        await asyncio.sleep(0.005)
        if job.key not in self.folder.lines("effects"):
            await asyncio.sleep(0.005)
            self.folder.note("effects", job.key)
        return Done(summary="done")

    async def scan(self, job: Job) -> Outcome:
        """Reads how far the pushes of its repository have come; nobody else may read it at the same time."""
        with (self.folder.path / f"lock-{job.key}").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self.folder.note("overlaps", job.key)
            pushed = self.folder.last(f"pushed-{job.key}")
            await asyncio.sleep(0.02)
            self.folder.note(f"read-{job.key}", str(pushed))
        return Done(summary="read")

    async def poison(self, job: Job) -> Outcome:
        self.folder.note("poisoned", job.key)
        os.kill(os.getpid(), signal.SIGKILL)
        return Done(summary="never")

    async def hang(self, _job: Job) -> Outcome:
        """Hangs in the process that was told to, and is done in any other."""
        self.folder.note("hanging", str(os.getpid()))
        if os.environ.get("HANG"):
            await asyncio.Event().wait()
        return Done(summary="not here")

    async def tick(self, job: Job) -> Outcome:
        self.folder.note("ticks", job.key)
        return Done(summary="ticked")


async def work(queue: Queue, folder: Folder) -> None:
    handlers = Handlers(folder)
    names = ("effect", "scan", "poison", "hang", "tick")
    await queue.start({name: getattr(handlers, name) for name in names})
    if os.environ.get("TICK"):
        every = Job(kind="tick", key="second", installation=InstallationId(0), once=True)
        await queue.every("every-second", "* * * * * *", every)
    folder.note("started", str(os.getpid()))
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    await ended.wait()
    await queue.stop(float(os.environ.get("GRACE", "5")))


async def take_in(queue: Queue, folder: Folder) -> None:
    """Deliveries, noted when acknowledged, each begun again until it is."""
    await queue.start({}, work=False)
    folder.note("started", str(os.getpid()))
    number = folder.last("acknowledged")
    most, pause = int(os.environ["MOST"]), float(os.environ["PAUSE"])
    while number < most:
        batch = range(number + 1, number + 11)
        for one in batch:
            folder.note(f"pushed-{one % REPOSITORIES}", str(one))
        with suppress(StoreUnavailable):
            await asyncio.gather(*(queue.accept(f"d{one}", "push", None, jobs_of(one)) for one in batch))
            for one in batch:
                folder.note("acknowledged", str(one))
            number += 10
            await asyncio.sleep(random.uniform(0, pause))
    await asyncio.Event().wait()


def jobs_of(number: int) -> list[Job]:
    repo = number % REPOSITORIES
    where = InstallationId(repo % 3)
    scan = Job(kind="scan", key=str(repo), installation=where, args={"repo_id": repo})
    if number % 5:
        return [scan]
    return [scan, Job(kind="effect", key=str(number), installation=where, args={"repo_id": repo}, once=True)]


async def main(role: str, address: str, home: Path, folder: Folder, options: QueueOptions) -> None:
    queue = Queue(make_engine(address), home, options=options, on_lost=lambda: os.kill(os.getpid(), signal.SIGTERM))
    await (work if role == "worker" else take_in)(queue, folder)


def begin(role: str, address: str, home: str, folder: str, options: str) -> None:
    asyncio.run(main(role, address, Path(home), Folder(Path(folder)), QueueOptions(**json.loads(options))))


if __name__ == "__main__":
    begin(*sys.argv[1:])
