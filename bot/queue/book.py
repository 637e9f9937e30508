"""The transactions that move a job from one state to the next. What they keep true:

- At most one job of a lane runs; a lane is a repository where the job names one, else the job's own kind and key.
- Of a kind and key that comes again at most one waits, and whoever asks for it again while it waits is answered by it.
  Once it runs, the next asking makes the next generation: an asking that commits before `start` is seen by that run.
- A job that somebody was promised is done, set aside or dropped; nothing else takes it out of waiting or running.

    waiting --lane free--> queued --start--> running --end--> done | failed
       ^                     ^ |                |
       '------lane taken-----|-'                |
                             '---later, retry---'

`waiting` is in this table alone; `queued` and `running` have an attempt in the engine. An attempt is believed only if
it is the one that the table names, so one that comes late, or comes twice, changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, cast

import sqlalchemy as sa
from msgspec import structs

from bot.model import InstallationId, Job, JsonValue
from bot.queue.options import Kinds
from bot.queue.statements import (
    FIND,
    HEIR,
    INSERT,
    IS_RUNNING,
    IS_TAKEN,
    LOOK,
    OLDEST,
    RANK,
    RANKED,
    RERANK,
    STANDING,
    UPDATE,
    Row,
)
from bot.queue.states import (
    DONE,
    DROPPED,
    FAILED,
    QUEUED,
    RUNNING,
    WAITING,
    Attempt,
    Ending,
    Finished,
    Postponed,
    SetAside,
    Started,
)


class Dispatch(Protocol):
    """Gives an attempt to the engine, in the same transaction."""

    def __call__(
        self, connection: sa.Connection, attempt: Attempt, *, partition: int | None, rank: int, delay: float | None
    ) -> None:
        """`partition`: the installation whose other jobs are counted; None for what waits for nobody."""
        ...


def lane_of(job: Job) -> str:
    """Jobs that name the same repository (`repo_id` among the arguments) share a lane."""
    repo_id = job.args.get("repo_id")
    return lane_of_repository(repo_id) if isinstance(repo_id, int) else f"{job.kind}:{job.key}"


def lane_of_repository(repo_id: int) -> str:
    return f"repository {repo_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """Every method is part of a transaction in which the caller holds the lock on the job's lane."""

    dispatch: Dispatch
    clock: Callable[[], float]
    starts: int
    """Starts of one attempt before its job is set aside."""
    kinds: Kinds = field(default_factory=Kinds)

    @staticmethod
    def locks(job: Job) -> tuple[str, ...]:
        """What to lock for `add`; for everything else it is the job's lane alone."""
        return (lane_of(job), f"{job.kind}:{job.key}")

    def add(self, connection: sa.Connection, job: Job) -> str:
        """The id under which this job is worked: a new one, or that of a job that already stands for it."""
        return self._once(connection, job) if job.once else self._again(connection, job)

    def _once(self, connection: sa.Connection, job: Job) -> str:
        name = f"{job.kind}:{job.key}"
        if self._row(connection, name) is None:
            self._insert(connection, job, name, 0, taken=self._taken(connection, lane_of(job)))
        return name

    def _again(self, connection: sa.Connection, job: Job) -> str:
        same = {"kind": job.kind, "key": job.key}
        standing = connection.execute(STANDING, same).one_or_none()
        if standing is not None:
            # The newest arguments: a repository may have been renamed meanwhile. Mostly they are the same.
            args = json.dumps(dict(job.args))
            if (standing.args, standing.installation) != (args, job.installation):
                self._set(connection, standing.id, args=args, installation=job.installation)
            if standing.rank is not None and job.rank < standing.rank:
                self._hurry(connection, standing.id, job.rank)
            return str(standing.id)
        found = connection.execute(LOOK, same | {"lane": lane_of(job)}).one()
        number = (found.last or 0) + 1
        name = f"{job.kind}:{job.key}#{number}"
        self._insert(connection, job, name, number, taken=found.taken)
        return name

    def _insert(self, connection: sa.Connection, job: Job, name: str, number: int, *, taken: bool) -> None:
        now = self.clock()
        attempt = Attempt(job=name, number=1, lane=lane_of(job))
        row = {
            "id": name, "kind": job.kind, "key": job.key, "number": number, "lane": attempt.lane,
            "installation": job.installation, "args": json.dumps(dict(job.args)),
            "state": WAITING if taken else QUEUED, "workflow": attempt.workflow, "attempt": 0 if taken else 1,
            "tries": 0, "starts": 0, "created_at": now, "updated_at": now,
        }  # fmt: skip
        connection.execute(INSERT, row)
        if job.rank:
            connection.execute(RANKED, {"job": name, "rank": job.rank})
        if not taken:
            partition = self._partition(job.kind, job.installation)
            self.dispatch(connection, attempt, partition=partition, rank=job.rank, delay=None)

    def _hurry(self, connection: sa.Connection, name: str, rank: int) -> None:
        """Somebody asks for it who is served before: an attempt that stands in the queue stands at the wrong place."""
        connection.execute(RERANK, {"name": name, "rank": rank})
        row = self._row(connection, name)
        if row is not None and row.state == QUEUED and row.due_at is None:
            self._enqueue(connection, row, delay=None, tries=row.tries, error=row.error, starts=row.starts)

    def start(self, connection: sa.Connection, attempt: Attempt, token: str) -> Started | None:
        """The job to be worked now by `token`, or None: it is over, goes by another attempt, or its lane is taken."""
        row = self._row(connection, attempt.job)
        if row is None or row.attempt != attempt.number or row.state not in {QUEUED, RUNNING}:
            return None
        if row.token != token:
            if row.state == QUEUED and connection.scalar(IS_RUNNING, {"lane": row.lane}):
                self._set(connection, row.id, state=WAITING, due_at=None)
                return None
            if row.starts >= self.starts:
                self._leave(connection, row, FAILED, error=f"its worker died {row.starts} times while it ran")
                return None
            self._set(connection, row.id, state=RUNNING, token=token, starts=row.starts + 1, due_at=None)
        return Started(job=_job(row), tries=row.tries)

    def end(self, connection: sa.Connection, attempt: Attempt, token: str, ending: Ending) -> bool:
        """Whether `token` was still the one whose word counts."""
        row = self._row(connection, attempt.job)
        if row is None or row.token != token or row.state != RUNNING:
            return False
        match ending:
            case Finished(summary=summary):
                self._leave(connection, row, DONE, summary=summary, args="{}", error=None)
            case SetAside(error=error):
                self._leave(connection, row, FAILED, tries=row.tries + 1, error=error)
            case Postponed():
                self._postpone(connection, row, ending)
        return True

    def _postpone(self, connection: sa.Connection, row: Row, ending: Postponed) -> None:
        """Into the queue again with a delay. A newer job that stands for the same takes the delay over instead."""
        tries = row.tries + ending.failed
        row = self._inherit(connection, row)
        if ending.seconds > 0:
            self._enqueue(connection, row, delay=ending.seconds, tries=tries, error=ending.reason)
        else:
            again = {"state": WAITING, "token": None, "starts": 0, "due_at": None}
            self._set(connection, row.id, tries=tries, error=ending.reason, **again)
        self.advance(connection, row.lane)

    def _inherit(self, connection: sa.Connection, row: Row) -> Row:
        """What is to be worked in place of a job that has run and is not done: itself, or a newer one for the same."""
        heir = self._heir(connection, row)
        if heir is None:
            return row
        self._set(connection, row.id, state=DONE, token=None, args="{}", summary=f"continued by {heir.id}")
        return heir

    def _heir(self, connection: sa.Connection, row: Row) -> Row | None:
        if row.number == 0:
            return None
        return connection.execute(HEIR, {"kind": row.kind, "key": row.key, "name": row.id}).one_or_none()

    def retry(self, connection: sa.Connection, name: str) -> bool:
        """Work a job again that was set aside, or one that is delayed at once; False when there is no such job."""
        row = self._row(connection, name)
        if row is None or not (row.state == FAILED or (row.state == QUEUED and row.due_at is not None)):
            return False
        if row.state == FAILED and self._heir(connection, row) is not None:
            self._set(connection, name, state=DONE, args="{}", summary="a newer one stands for it")
        elif self._taken(connection, row.lane):
            self._set(connection, name, state=WAITING, tries=0, starts=0, due_at=None)
        else:
            self._enqueue(connection, row, delay=None, tries=0, error=row.error)
        return True

    def drop(self, connection: sa.Connection, name: str) -> bool:
        """Never work this job; False when it runs already or is over."""
        row = self._row(connection, name)
        if row is None or row.state not in {WAITING, QUEUED, FAILED}:
            return False
        self._leave(connection, row, DROPPED, args="{}")
        return True

    def replace(self, connection: sa.Connection, attempt: Attempt, *, counted: bool) -> bool:
        """A new attempt in place of one whose worker is gone; `counted`: that start is held against the job."""
        row = self._row(connection, attempt.job)
        if row is None or row.attempt != attempt.number or row.state not in {QUEUED, RUNNING}:
            return False
        starts = row.starts if counted else max(0, row.starts - 1)
        heir = self._inherit(connection, row)
        self._enqueue(connection, heir, delay=None, tries=row.tries, error=row.error, starts=starts)
        return True

    def advance(self, connection: sa.Connection, lane: str) -> None:
        """Queue the oldest that waits, if nothing else of the lane is on its way."""
        if self._taken(connection, lane):
            return
        row = connection.execute(OLDEST, {"lane": lane}).one_or_none()
        if row is not None:
            self._enqueue(connection, row, delay=None, tries=row.tries, error=row.error, starts=row.starts)

    def _enqueue(
        self,
        connection: sa.Connection,
        row: Row,
        *,
        delay: float | None,
        tries: int,
        error: str | None,
        starts: int = 0,
    ) -> None:
        attempt = Attempt(job=row.id, number=row.attempt + 1, lane=row.lane)
        self._set(
            connection, row.id, state=QUEUED, attempt=attempt.number, workflow=attempt.workflow, token=None,
            tries=tries, starts=starts, error=error, due_at=None if delay is None else self.clock() + delay,
        )  # fmt: skip
        rank = connection.scalar(RANK, {"name": row.id}) or 0
        partition = self._partition(row.kind, row.installation)
        self.dispatch(connection, attempt, partition=partition, rank=rank, delay=delay)

    def _leave(self, connection: sa.Connection, row: Row, state: str, **values: str | int | None) -> None:
        self._set(connection, row.id, state=state, token=None, due_at=None, **values)
        self.advance(connection, row.lane)
        if state != DONE:
            self._follow(connection, row, str(values.get("error") or "an operator dropped it"))

    def _follow(self, connection: sa.Connection, row: Row, why: str) -> None:
        """Nobody else makes the follower of this attempt, so the lock on the job's own lane is enough. In another lane
        `start` sees who is before it, and `upkeep` that nobody moves it on."""
        follower = self.kinds.aftermath(_job(row), why)
        if follower is not None:
            self.add(connection, structs.replace(follower, key=f"{follower.key}~{row.attempt}", once=True))

    def _partition(self, kind: str, installation: int) -> int | None:
        return None if kind in self.kinds.urgent else installation

    def _set(self, connection: sa.Connection, job: str, **values: str | float | None) -> None:
        connection.execute(UPDATE, {"name": job, "updated_at": self.clock()} | values)

    @staticmethod
    def _row(connection: sa.Connection, name: str) -> Row | None:
        return connection.execute(FIND, {"name": name}).one_or_none()

    @staticmethod
    def _taken(connection: sa.Connection, lane: str) -> bool:
        return bool(connection.scalar(IS_TAKEN, {"lane": lane}))


def _job(row: Row) -> Job:
    return Job(
        kind=row.kind,
        key=row.key,
        installation=InstallationId(row.installation),
        args=cast("dict[str, JsonValue]", json.loads(row.args)),
        once=row.number == 0,
    )
