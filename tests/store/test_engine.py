"""How databases are opened, and how they get their tables."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.errors import ConfigurationError
from bot.store import in_thread, lock, make_engine, migrate, reason, transaction
from bot.store.engine import prepare_sqlite
from bot.store.tables import SCHEMA_VERSION, metadata, pauses, schema_version


@pytest.mark.parametrize(
    "url",
    [
        "mysql://user:hunter2@host/name",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:x?uri=true",
        "hunter2",
        "",
        "postgresql+asyncpg://user:hunter2@host/name",
        "postgresql://user:hunter2@host:port/name",
        "postgresql://user:hunter2@[::1/name",
    ],
)
def test_an_address_of_another_kind_is_refused_without_showing_its_password(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        make_engine(url)
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_file_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file" / "pubflow.sqlite3", tmp_path):
        with pytest.raises(ConfigurationError, match=r"cannot be opened .*see DATABASE_URL"):
            make_engine(f"sqlite:///{path}")


REASONS: list[tuple[BaseException, str]] = [
    (
        sa.exc.OperationalError("SELECT 'hunter2'", {}, sqlite3.OperationalError("disk full")),
        "OperationalError: disk full",
    ),
    (OSError(28, "No space left on device"), "OSError: [Errno 28] No space left on device"),
    (sa.exc.TimeoutError("QueuePool limit reached\nhunter2"), "TimeoutError: QueuePool limit reached"),
    (ValueError("x" * 1000), "ValueError: " + "x" * 188),
]


@pytest.mark.parametrize(("error", "words"), REASONS)
def test_a_reason_is_the_drivers_first_line_and_no_statement(error: BaseException, words: str) -> None:
    assert reason(error) == words


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_gets_the_same_driver(scheme: str) -> None:
    engine = make_engine(f"{scheme}://user:hunter2@host:5433/name?sslmode=require")
    assert engine.url.drivername == "postgresql+psycopg"
    assert "hunter2" not in repr(engine)


def test_sqlite_is_set_up_for_several_processes(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'new' / 'file.sqlite3'}", wait_seconds=7)
    with engine.connect() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 7000}
    assert isinstance(engine.pool, sa.QueuePool)
    assert engine.pool.size() == 2
    engine.dispose()


@pytest.mark.parametrize("before", [None, 0o644, 0o666])
def test_an_sqlite_file_and_its_companions_are_for_their_owner_alone(tmp_path: Path, before: int | None) -> None:
    path = tmp_path / "file.sqlite3"
    if before is not None:
        path.touch()
        path.chmod(before)
    engine = make_engine(f"sqlite:///{path}")
    migrate(engine)
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    engine.dispose()
    assert len(modes) == 3
    assert set(modes.values()) == {0o600}


def test_an_old_sqlite_is_given_the_function_that_dbos_calls() -> None:
    """From Python 3.12 on dbos calls unixepoch('subsec'), which SQLite knows from 3.42 on."""
    connection = sqlite3.connect(":memory:")
    prepare_sqlite(connection, 1)
    (answer,) = connection.execute("SELECT unixepoch('subsec') * 1000").fetchone()
    connection.close()
    assert abs(answer / 1000 - time.time()) < 5
    assert isinstance(answer, float)


def test_values_are_not_shown_in_errors(engine: sa.Engine) -> None:
    with engine.connect() as connection, pytest.raises(sa.exc.IntegrityError) as caught:
        connection.execute(pauses.insert().values(scope="hunter2", since=None))
    assert "[SQL parameters hidden" in str(caught.value)
    assert "hunter2" not in str(caught.value).partition("\n")[0]


def test_the_tables_are_made_once_whoever_comes_and_how_often(empty: str) -> None:
    engines = [make_engine(empty) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(migrate, engines))
    migrate(engines[0])
    with engines[0].connect() as connection:
        assert connection.execute(sa.select(schema_version)).all() == [(1, SCHEMA_VERSION)]
    assert set(sa.inspect(engines[0]).get_table_names()) == set(metadata.tables)
    for engine in engines:
        engine.dispose()


def test_a_database_of_a_newer_version_is_left_alone(engine: sa.Engine) -> None:
    with transaction(engine) as connection:
        connection.execute(schema_version.update().values(version=SCHEMA_VERSION + 7))
    migrate(engine)
    with engine.connect() as connection:
        assert connection.scalar(sa.select(schema_version.c.version)) == SCHEMA_VERSION + 7


def test_tables_are_added_while_others_write(empty: str) -> None:
    """A new version starts beside the old one: it waits for nothing that the other holds, and loses nothing."""
    engine, other = make_engine(empty, wait_seconds=2.0), make_engine(empty, wait_seconds=2.0)
    migrate(engine)
    with transaction(engine) as connection:
        connection.execute(pauses.insert().values(scope="acme", since=1.0))
        metadata.tables["pubflow_writes"].drop(connection)
    with other.connect() as writing:
        if writing.dialect.name == "postgresql":
            writing.execute(pauses.insert().values(scope="other", since=1.0))
            writing.execute(sa.text("LOCK TABLE pubflow_jobs IN ROW EXCLUSIVE MODE"))
        migrate(engine)
        writing.commit()
    with engine.connect() as connection:
        assert sa.inspect(connection).has_table("pubflow_writes")
        assert "acme" in set(connection.scalars(sa.select(pauses.c.scope)))
    engine.dispose()
    other.dispose()


def test_a_transaction_that_fails_leaves_nothing(engine: sa.Engine) -> None:
    def half() -> None:
        with transaction(engine) as connection:
            connection.execute(pauses.insert().values(scope="*", since=1.0))
            raise LookupError("half way")

    with pytest.raises(LookupError):
        half()
    with engine.connect() as connection:
        assert connection.execute(sa.select(pauses)).all() == []


def test_what_is_locked_is_read_and_written_by_one_at_a_time(engine: sa.Engine) -> None:
    with transaction(engine) as connection:
        connection.execute(pauses.insert().values(scope="*", since=0.0))

    def count_up(_: int) -> None:
        with transaction(engine) as connection:
            lock(connection, ["b", "a"])
            before = connection.scalar(sa.select(pauses.c.since))
            connection.execute(pauses.update().values(since=(before or 0) + 1))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count_up, range(40)))
    with engine.connect() as connection:
        assert connection.scalar(sa.select(pauses.c.since)) == 40


async def test_work_in_a_thread_leaves_the_loop_free() -> None:
    begun, release = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def work(number: int, *, plus: int) -> int:
        loop.call_soon_threadsafe(begun.set)
        release.wait(30)
        return number + plus

    task = asyncio.create_task(in_thread(work, 40, plus=2))
    await begun.wait()
    release.set()
    assert await task == 42


async def test_what_fails_in_a_thread_fails_for_the_caller() -> None:
    def work() -> None:
        raise LookupError("not here")

    with pytest.raises(LookupError, match="not here"):
        await in_thread(work)


def test_a_connection_that_comes_back_after_the_end_is_closed(empty: str) -> None:
    engine = make_engine(empty)
    held = engine.connect()
    driver = held.connection.dbapi_connection
    engine.dispose()
    held.close()
    assert driver is not None
    with pytest.raises(Exception, match=r"closed"):
        driver.cursor().execute("SELECT 1")


def test_a_connection_that_comes_back_before_is_kept(engine: sa.Engine) -> None:
    with engine.connect() as held:
        driver = held.connection.dbapi_connection
    with engine.connect() as again:
        assert again.connection.dbapi_connection is driver
