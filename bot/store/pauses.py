"""Where an operator has switched writing off: everywhere, for an account, or for a repository."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from bot.errors import ConfigurationError
from bot.store.engine import transaction
from bot.store.tables import pauses

EVERYTHING: Final = "*"

_SCOPE: Final = re.compile(r"\*|[a-z0-9_-]{1,100}(?:/[a-z0-9._-]{1,100})?")


@dataclass(frozen=True, slots=True)
class Pauses:
    engine: sa.Engine

    def pause(self, scope: str, now: float) -> str:
        """Switch writing off; the scope as it is kept. Raises ConfigurationError for what is no scope."""
        name = _scope(scope)
        with transaction(self.engine) as connection:
            connection.execute(pauses.delete().where(pauses.c.scope == name))
            connection.execute(pauses.insert().values(scope=name, since=now))
        return name

    def resume(self, scope: str) -> bool:
        """Let writing go on; False when this very scope was not paused (a wider one may still be)."""
        with transaction(self.engine) as connection:
            return connection.execute(pauses.delete().where(pauses.c.scope == _scope(scope))).rowcount > 0

    def is_paused(self, owner: str, name: str) -> str | None:
        """The widest scope by which this repository is paused, or None."""
        scopes = [EVERYTHING, owner.lower(), f"{owner}/{name}".lower()]
        with self.engine.connect() as connection:
            found = set(connection.scalars(sa.select(pauses.c.scope).where(pauses.c.scope.in_(scopes))))
        return next((scope for scope in scopes if scope in found), None)

    def listed(self) -> dict[str, float]:
        """Every scope that is paused, and since when."""
        with self.engine.connect() as connection:
            return {row.scope: row.since for row in connection.execute(sa.select(pauses).order_by(pauses.c.scope))}


def _scope(text: str) -> str:
    scope = text.strip().lower()
    if not _SCOPE.fullmatch(scope):
        raise ConfigurationError(f"{text[:120]!r} is neither `*`, an account, nor owner/name")
    return scope
