"""Our own tables, in the database that the job engine uses too: SQLite by default, PostgreSQL by address.

Everything here is synchronous SQLAlchemy and takes an engine; a coroutine calls it through `in_thread`, so that the
loop never waits for a disk. What the tables mean is written beside each of them in `tables.py`.
"""

from __future__ import annotations

from bot.store.engine import lock, make_engine, reason, transaction
from bot.store.tables import migrate
from bot.store.threads import in_thread

__all__ = ["in_thread", "lock", "make_engine", "migrate", "reason", "transaction"]
