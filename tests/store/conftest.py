"""The databases that the tests of our tables run on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.store import make_engine, migrate
from tests.store.databases import Server, run_postgresql


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    with run_postgresql() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without a table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'data' / 'pubflow.sqlite3'}"
        return
    server: Server = request.getfixturevalue("postgresql")
    address = server.create()
    yield address
    server.drop(address)


@pytest.fixture
def engine(empty: str) -> Iterator[sa.Engine]:
    engine = make_engine(empty)
    migrate(engine)
    yield engine
    engine.dispose()
