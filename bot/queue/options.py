"""The queue's numbers, and what it says of itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.model import InstallationId, Job, Outcome

Handler = Callable[[Job], Awaitable[Outcome]]
"""Works one job. It may be killed anywhere and is then called again, so doing it twice must be doing it once."""


Aftermath = Callable[[Job, str], Job | None]
"""What is to be done when a job is set aside or dropped, and why it was; stored together with that end."""


def no_aftermath(_job: Job, _why: str) -> None:
    """Nothing follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinds:
    """What the queue must know of the kinds of jobs, whoever opens it."""

    urgent: frozenset[str] = frozenset()
    """Kinds that people wait for: they never stand behind others of their installation."""
    aftermath: Aftermath = no_aftermath


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueOptions:
    """How fast, how much at once, how long; all times are seconds."""

    per_installation: int = 3
    """Jobs of one installation that run at a time, over all machines."""
    per_worker: int = 20
    """Jobs that one process runs at a time; so many urgent ones besides."""
    poll: float = 0.2
    """How often a worker looks for work."""
    tries: int = 5
    """Attempts that may fail before a job is set aside."""
    backoff: float = 10.0
    """The wait after the first failure; each further one is four times as long, with a fifth of jitter."""
    unknown: float = 60.0
    """Until a job of a kind that this version does not know is offered again."""
    starts: int = 5
    """Workers that a job may take down before it is set aside."""
    deadline: float = 1800.0
    """A job that runs longer has failed this attempt."""
    store_wait: float = 8.0
    """Until StoreUnavailable. GitHub waits 10 seconds for an answer."""
    waiting_room: int = 2000
    """Records that may wait for the database; whoever comes then is refused at once."""
    heartbeat: float = 5.0
    dead_after: float = 60.0
    """Without a heartbeat for so long a worker is dead and its jobs are given to others. It stops itself at two
    thirds of this."""
    upkeep: float = 60.0
    """How often finished records are pruned and stray ones mended."""
    keep_jobs: float = 30 * 86400.0
    """Finished jobs that are worked once ever, and deliveries; longer than GitHub lets a delivery be sent again."""
    keep_generations: float = 3 * 86400.0
    """Finished jobs that may come again."""
    keep_failed: float = 90 * 86400.0
    keep_workflows: float = 3600.0
    """The engine's own records of finished attempts."""
    engine_threads: int = 32
    schedule_poll: float = 30.0


class JobState(StrEnum):
    """As operators see it."""

    WAITING = "waiting"
    RUNNING = "running"
    FAILED = "failed"
    """Set aside: nothing happens to it until somebody retries or drops it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobInfo:
    """A job that is not done, for `pubflow jobs`. Times are seconds since 1970."""

    id: str
    kind: str
    key: str
    installation: InstallationId
    state: JobState
    tries: int
    """Attempts that failed."""
    error: str | None
    """Why the last attempt failed, or why the job waits; without secrets, 500 characters at most."""
    created_at: float
    due_at: float | None
    """Not before; None: as soon as there is room."""
    about: str | None = None
    """`owner/name` of the repository, or the account, as far as the job names one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    count: int = 0
    oldest: float = 0.0
    """Age in seconds of the oldest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    waiting: Level = Level()
    running: Level = Level()
    failed: Level = Level()

    @property
    def idle(self) -> bool:
        """Nothing waits (delayed jobs count as waiting) and nothing runs."""
        return self.waiting.count == 0 and self.running.count == 0
