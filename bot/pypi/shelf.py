"""Answers of indexes kept in the database, for all processes and over restarts."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from bot.pypi.asking import Kept
from bot.store import in_thread, transaction
from bot.store.tables import answers


@dataclass(frozen=True, slots=True)
class Table:
    """A shelf in our own tables. A database that does not answer is as good as an empty one."""

    engine: sa.Engine

    async def get(self, address: str, /) -> Kept | None:
        try:
            return await in_thread(self._get, address)
        except sa.exc.SQLAlchemyError:
            return None

    async def put(self, address: str, kept: Kept, /) -> None:
        try:
            await in_thread(self._put, address, kept)
        except sa.exc.SQLAlchemyError:
            return

    def _get(self, address: str) -> Kept | None:
        with self.engine.connect() as connection:
            row = connection.execute(sa.select(answers).where(answers.c.address == address)).one_or_none()
        return None if row is None else Kept(etag=row.etag, facts=row.facts, at=row.at)

    def _put(self, address: str, kept: Kept) -> None:
        values = {"etag": kept.etag, "facts": kept.facts, "at": kept.at}
        with transaction(self.engine) as connection:
            connection.execute(answers.delete().where(answers.c.address == address))
            connection.execute(answers.insert().values(values | {"address": address}))
