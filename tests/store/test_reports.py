"""What scans found is kept once, and a change of kind becomes history."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from bot.model import InstallationId, RepoId, Status
from bot.store.reports import Kind, Reports, Scanned, Use
from bot.store.repositories import Repositories
from bot.store.tables import history, overview, reports, uses
from tests.store.test_repositories import NOW, seen

CHECKOUT = Use(action="actions/checkout", ref="v4", version="", places=2)


def scanned(number: int, kind: Kind = Kind.TOKEN, *, installation: int = 1) -> Scanned:
    return Scanned(
        repo_id=RepoId(number),
        installation=InstallationId(installation),
        full_name=f"acme/Widget{number}",
        public=True,
        kind=kind,
        status=Status.TOKEN,
        findings=1,
        refusals=0,
        head=None,
        outcome="#1 opened",
        report='{"findings": []}',
        uses=(CHECKOUT,),
        scanned_at=NOW,
    )


def rows(engine: sa.Engine, table: sa.Table) -> list[dict[str, object]]:
    with engine.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(sa.select(table))]


def test_writing_twice_is_writing_once(engine: sa.Engine) -> None:
    kept = Reports(engine)
    kept.write(scanned(1))
    kept.write(scanned(1))
    assert [row["full_name"] for row in rows(engine, overview)] == ["acme/Widget1"]
    assert [row["places"] for row in rows(engine, uses)] == [2]
    assert [(row["before"], row["after"]) for row in rows(engine, history)] == [(None, "token")]


def test_a_change_of_kind_is_history_and_other_changes_are_not(engine: sa.Engine) -> None:
    kept = Reports(engine)
    kept.write(scanned(1))
    kept.write(replace(scanned(1), findings=7, uses=(), report="{}"))
    kept.write(replace(scanned(1, Kind.TRUSTED), scanned_at=NOW + 86400))
    assert rows(engine, uses) == [{**rows(engine, uses)[0], "ref": "v4"}]
    assert [row["report"] for row in rows(engine, reports)] == ['{"findings": []}']
    assert [(row["before"], row["after"], row["day"]) for row in rows(engine, history)] == [
        (None, "token", 20833),
        ("token", "trusted", 20834),
    ]


def test_a_repository_that_moved_left_one_account_and_came_to_another(engine: sa.Engine) -> None:
    kept = Reports(engine)
    kept.write(scanned(1))
    kept.write(scanned(1, installation=2))
    assert [(row["installation"], row["before"], row["after"]) for row in rows(engine, history)] == [
        *((1, None, "token"), (1, "token", None), (2, None, "token")),
    ]


def test_what_is_forgotten_leaves_a_line_of_history_alone(engine: sa.Engine) -> None:
    kept, known = Reports(engine), Repositories(engine)
    for number in (1, 2):
        known.upsert(seen(number, installation=number))
        kept.write(scanned(number, installation=number))
    known.forget(RepoId(1), NOW)
    known.forget(RepoId(1), NOW)
    assert [row["repo_id"] for table in (overview, reports, uses) for row in rows(engine, table)] == [2, 2, 2]
    known.forget_installation(InstallationId(2), NOW)
    assert [rows(engine, table) for table in (overview, reports, uses)] == [[], [], []]
    assert [(row["repo_id"], row["after"]) for row in rows(engine, history)] == [
        *((1, "token"), (2, "token"), (1, None), (2, None)),
    ]
