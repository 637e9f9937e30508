"""What people asked for in each repository: see `bot.wishes`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from bot.model import RepoId
from bot.store.engine import lock, transaction
from bot.store.tables import wishes
from bot.wishes import Wish, Wished, Wishes


@dataclass(frozen=True, slots=True)
class WishBook:
    """Doing anything twice is doing it once."""

    engine: sa.Engine

    def of(self, repo_id: RepoId) -> Wishes:
        """The oldest first."""
        found = sa.select(wishes).where(wishes.c.repo_id == repo_id).order_by(wishes.c.at, wishes.c.value)
        with self.engine.connect() as connection:
            return Wishes(tuple(_wished(row) for row in connection.execute(found)))

    def change(
        self, repo_id: RepoId, now: float, *, add: Iterable[Wished] = (), drop: Iterable[tuple[Wish, str | None]] = ()
    ) -> None:
        """Drop first (None: every value of the wish), then add; all of it or nothing."""
        with transaction(self.engine) as connection:
            lock(connection, [f"wishes of {repo_id}"])
            for wish, value in drop:
                _drop(connection, repo_id, wish, value)
            for one in add:
                _drop(connection, repo_id, one.wish, None if one.wish is Wish.PIN else one.value)
                row = {"repo_id": repo_id, "wish": one.wish.value, "value": one.value, "note": one.note}
                connection.execute(wishes.insert().values(row | {"login": one.login, "at": now}))


def _drop(connection: sa.Connection, repo_id: RepoId, wish: Wish, value: str | None) -> None:
    which = (wishes.c.repo_id == repo_id) & (wishes.c.wish == wish.value)
    connection.execute(wishes.delete().where(which if value is None else which & (wishes.c.value == value)))


def _wished(row: sa.Row[tuple[object, ...]]) -> Wished:
    return Wished(wish=Wish(row.wish), value=row.value, note=row.note, login=row.login)
