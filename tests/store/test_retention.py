"""Nothing grows for ever: every table is on the list, what is old goes, what is young stays."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store import transaction
from bot.store.retention import RETENTION, Until, delete, prune
from bot.store.tables import answers, closures, jobs, metadata, pulls, ranks, redeliveries, replies, writes

NOW = 1_800_000_000.0
DAY = 86400.0


def test_every_table_is_on_the_list() -> None:
    assert list(RETENTION) == sorted(metadata.tables)


def test_what_is_old_goes_and_what_is_young_stays(engine: sa.Engine) -> None:
    pull = {"account": "a", "repo_id": 1, "branch": "b", "reserved_at": 0.0}
    job = {
        "id": "scan:1", "kind": "scan", "key": "1", "number": 0, "lane": "l", "installation": 1, "args": "{}",
        "state": "waiting", "workflow": "w", "attempt": 0, "tries": 0, "starts": 0, "created_at": 0.0,
        "updated_at": 0.0,
    }  # fmt: skip
    with transaction(engine) as connection:
        connection.execute(jobs.insert(), [job])
        connection.execute(ranks.insert(), [{"job": name, "rank": 1} for name in ("scan:1", "scan:2")])
        connection.execute(writes.insert(), [{"lane": 1, "at": NOW - age, "many": 1} for age in (60, 3700, 9000)])
        connection.execute(closures.insert(), [{"lane": n, "until": NOW - n * DAY} for n in (0, 2)])
        asked = [{"guid": str(n), "attempt": 1, "times": 1, "at": NOW - n * DAY} for n in (3, 9)]
        connection.execute(redeliveries.insert(), asked)
        said = [{"repo_id": 1, "what": str(n), "ends": "[]", "at": NOW - n * DAY} for n in (40, 70)]
        connection.execute(replies.insert(), said)
        known = [{"address": str(n), "facts": "{}", "at": NOW - n * DAY} for n in (20, 40)]
        connection.execute(answers.insert(), known)
        closed = {"open": None, "young": NOW - 700 * DAY, "old": NOW - 900 * DAY}
        rows = [pull | {"digest": name, "state": "closed", "closed_at": at} for name, at in closed.items()]
        connection.execute(pulls.insert(), rows)
    assert prune(engine, NOW) == 7
    assert prune(engine, NOW) == 0
    with engine.connect() as connection:
        assert set(connection.scalars(sa.select(pulls.c.digest))) == {"open", "young"}
        assert list(connection.scalars(sa.select(ranks.c.job))) == ["scan:1"]
        assert connection.scalar(sa.select(sa.func.count()).select_from(writes)) == 2


def test_it_is_bounded(engine: sa.Engine) -> None:
    with transaction(engine) as connection:
        connection.execute(writes.insert(), [{"lane": 1, "at": 0.0, "many": 1}] * 2500)
    rule = RETENTION["pubflow_writes"]
    assert isinstance(rule, Until)
    assert delete(engine, writes, rule.old(NOW), 2) == 2000
    assert delete(engine, writes, rule.old(NOW), 2) == 500
