"""An organisation of many repositories: first scan, a quiet night, a day of pushes, a lost day, a dead worker.

The jobs, the queue's book, the database and every request are real; a GitHub in a process of its own answers them and
enforces its limits. Only time is not: where a job has to wait, the clock is set forward. So the hours that are told are
those that GitHub's limits impose, and come on top of the time that requests take.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

import sqlalchemy as sa
import structlog
from rich.console import Console
from rich.table import Table

from benchmarks.hub import Far, files_of
from benchmarks.hub import Seen as Asked
from bot import app
from bot.errors import WaitUntil
from bot.events.payload import sweep_job
from bot.interest import WORKFLOW
from bot.jobs import JOBS, Services
from bot.model import Done, InstallationId, Job, Later, Outcome
from bot.queue import JobInfo, JobState
from bot.queue.states import Attempt, Finished, Postponed
from bot.settings import Mode, Settings
from bot.store import transaction
from bot.store.tables import jobs as job_table
from bot.web import Ready, Secrets, Web, make_web, serving
from bot.web.watching import Watching

SWEEPING = frozenset({"enrol", "sweep", "sweep-all"})
"""Kinds of jobs that read many repositories; what each of them asks for besides comes afterwards."""
UNCHANGED_MS, SCANNED_MS = 0.5, 5.0
"""CPU a repository at most."""
DAY = 86400.0
SCALE = 10_000
FIXED = 10
BUDGETS = {"first scan": 500, "all unchanged": 110, "one in a hundred changed": 120, "a quiet night": 110}
"""Requests for ten thousand repositories at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """What one part of the story took; `waited` are hours that limits imposed, `cpu` seconds of the bot alone."""

    name: str
    requests: int
    points: int
    refused: int
    waited_hours: float
    cpu_seconds: float
    wall_seconds: float
    jobs: int
    peak_memory_mb: float
    database_mb: float
    by_kind: dict[str, int]


@dataclass(slots=True)
class Site:
    """One bot at work, and the clock that it lives by."""

    far: Far
    home: Path
    settings: Settings
    installation: InstallationId
    secret: str
    services: Services | None = None
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    steps: dict[str, list[float]] = field(default_factory=dict)
    """CPU seconds of each run of a job, by kind."""
    answers: Counter[int] = field(default_factory=Counter)
    """What the webhook said to all deliveries, by status."""

    @property
    def now(self) -> float:
        return float(self.far.clock.value)

    def forward(self, seconds: float) -> None:
        self.far.clock.value += seconds

    async def begin(self) -> Services:
        """A fresh process would know no more than this does."""
        await self.stack.aclose()
        self.stack = AsyncExitStack()
        self.services = await self.stack.enter_async_context(app.services(self.settings, clock=lambda: self.now))
        return self.services

    async def work(self, *, most: int | None = None, opened: int | None = None) -> int:
        """Work what waits until nothing does, or so many jobs, or until so many pull requests stand."""
        services, done = self.services, 0
        assert services is not None
        while most is None or done < most:
            waiting = await services.queue.jobs(JobState.WAITING, limit=100_000)
            if not waiting or (opened is not None and self.far("pulls") >= opened):
                break
            due = [one for one in waiting if (one.due_at or 0.0) <= self.now]
            if not due:
                self.forward(min(one.due_at or 0.0 for one in waiting) - self.now + 1)
                continue
            for one in due[: None if opened is None else 20]:
                done += 1
                await self.run(one, services)
                if most is not None and done >= most:
                    break
        return done

    async def run(self, info: JobInfo, services: Services) -> None:
        book, engine = services.queue._open.book, services.repositories.engine
        with transaction(engine) as connection:
            row = connection.execute(sa.select(job_table).where(job_table.c.id == info.id)).one()
            attempt = Attempt(job=info.id, number=row.attempt, lane=row.lane)
            started = book.start(connection, attempt, "benchmark")
        if started is None:
            return
        began = process_time()
        end: Outcome
        try:
            end = await JOBS[info.kind](started.job, services)
        except WaitUntil as wait:
            end = Later(seconds=wait.seconds, reason=str(wait))
        self.steps.setdefault(info.kind, []).append(process_time() - began)
        ending: Finished | Postponed
        match end:
            case Done(summary=summary):
                ending = Finished(summary=summary)
            case Later(seconds=seconds, reason=reason):
                ending = Postponed(seconds=seconds, reason=reason, failed=False)
        with transaction(engine) as connection:
            book.end(connection, attempt, "benchmark", ending)

    async def phase(
        self, name: str, *, opened: int | None = None, first: Callable[[], Awaitable[None]] | None = None
    ) -> Phase:
        self.far("told")
        began, cpu, wall = self.now, process_time(), perf_counter()
        if first is not None:
            await first()
        done = await self.work(opened=opened)
        seen: Asked = self.far("told")
        return Phase(
            name=name,
            requests=sum(seen.requests.values()),
            points=seen.points,
            refused=seen.refused,
            waited_hours=round((self.now - began) / 3600, 2),
            cpu_seconds=round(process_time() - cpu, 2),
            wall_seconds=round(perf_counter() - wall, 1),
            jobs=done,
            peak_memory_mb=round(getrusage(RUSAGE_SELF).ru_maxrss / 1024, 1),
            database_mb=round(sum(file.stat().st_size for file in self.home.glob("*.sqlite3*")) / 1e6, 1),
            by_kind=dict(sorted(seen.requests.items())),
        )


async def story(count: int, most_pulls: int) -> dict[str, Any]:
    far = Far.start()
    with TemporaryDirectory(prefix="pubflow-organisation-") as folder:
        try:
            return await _told(far, Path(folder), count, most_pulls)
        finally:
            far.stop()


async def _told(far: Far, home: Path, count: int, most_pulls: int) -> dict[str, Any]:
    made = far("build", count)
    settings = Settings.of(
        app_id=made["app_id"],
        private_key=made["private_key"],
        github_api_url=made["api"],
        github_web_url=made["web"],
        pypi_url=made["pypi"],
        testpypi_url=made["pypi"],
        pubflow_home=home,
        pulls_per_hour=100,
        allowed_accounts="*",
    )
    site = Site(far, home, settings, InstallationId(made["installation"]), made["secret"])
    services = await site.begin()
    phases = []
    try:
        await services.queue.submit([Job(kind="enrol", key="1", installation=site.installation)])
        phases.append(await _until_swept(site, "first scan"))
        first = phases[-1]
        scanned = _a_repository(site.steps.get("sweep", []), count)
        phases.append(await site.phase(f"the first {most_pulls} pull requests", opened=most_pulls))
        await _only_observe(site)
        services = await site.begin()
        site.steps.clear()
        phases.append(await _swept(site, "a quiet night"))
        site.steps.clear()
        phases.append(await _swept(site, "all unchanged", full=True))
        unchanged = _a_repository(site.steps.get("sweep", []), count)
        hundredth = range(0, count, 100)
        far("push", list(hundredth), True)
        phases.append(await _swept(site, "one in a hundred changed", full=True))
        phases.append(await _day(site, count))
        far("push", list(range(5, count, 10)), False)
        far("push", list(range(7, count, 100)), True)
        phases.append(await _swept(site, "after a lost day"))
        phases.append(await _dead_worker(site))
    finally:
        await site.stack.aclose()
    return _report(site, count, phases, scanned, unchanged, first)


async def _until_swept(site: Site, name: str) -> Phase:
    """The sweep alone; what it leaves for each repository comes afterwards."""
    services = site.services
    assert services is not None
    site.far("told")
    began, cpu, wall, done = site.now, process_time(), perf_counter(), 0
    while due := [one for one in await services.queue.jobs(JobState.WAITING, limit=100_000) if one.kind in SWEEPING]:
        for one in due:
            done += 1
            await site.run(one, services)
    seen: Asked = site.far("told")
    return Phase(
        name=name,
        requests=sum(seen.requests.values()),
        points=seen.points,
        refused=seen.refused,
        waited_hours=round((site.now - began) / 3600, 2),
        cpu_seconds=round(process_time() - cpu, 2),
        wall_seconds=round(perf_counter() - wall, 1),
        jobs=done,
        peak_memory_mb=round(getrusage(RUSAGE_SELF).ru_maxrss / 1024, 1),
        database_mb=round(sum(file.stat().st_size for file in site.home.glob("*.sqlite3*")) / 1e6, 1),
        by_kind=dict(sorted(seen.requests.items())),
    )


async def _swept(site: Site, name: str, *, full: bool = False) -> Phase:
    services = site.services
    assert services is not None
    site.forward(DAY)
    if full:
        services.sweeps.want_full(site.installation, site.now - 1)
    await services.queue.submit([sweep_job(site.installation, site.now)])
    return await _until_swept(site, name)


async def _day(site: Site, count: int) -> Phase:
    """Every tenth repository is pushed to, every hundredth in a way that matters; the receiver is told of all."""
    return await site.phase("a day of pushes, told by webhooks", opened=10**9, first=lambda: _pushed(site, count))


async def _pushed(site: Site, count: int) -> None:
    services = site.services
    assert services is not None
    watching = Watching(services.repositories)
    await watching.look()

    async def ready() -> Ready:
        return Ready(ok=True)

    secrets = Secrets((site.secret.encode(),))
    web = make_web(Web(inbox=services.queue, secrets=secrets, watched=watching.paths, ready=ready))
    async with serving(web, "127.0.0.1", 0) as port:
        site.far("tell", f"http://127.0.0.1:{port}/webhook")
        site.far("push", list(range(3, count, 10)), False)
        site.far("push", list(range(13, count, 100)), True)
        # In a thread: the answers are this loop's.
        site.answers = await asyncio.to_thread(site.far, "delivered")
        site.far("tell", None)


async def _dead_worker(site: Site) -> Phase:
    """A worker dies in the middle of a full sweep; another one takes it up."""
    services = site.services
    assert services is not None
    site.forward(DAY)
    services.sweeps.want_full(site.installation, site.now - 1)
    await services.queue.submit([sweep_job(site.installation, site.now)])
    waiting = await services.queue.jobs(JobState.WAITING, limit=100_000)
    await site.run(next(one for one in waiting if one.kind == "sweep"), services)
    await site.begin()
    return await _until_swept(site, "a full sweep that another worker takes up after four steps")


async def _only_observe(site: Site) -> None:
    """What would be opened in the days to come is not waited for: from here on nothing is written."""
    assert site.services is not None
    with transaction(site.services.repositories.engine) as connection:
        waits = job_table.c.state.in_(["waiting", "queued"])
        connection.execute(job_table.update().where(waits).values(state="dropped"))
    site.settings = site.settings.model_copy(update={"pubflow_mode": Mode.OBSERVE})
    await site.begin()
    await _swept(site, "all that was left", full=True)


def _a_repository(steps: Sequence[float], count: int) -> float:
    """Milliseconds of CPU a repository: the median step, times the steps, over the repositories."""
    return round(median(steps) * len(steps) / count * 1e3, 3) if steps else 0.0


def zizmor(count: int) -> float | None:
    """Milliseconds of CPU a repository of `zizmor --offline` on the same workflow files; None where it is not there."""
    program = shutil.which("zizmor", path=str(Path(sys.executable).parent)) or shutil.which("zizmor")
    if program is None:
        return None
    with TemporaryDirectory(prefix="pubflow-zizmor-") as folder:
        for number in range(count):
            for path, text in files_of(number).items():
                if WORKFLOW.match(path):
                    place = Path(folder, f"r{number}", path)
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.write_text(text)
        before = getrusage(RUSAGE_CHILDREN)
        subprocess.run(
            [program, "--offline", "--format", "json-v1", "--quiet", folder], capture_output=True, check=False
        )
        after = getrusage(RUSAGE_CHILDREN)
    return round((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / count * 1e3, 3)


def _budget(requests: int, most: int, count: int) -> dict[str, int | float | bool]:
    """`most` is for ten thousand; a few requests are the same for any number."""
    scaled = FIXED + (most - FIXED) * count / SCALE
    return {"requests": requests, "most": round(scaled, 1), "met": requests <= scaled}


def _report(
    site: Site, count: int, phases: list[Phase], scanned: float, unchanged: float, first: Phase
) -> dict[str, Any]:
    """One JSON object: what was run, the figures, the budgets, and what was measured beside them."""
    found = {phase.name: phase for phase in phases}
    budgets = {name: _budget(found[name].requests, most, count) for name, most in BUDGETS.items()}
    return {
        "benchmark": "organisation",
        "run": {"repositories": count, "python": platform.python_version(), "store": "SQLite"},
        "figures": [asdict(phase) for phase in phases],
        "cpu_ms": {
            "unchanged": unchanged,
            "scanned": scanned,
            "zizmor": zizmor(min(count, 500)),
            "goal": {"unchanged": UNCHANGED_MS, "scanned": SCANNED_MS},
            "met": unchanged < UNCHANGED_MS and scanned < SCANNED_MS,
        },
        "budgets": budgets,
        "deliveries": {str(status): number for status, number in sorted(site.answers.items())},
        "a_repository": {"database_kb": round(first.database_mb * 1e3 / count, 2)},
    }


def table(told: dict[str, Any]) -> Table:
    shown = Table(title="{repositories} repositories in one organisation".format(**told["run"]))
    heads = ("", "requests", "points", "refused", "waited h", "CPU s", "jobs", "peak MB", "database MB")
    for head in heads:
        shown.add_column(head, justify="right" if head else "left")
    for phase in told["figures"]:
        names = (
            "requests",
            "points",
            "refused",
            "waited_hours",
            "cpu_seconds",
            "jobs",
            "peak_memory_mb",
            "database_mb",
        )
        shown.add_row(phase["name"], *(str(phase[name]) for name in names))
    return shown


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.organisation", description=__doc__)
    parser.add_argument("--format", choices=["text", "json"], default="text")
    parser.add_argument("--repositories", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--pulls", type=int, default=120, help="pull requests to open; the rest is not waited for")
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    told = [asyncio.run(story(count, given.pulls)) for count in given.repositories]
    if given.format == "json":
        print(json.dumps(told[0] if len(told) == 1 else {"benchmark": "organisation", "sizes": told}))
        return
    for one in told:
        Console(width=140).print(table(one))
        print(json.dumps({"CPU ms a repository": one["cpu_ms"], "budgets": one["budgets"]}, indent=1))


if __name__ == "__main__":
    main()
