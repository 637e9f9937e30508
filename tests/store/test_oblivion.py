"""Nothing is kept of what is no longer ours: every table that there is, and every one that will be."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from bot.model import InstallationId, RepoId
from bot.store.oblivion import ELSEWHERE, Oblivion, tables
from bot.store.tables import metadata

GONE, STAYS = 101, 202
_SAMPLES: dict[type, Any] = {sa.Text: "x", sa.BigInteger: 7, sa.Integer: 7, sa.Double: 1.0, sa.Boolean: True}


def fill(engine: sa.Engine, table: sa.Table, number: int) -> None:
    """One row whose repository and installation have this number."""
    row = {column.name: _SAMPLES[type(column.type)] for column in table.columns if not column.nullable}
    row |= {name: number for name in ("repo_id", "installation") if name in table.c}
    row |= {column.name: f"x{number}" for column in table.primary_key if isinstance(column.type, sa.Text)}
    row |= {"id": number} if "id" in table.c and not isinstance(table.c.id.type, sa.Text) else {}
    with engine.begin() as connection:
        connection.execute(table.insert().values(row))


def left(engine: sa.Engine, table: sa.Table, column: str) -> set[int]:
    with engine.connect() as connection:
        return set(connection.scalars(sa.select(table.c[column])))


@pytest.mark.parametrize("column", ["repo_id", "installation"])
def test_rows_of_what_went_are_dropped_and_others_stay(engine: sa.Engine, column: str) -> None:
    found = [table for table in tables(column) if not (column == "repo_id" and table.name == "pubflow_history")]
    assert len(found) > 3
    for table in found:
        for number in (GONE, STAYS):
            fill(engine, table, number)
    for _ in range(2):
        if column == "repo_id":
            Oblivion(engine).repositories([RepoId(GONE)])
        else:
            Oblivion(engine).installation(InstallationId(GONE))
    assert {table.name: left(engine, table, column) for table in found} == {table.name: {STAYS} for table in found}


def test_nobody_forgets_a_table_that_names_repositories_or_people() -> None:
    """What has a name in it has an id beside it by which it is forgotten, or is the operators' own."""
    by_id = {table.name for column in ("repo_id", "installation") for table in tables(column)} | ELSEWHERE.keys()
    named = {
        table.name
        for table in metadata.sorted_tables
        if {"account", "full_name", "owner", "login", "name"} & set(table.c.keys())
    }
    operators = {"pubflow_holds", "pubflow_looks"}
    assert named - by_id == operators
