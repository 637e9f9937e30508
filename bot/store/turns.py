"""Who of an account's repositories goes first, where there are places for few."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from bot.model import RepoId
from bot.store.engine import lock, transaction
from bot.store.tables import turns

KEPT_SECONDS: Final = 2 * 3600.0
"""So long a repository that does not come to ask holds up those behind it."""


@dataclass(frozen=True, slots=True)
class Turns:
    """`line_up` before the scans that will ask, `leave` when one has ended. Of two of one rank the older goes first."""

    engine: sa.Engine

    def line_up(self, account: str, ranks: Mapping[RepoId, int], now: float) -> None:
        """These will ask for places; the lower rank goes first."""
        login = account.lower()
        with transaction(self.engine) as connection:
            lock(connection, [f"turns of {login}"])
            connection.execute(turns.delete().where(turns.c.repo_id.in_(ranks)))
            rows = [{"repo_id": one, "account": login, "rank": rank, "at": now} for one, rank in ranks.items()]
            if rows:
                connection.execute(turns.insert(), rows)

    def stay(self, repo_id: RepoId, now: float) -> None:
        """It has asked, and will ask again."""
        with transaction(self.engine) as connection:
            connection.execute(turns.update().where(turns.c.repo_id == repo_id).values(at=now))

    def stands(self, repo_id: RepoId) -> bool:
        """Claims that it was lined up and has not left."""
        with self.engine.connect() as connection:
            return bool(connection.scalar(sa.select(sa.exists().where(turns.c.repo_id == repo_id))))

    def leave(self, repo_id: RepoId) -> None:
        """It has asked, or has nothing to ask for any more."""
        with transaction(self.engine) as connection:
            leave(connection, repo_id)


def leave(connection: sa.Connection, repo_id: int) -> None:
    """Part of a transaction in which it got what it stood in line for."""
    connection.execute(turns.delete().where(turns.c.repo_id == repo_id))


def ahead(connection: sa.Connection, account: str, repo_id: int, now: float) -> int:
    """How many of the account (lower case) go before this one; a repository that stands in no line goes before all."""
    own = sa.select(turns.c.rank).where(turns.c.repo_id == repo_id)
    rank = connection.scalar(own)
    if rank is None:
        return 0
    before = (turns.c.rank < rank) | ((turns.c.rank == rank) & (turns.c.repo_id < repo_id))
    there = (turns.c.account == account) & (turns.c.at > now - KEPT_SECONDS)
    return int(connection.scalar(sa.select(sa.func.count()).where(there, before)) or 0)
