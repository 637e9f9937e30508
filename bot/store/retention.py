"""How long each table keeps what: nothing grows for ever. A test holds this list against the tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import sqlalchemy as sa

from bot.store import tables
from bot.store.engine import transaction

DAY: Final = 86400.0
_CHUNK: Final = 1000
"""Rows that one transaction deletes: some 50 ms, in which nobody else can write to SQLite."""

Condition = Callable[[float], sa.ColumnElement[bool]]
"""Which rows nobody needs any more, at a time in seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Bounded:
    """Nothing is deleted by age; `by` says what bounds the table."""

    by: str


@dataclass(frozen=True, slots=True)
class Until:
    """Rows go when they are `old`; `why` they are kept until then."""

    why: str
    old: Condition


def _older(column: sa.Column[float], seconds: float) -> Condition:
    return lambda now: column < now - seconds


RETENTION: Final[Mapping[str, Bounded | Until]] = MappingProxyType(
    {
        "pubflow_actions": Until("a cache of what versions there are", _older(tables.actions.c.read_at, 90 * DAY)),
        "pubflow_allowances": Until("limits are reset each hour", _older(tables.allowances.c.reset, DAY)),
        "pubflow_answers": Until("a cache of what the index answered", _older(tables.answers.c.at, 30 * DAY)),
        "pubflow_closures": Until("an hour is the longest wait", _older(tables.closures.c.until, DAY)),
        "pubflow_configurations": Bounded("one row a repository"),
        "pubflow_deliveries": Bounded("`QueueOptions.keep_jobs`: longer than GitHub can send one again"),
        "pubflow_history": Until("two years of a plot", _older(tables.history.c.at, 800 * DAY)),
        "pubflow_holds": Bounded("one row an account"),
        "pubflow_jobs": Bounded("`QueueOptions`: done ones for days, set-aside ones for three months"),
        "pubflow_looks": Bounded("a few rows"),
        "pubflow_newest_actions": Bounded("one row an action and wait"),
        "pubflow_overview": Bounded("one row a repository"),
        "pubflow_pauses": Bounded("one row a pause"),
        "pubflow_pulls": Until("the ten last of an account decide", _older(tables.pulls.c.closed_at, 800 * DAY)),
        "pubflow_ranks": Until(
            "as long as the job",
            lambda _now: ~sa.exists().where(tables.jobs.c.id == tables.ranks.c.job),
        ),
        "pubflow_redeliveries": Until(
            "GitHub knows deliveries for three days", _older(tables.redeliveries.c.at, 7 * DAY)
        ),
        "pubflow_remarks": Bounded("a few rows a repository: what was said once is not said again"),
        "pubflow_replies": Until(
            "a comment is delivered again for 30 days at most", _older(tables.replies.c.at, 60 * DAY)
        ),
        "pubflow_reports": Bounded("one row a repository, its diffs cut"),
        "pubflow_repositories": Bounded("one row a repository; gone ones for a week"),
        "pubflow_rollouts": Bounded("one row a project and index"),
        "pubflow_schema": Bounded("one row"),
        "pubflow_shared_files": Bounded("one row an account"),
        "pubflow_sightings": Bounded("one row a repository"),
        "pubflow_sweeps": Bounded("one row an installation"),
        "pubflow_turns": Until("who waits is noted anew", _older(tables.turns.c.at, 30 * DAY)),
        "pubflow_uses": Bounded("the actions that a repository uses"),
        "pubflow_wishes": Bounded("what people asked for"),
        "pubflow_workers": Bounded("one row a worker; dead ones are removed by the living"),
        "pubflow_writes": Until("limits look back an hour", _older(tables.writes.c.at, 7200.0)),
    }
)


def prune(engine: sa.Engine, now: float, *, rounds: int = 20) -> int:
    """Delete what nobody needs any more, a bounded number of rows at a time; how many it were."""
    return sum(
        delete(engine, tables.metadata.tables[name], rule.old(now), rounds)
        for name, rule in RETENTION.items()
        if isinstance(rule, Until)
    )


def delete(engine: sa.Engine, table: sa.Table, condition: sa.ColumnElement[bool], rounds: int) -> int:
    """Delete the rows for which the condition holds, a chunk a transaction; how many it were."""
    deleted = 0
    keys = list(table.primary_key.columns)
    for _ in range(rounds):
        with transaction(engine) as connection:
            rows = connection.execute(sa.select(*keys).where(condition).limit(_CHUNK)).all()
            if rows:
                connection.execute(table.delete().where(sa.tuple_(*keys).in_([tuple(row) for row in rows])))
        deleted += len(rows)
        if len(rows) < _CHUNK:
            break
    return deleted
