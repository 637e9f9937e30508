"""A delivery on its way into the tables, with the jobs that it asks for.

In a busy hour most deliveries ask for what waits already, and only their own row is written. On SQLite a whole batch of
those is one statement. As several it would let go of the interpreter's lock as often, and to take that back from a loop
that serves others costs more than all that SQLite does.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Final, cast

import sqlalchemy as sa

from bot.model import Job
from bot.queue.book import Book
from bot.queue.states import QUEUED, WAITING
from bot.store.tables import deliveries, jobs, ranks

_KNOWN: Final = sa.select(deliveries.c.received_at).where(deliveries.c.id == sa.bindparam("name"))
_STORE: Final = deliveries.insert()

_ABSORBED: Final = f"""
INSERT INTO {deliveries.name} (id, event, action, received_at, jobs)
WITH absorbed AS MATERIALIZED (
    SELECT new.value ->> 0 AS id, new.value ->> 1 AS event, new.value ->> 2 AS action, new.value ->> 3 AS received_at,
           json_array(job.id) AS jobs
    FROM json_each(:batch) AS new
    CROSS JOIN {jobs.name} AS job ON job.kind = new.value ->> 4 AND job.key = new.value ->> 5 AND job.number > 0
    LEFT JOIN {ranks.name} AS behind ON behind.job = job.id
    WHERE job.state IN ('{WAITING}', '{QUEUED}')
      AND job.installation = new.value ->> 6 AND job.args = new.value ->> 7
      AND (behind.rank IS NULL OR behind.rank <= new.value ->> 8)
)
SELECT id, event, action, received_at, jobs FROM absorbed WHERE (SELECT count(*) FROM absorbed) = :number
"""  # noqa: S608 - names of our own
"""All of them or none: those for which `Book.add` would change nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Part of a transaction, which says whether the delivery is new."""

    book: Book
    delivery: str
    event: str
    action: str | None
    jobs: Sequence[Job]
    clock: Callable[[], float]

    def locks(self) -> set[str]:
        return {f"delivery {self.delivery}", *(lock for job in self.jobs for lock in self.book.locks(job))}

    def __call__(self, connection: sa.Connection) -> bool:
        if connection.scalar(_KNOWN, {"name": self.delivery}) is not None:
            return False
        names = [self.book.add(connection, job) for job in self.jobs]
        row = {"id": self.delivery, "event": self.event, "action": self.action, "received_at": self.clock()}
        connection.execute(_STORE, row | {"jobs": json.dumps(names)})
        return True


def absorb(engine: sa.Engine, works: Sequence[object]) -> list[object] | None:
    """Store all of these at once and durably; None, and nothing stored, unless all are deliveries that are absorbed."""
    if engine.dialect.name != "sqlite":
        return None
    batch = []
    for work in works:
        if not isinstance(work, Arrival) or len(work.jobs) != 1 or work.jobs[0].once:
            return None
        job = work.jobs[0]
        asked = (job.kind, job.key, job.installation, json.dumps(dict(job.args)), job.rank)
        batch.append((work.delivery, work.event, work.action, work.clock(), *asked))
    return [True] * len(batch) if _store(engine, json.dumps(batch), len(batch)) else None


def _store(engine: sa.Engine, batch: str, number: int) -> bool:
    with closing(engine.raw_connection()) as pooled:
        driver = cast("sqlite3.Connection", pooled.dbapi_connection)
        driver.isolation_level = None  # the statement is the transaction
        try:
            return driver.execute(_ABSORBED, {"batch": batch, "number": number}).rowcount == number
        except sqlite3.IntegrityError:  # one of them was stored before
            return False
        finally:
            driver.isolation_level = "IMMEDIATE"
