"""The one place that opens databases."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Final

import psycopg
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.pool import ConnectionPoolEntry

from bot.errors import ConfigurationError

POOL_SIZE: Final = 2
"""Connections an engine keeps. SQLite's busy handler sleeps and is unfair, so few beat many: 130 ms against 587 ms at
the 99th percentile of an enqueue while the same file is being drained. One would lock up on any nested use."""

WAIT_SECONDS: Final = 30.0

_POSTGRESQL = {"postgres", "postgresql", "postgresql+psycopg"}


def make_engine(url: str | sa.URL, *, pool_size: int = POOL_SIZE, wait_seconds: float = WAIT_SECONDS) -> sa.Engine:
    """An engine for `sqlite:///file`, `postgres://...` or `postgresql://...`.

    `wait_seconds` bounds how long a statement waits for somebody else's lock, and on PostgreSQL a connection too.
    Raises ConfigurationError for an address of another kind; a connection is opened only when it is needed.
    """
    try:
        address = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):  # the latter for a port that is no number, or half an IPv6 address
        raise ConfigurationError(
            "DATABASE_URL is no database address; wanted sqlite:///file or postgresql://..."
        ) from None
    if address.drivername in _POSTGRESQL:
        return _postgresql(address.set(drivername="postgresql+psycopg"), pool_size, wait_seconds)
    if address.drivername in {"sqlite", "sqlite+pysqlite"}:
        return _sqlite(address, pool_size, wait_seconds)
    raise ConfigurationError(
        f"DATABASE_URL begins with {address.drivername}://; wanted sqlite:///file or postgresql://..."
    )


@contextmanager
def transaction(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that reads and writes; on SQLite it holds the one write lock from its first statement on.

    Python's driver would begin only before the first change, and what was read before that could be stale.
    """
    with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield connection


def reason(error: BaseException) -> str:
    """The driver's own first line: it names no values, for engines here are made to hide them."""
    cause = error.orig if isinstance(error, sa.exc.DBAPIError) and error.orig is not None else error
    return f"{type(cause).__name__}: {str(cause).strip().partition(chr(10))[0]}"[:200]


def lock(connection: sa.Connection, names: Collection[str]) -> None:
    """Hold these names, over all processes, until the transaction ends.

    They are taken in one order, so that two who want several cannot lock each other up. On SQLite a `transaction` holds
    the whole file already.
    """
    if not names or connection.dialect.name != "postgresql":
        return
    numbers = sorted({int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), signed=True) for name in names})
    connection.execute(_LOCK, {"numbers": numbers})


_LOCK: Final = sa.text(
    "SELECT pg_advisory_xact_lock(n) FROM (SELECT n FROM unnest(CAST(:numbers AS bigint[])) AS n ORDER BY n) AS sorted"
)


def _postgresql(url: sa.URL, pool_size: int, wait_seconds: float) -> sa.Engine:
    # A network that swallows packets must not hold a caller for the system's default of two hours.
    limits = {
        "connect_timeout": max(2, int(wait_seconds)),
        "keepalives_idle": 15,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": max(2000, int(wait_seconds * 1000)),
        "application_name": "pubflow",
    }
    engine = sa.create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=wait_seconds,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={name: value for name, value in limits.items() if name not in url.query},
    )

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: psycopg.Connection[psycopg.rows.TupleRow], _record: ConnectionPoolEntry) -> None:
        connection.execute(sql.SQL("SET lock_timeout = {}").format(max(1, int(wait_seconds * 1000))))
        connection.commit()

    return _closing_late_comers(engine)


def _sqlite(url: sa.URL, pool_size: int, wait_seconds: float) -> sa.Engine:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise ConfigurationError("DATABASE_URL: an SQLite database must be a file, such as sqlite:///pubflow.sqlite3")
    _private_file(Path(url.database))
    engine = sa.create_engine(url, pool_size=pool_size, max_overflow=0, pool_timeout=wait_seconds, hide_parameters=True)

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
        prepare_sqlite(connection, wait_seconds)

    return _closing_late_comers(engine)


def _closing_late_comers(engine: sa.Engine) -> sa.Engine:
    """The same engine; what a thread still holds when it is disposed of is closed when it comes back.

    SQLAlchemy would put it into the pool that nobody uses any more, and leave the closing to the garbage collector:
    https://docs.sqlalchemy.org/en/20/core/connections.html#engine-disposal
    """
    over = threading.Event()

    @sa.event.listens_for(engine, "engine_disposed")
    def end(_engine: sa.Engine) -> None:
        over.set()

    @sa.event.listens_for(engine, "checkin")
    def come_back(connection: object, record: ConnectionPoolEntry) -> None:
        if over.is_set() and connection is not None:
            record.invalidate()

    return engine


def prepare_sqlite(connection: sqlite3.Connection, wait_seconds: float) -> None:
    """Settings that SQLite forgets with each connection."""
    connection.isolation_level = "IMMEDIATE"
    connection.execute(f"PRAGMA busy_timeout={int(wait_seconds * 1000)}")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    # From Python 3.12 on, dbos calls unixepoch('subsec'), which SQLite answers with NULL before 3.42 (Debian 12 has
    # 3.40.1), and then does not start.
    connection.create_function("unixepoch", 1, lambda _modifier: time.time())


def _private_file(path: Path) -> None:
    """Create the file for its owner alone, or make it so; SQLite gives its -wal and -shm files the same mode."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ConfigurationError(
            f"the database {path} cannot be opened ({error.strerror}); see DATABASE_URL and PUBFLOW_HOME"
        ) from error
    try:
        if os.fstat(descriptor).st_mode & 0o077:
            os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)
