"""Deliveries and jobs worked by hand, one after the other in this process, so that it can die wherever a test says.

What the queue does is done as it does it: the same work waiting twice is one, work that is done once is not done again,
and what was begun when the process died is begun again. Everything else is the real thing.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from bot.demo.github import Delivery, Exchange, LocalGitHub
from bot.events import Jobs, decide
from bot.jobs import JOBS, Services
from bot.jobs.services import Allowed
from bot.model import InstallationId, Job, Later, RepoId

_PATIENCE = 60
"""Deaths of one job, and times that any wants to be called again; what gets no further in so many never will."""


class Killed(BaseException):
    """The process dies here."""


@dataclass(frozen=True, slots=True)
class Step:
    """Somewhere to die: after a request was carried out, before one that writes, or after work was stored."""

    number: int
    exchange: Exchange | None = None


Deadly = Callable[[Step], bool]


def never(_: Step) -> bool:
    return False


@dataclass(slots=True)
class ByHand:
    """`deadly` says at each step whether the process dies there."""

    github: LocalGitHub
    services: Services
    told: list[Delivery] = field(default_factory=list)
    deadly: Deadly = never
    kills: int = 0
    waits: int = 0
    _line: dict[tuple[str, str], Job] = field(default_factory=dict)
    _done: set[tuple[str, str]] = field(default_factory=set)
    _steps: int = 0
    _task: asyncio.Task[object] | None = None
    _dead: bool = False

    def __post_init__(self) -> None:
        allowed: Allowed = _Permit(self)  # type: ignore[assignment]  # nothing else is asked of it
        queue: object = _Line(self)
        self.services = replace(self.services, allowed=allowed, queue=queue)  # type: ignore[arg-type]  # the same
        self.github.site.events.listeners.append(self.told.append)
        self.github.recorder.listeners.append(self.step)

    async def calm(self, deadly: Deadly = never) -> int:
        """Work until nothing is left; how often the process died on the way."""
        self.deadly, self.kills, self.waits, self._steps = deadly, 0, 0, 0
        while self.told or self._line:
            for delivery in self.told:
                await self._hear(delivery)
            self.told.clear()
            for key, job in list(self._line.items()):
                del self._line[key]
                await self._work(job)
        self.deadly = never
        return self.kills

    async def _hear(self, delivery: Delivery) -> None:
        known = await asyncio.to_thread(self._watched)
        decision = decide(
            delivery.event, json.dumps(delivery.payload).encode(), lambda one: known.get(one, frozenset())
        )
        if isinstance(decision, Jobs):
            self.store(decision.jobs)

    def _watched(self) -> dict[RepoId, frozenset[str]]:
        ids = [RepoId(number) for number in self.github.site.world.repositories]
        return self.services.repositories.watched(ids)

    async def _work(self, job: Job) -> None:
        if job.once:
            self._done.add((job.kind, job.key))
        for _ in range(_PATIENCE):
            self._dead = False
            self._task = asyncio.ensure_future(JOBS[job.kind](job, self.services))
            await asyncio.wait({self._task})
            if not self._dead:
                if isinstance(self._task.result(), Later):
                    self.waits += 1
                    assert self.waits < _PATIENCE, f"{job.kind} waits for ever"
                    self.store([job])
                self._task = None
                return
            self.kills += 1
        raise AssertionError(f"{job.kind} gets no further")

    def store(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            if (key := (job.kind, job.key)) not in self._done:
                self._line.setdefault(key, job)

    def step(self, exchange: Exchange | None = None) -> None:
        """Die here, if it is time."""
        if self._task is None or self._task.done() or self._dead:
            return
        self._steps += 1
        if self.deadly(Step(self._steps, exchange)):
            self._dead = True
            self._task.cancel()

    async def may_go_on(self) -> None:
        """A step between requests. Raises CancelledError where the process dies."""
        self.step()
        await asyncio.sleep(0)


@dataclass(frozen=True, slots=True)
class _Permit:
    """Asked before every request that writes, among others."""

    by: ByHand

    async def includes(self, _account: str) -> bool:
        await self.by.may_go_on()
        return True


@dataclass(frozen=True, slots=True)
class _Line:
    by: ByHand

    async def submit(self, jobs: Sequence[Job]) -> None:
        self.by.store(jobs)
        await self.by.may_go_on()

    async def forget(self, _installation: InstallationId) -> None:
        self.by.store(())

    async def forget_repository(self, _repo_id: RepoId) -> None:
        self.by.store(())

    async def moving(self, _installation: InstallationId, _kind: str) -> int:
        return 0
