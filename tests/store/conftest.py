"""The databases that the tests of our tables run on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.store import make_engine
from tests.store.databases import Server, prepare_file


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


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    """A database with all tables, and nothing in them."""
    server: Server | None = request.getfixturevalue("postgresql") if request.param == "postgresql" else None
    address = prepare_file(tmp_path / "data" / "pubflow.sqlite3") if server is None else server.lend()
    engine = make_engine(address)
    yield engine
    engine.dispose()
    if server is not None:
        server.take_back(address)
