"""What was read of actions, for all processes: public ones once, private ones for their installation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from bot.model import InstallationId, RepoId
from bot.store.engine import lock, transaction
from bot.store.tables import actions, newest_actions, uses

PUBLIC = InstallationId(0)
"""The scope of what everybody may see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`action` is JSON; None: it was not there. Times are seconds since the epoch."""

    name: str
    scope: InstallationId
    action: str | None
    etag: str | None
    looked_at: float
    read_at: float


@dataclass(frozen=True, slots=True)
class ActionBook:
    engine: sa.Engine

    def get(self, name: str, installation: InstallationId) -> Row | None:
        """What is known of an action to an installation: the public one before a private one."""
        this = (actions.c.name == name) & actions.c.installation.in_([PUBLIC, installation])
        with self.engine.connect() as connection:
            row = connection.execute(sa.select(actions).where(this).order_by(actions.c.installation)).first()
        if row is None:
            return None
        return Row(
            name=row.name,
            scope=InstallationId(row.installation),
            action=row.action,
            etag=row.etag,
            looked_at=row.looked_at,
            read_at=row.read_at,
        )

    def put(self, row: Row) -> None:
        """Remember this; what was known under the other scope is forgotten when an action became public or private."""
        values = {"action": row.action, "etag": row.etag, "looked_at": row.looked_at, "read_at": row.read_at}
        this = (actions.c.name == row.name) & (actions.c.installation == row.scope)
        with transaction(self.engine) as connection:
            lock(connection, [f"the action {row.name}"])
            if row.action is not None and row.scope != PUBLIC:
                connection.execute(actions.delete().where(actions.c.name == row.name, actions.c.installation == PUBLIC))
            if connection.execute(actions.update().where(this).values(values)).rowcount == 0:
                connection.execute(actions.insert().values(values | {"name": row.name, "installation": row.scope}))

    def listed(self) -> list[Row]:
        """Everything public that is known."""
        found = sa.select(actions).where(actions.c.installation == PUBLIC, actions.c.action.is_not(None))
        with self.engine.connect() as connection:
            rows = connection.execute(found.order_by(actions.c.name)).all()
        return [
            Row(
                name=row.name,
                scope=PUBLIC,
                action=row.action,
                etag=row.etag,
                looked_at=row.looked_at,
                read_at=row.read_at,
            )
            for row in rows
        ]

    def newest(self) -> dict[str, str]:
        """Action -> the tag by which the repositories that use it were judged last."""
        with self.engine.connect() as connection:
            return {row.action: row.version for row in connection.execute(sa.select(newest_actions))}

    def note_newest(self, found: Mapping[str, str]) -> None:
        """Remember these in place of what was known before."""
        with transaction(self.engine) as connection:
            lock(connection, ["the newest actions"])
            connection.execute(newest_actions.delete().where(newest_actions.c.action.in_(list(found))))
            rows = [{"action": name, "version": version} for name, version in found.items()]
            if rows:
                connection.execute(newest_actions.insert(), rows)

    def users(self, name: str) -> list[RepoId]:
        """The repositories whose workflows use an action."""
        found = sa.select(uses.c.repo_id).where(uses.c.action == name).distinct().order_by(uses.c.repo_id)
        with self.engine.connect() as connection:
            return [RepoId(row.repo_id) for row in connection.execute(found)]
