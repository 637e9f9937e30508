"""Which deliveries were asked for again, and when somebody last looked for such."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from bot.missed import Asked
from bot.store.engine import transaction
from bot.store.tables import looks, redeliveries

_LOOK: Final = "missed deliveries"
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Missed:
    engine: sa.Engine

    def asked(self, guids: Collection[str]) -> dict[str, Asked]:
        """Of these what was asked for before."""
        found: dict[str, Asked] = {}
        names = list(guids)
        with self.engine.connect() as connection:
            for start in range(0, len(names), _AT_ONCE):
                some = redeliveries.c.guid.in_(names[start : start + _AT_ONCE])
                rows = connection.execute(sa.select(redeliveries).where(some))
                found |= {row.guid: Asked(**row._mapping) for row in rows}
        return found

    def note(self, guid: str, attempt: int, now: float) -> None:
        """It is asked for, because this attempt failed; noted before it is done, so that it is never done for ever."""
        this = redeliveries.c.guid == guid
        again = {"attempt": attempt, "times": redeliveries.c.times + 1, "at": now}
        with transaction(self.engine) as connection:
            if connection.execute(redeliveries.update().where(this).values(again)).rowcount == 0:
                connection.execute(redeliveries.insert().values(guid=guid, attempt=attempt, times=1, at=now))

    def last_look(self) -> float | None:
        """When everything that had failed was last known; None: never."""
        with self.engine.connect() as connection:
            return connection.scalar(sa.select(looks.c.at).where(looks.c.name == _LOOK))

    def looked(self, now: float) -> None:
        with transaction(self.engine) as connection:
            connection.execute(looks.delete().where(looks.c.name == _LOOK))
            connection.execute(looks.insert().values(name=_LOOK, at=now))
