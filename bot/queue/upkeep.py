"""Reading the tables for people, keeping them small, and mending what no transaction of ours could foresee."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from bot.model import InstallationId
from bot.queue.options import Depth, JobInfo, JobState, Level, QueueOptions
from bot.queue.states import DONE, DROPPED, FAILED, QUEUED, RUNNING, WAITING
from bot.store.retention import delete
from bot.store.tables import deliveries, jobs

_STATES: Final = {
    JobState.WAITING: (WAITING, QUEUED),
    JobState.RUNNING: (RUNNING,),
    JobState.FAILED: (FAILED,),
}
_SHOWN: Final = {state: shown for shown, states in _STATES.items() for state in states}

_CHUNK: Final = 500
"""Ids in one statement."""


def list_jobs(engine: sa.Engine, state: JobState | None, limit: int) -> list[JobInfo]:
    """Jobs that are not done, the oldest first."""
    states = _STATES[state] if state is not None else tuple(_SHOWN)
    found = sa.select(jobs).where(jobs.c.state.in_(states)).order_by(jobs.c.created_at, jobs.c.id).limit(limit)
    with engine.connect() as connection:
        return [_info(row) for row in connection.execute(found)]


def count_moving(engine: sa.Engine, installation: InstallationId, kind: str) -> int:
    """How many jobs of this kind run, or will as soon as there is room."""
    moves = (jobs.c.state == RUNNING) | (jobs.c.state.in_(_STATES[JobState.WAITING]) & jobs.c.due_at.is_(None))
    found = sa.select(sa.func.count()).where(jobs.c.installation == installation, jobs.c.kind == kind, moves)
    with engine.connect() as connection:
        return int(connection.scalar(found) or 0)


def measure(engine: sa.Engine, now: float) -> Depth:
    """How many jobs wait, run and failed, and how old the oldest of each is."""
    levels: dict[JobState, Level] = {}
    found = sa.select(jobs.c.state, sa.func.count(), sa.func.min(jobs.c.created_at))
    with engine.connect() as connection:
        for state, count, oldest in connection.execute(found.where(jobs.c.state.in_(_SHOWN)).group_by(jobs.c.state)):
            shown = _SHOWN[state]
            before = levels.get(shown, Level())
            levels[shown] = Level(count=before.count + count, oldest=max(before.oldest, now - oldest))
    return Depth(
        waiting=levels.get(JobState.WAITING, Level()),
        running=levels.get(JobState.RUNNING, Level()),
        failed=levels.get(JobState.FAILED, Level()),
    )


@dataclass(frozen=True, slots=True)
class Named:
    """A job and what must be locked to move it."""

    id: str
    lane: str


def find_waiting(engine: sa.Engine, where: sa.ColumnElement[bool]) -> list[Named]:
    found = sa.select(jobs.c.id, jobs.c.lane).where(where, jobs.c.state.in_([WAITING, QUEUED]))
    with engine.connect() as connection:
        return [Named(row.id, row.lane) for row in connection.execute(found)]


def find(engine: sa.Engine, name: str) -> Named | None:
    with engine.connect() as connection:
        row = connection.execute(sa.select(jobs.c.id, jobs.c.lane).where(jobs.c.id == name)).one_or_none()
    return None if row is None else Named(row.id, row.lane)


def stored(engine: sa.Engine, delivery_ids: Collection[str]) -> dict[str, list[str]]:
    """Deliveries among these that are stored, with the ids of their jobs."""
    ids = list(delivery_ids)
    found: dict[str, list[str]] = {}
    with engine.connect() as connection:
        for start in range(0, len(ids), _CHUNK):
            some = deliveries.c.id.in_(ids[start : start + _CHUNK])
            rows = connection.execute(sa.select(deliveries.c.id, deliveries.c.jobs).where(some))
            found |= {row.id: [str(name) for name in json.loads(row.jobs)] for row in rows}
    return found


def stuck_lanes(engine: sa.Engine, limit: int) -> list[str]:
    """Lanes in which something waits although nothing is on its way. There should be none."""
    other = jobs.alias()
    about_to = (other.c.state == RUNNING) | ((other.c.state == QUEUED) & other.c.due_at.is_(None))
    taken = sa.exists().where(other.c.lane == jobs.c.lane, about_to)
    found = sa.select(jobs.c.lane).where(jobs.c.state == WAITING, ~taken).distinct().limit(limit)
    with engine.connect() as connection:
        return list(connection.scalars(found))


def prune(engine: sa.Engine, options: QueueOptions, now: float, *, rounds: int = 20) -> int:
    """Delete records that nobody needs any more, a bounded number at a time; how many it were."""
    over = jobs.c.state.in_([DONE, DROPPED])
    old = {
        deliveries: deliveries.c.received_at < now - options.keep_jobs,
        jobs: (over & (jobs.c.number == 0) & (jobs.c.updated_at < now - options.keep_jobs))
        | (over & (jobs.c.number > 0) & (jobs.c.updated_at < now - options.keep_generations))
        | ((jobs.c.state == FAILED) & (jobs.c.updated_at < now - options.keep_failed)),
    }
    return sum(delete(engine, table, condition, rounds) for table, condition in old.items())


def _info(row: sa.Row[tuple[object, ...]]) -> JobInfo:
    return JobInfo(
        id=row.id,
        kind=row.kind,
        key=row.key,
        installation=InstallationId(row.installation),
        state=_SHOWN[row.state],
        tries=row.tries,
        error=row.error,
        created_at=row.created_at,
        due_at=row.due_at,
        about=_about(json.loads(row.args)),
    )


def _about(args: dict[str, object]) -> str | None:
    """Names for people, from a job's arguments; what the job itself believes are the ids."""
    owner, name = args.get("owner", args.get("account")), args.get("name")
    if not isinstance(owner, str):
        return None
    return f"{owner}/{name}" if isinstance(name, str) else owner
