"""What a sweep has last seen of each repository, in a few digits, and which of them are due to be read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from bot.model import InstallationId, NodeId, RepoId, RepoRef, Sha
from bot.store.engine import transaction
from bot.store.tables import sightings

_AT_ONCE: Final = 500
"""Ids in one statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """`standing` and `files` are of `bot.fingerprint`; None: never read."""

    ref: RepoRef
    installation: InstallationId
    standing: str | None = None
    files: str | None = None
    head: Sha | None = None
    bare: bool = False
    """Nothing is read of it but its facts."""
    due: bool = False
    """Something changed since it was read."""
    begun: int = 0
    """How often reading it was begun since it became due."""
    round: int = 0
    """Of the sweep that listed it last."""


@dataclass(frozen=True, slots=True)
class Sightings:
    """Every method is one transaction."""

    engine: sa.Engine

    def known(self, repo_ids: Collection[RepoId]) -> dict[RepoId, Sighting]:
        found: dict[RepoId, Sighting] = {}
        ids = list(repo_ids)
        with self.engine.connect() as connection:
            for start in range(0, len(ids), _AT_ONCE):
                some = sightings.c.repo_id.in_(ids[start : start + _AT_ONCE])
                rows = connection.execute(sa.select(sightings).where(some))
                found |= {RepoId(row.repo_id): _sighting(row) for row in rows}
        return found

    def note_page(
        self, installation: InstallationId, number: int, unchanged: Collection[RepoId], due: Sequence[Sighting]
    ) -> None:
        """Note that round `number` listed these; of those that are `due` what was seen stays as it was."""
        with transaction(self.engine) as connection:
            seen = sightings.c.repo_id.in_(list(unchanged)) & (sightings.c.installation == installation)
            connection.execute(sightings.update().where(seen).values(round=number))
            ids = [one.ref.id for one in due]
            kept = {
                row.repo_id: (row.standing, row.files, row.head)
                for row in connection.execute(sa.select(sightings).where(sightings.c.repo_id.in_(ids)))
            }
            connection.execute(sightings.delete().where(sightings.c.repo_id.in_(ids)))
            rows = [_row(one) | _before(kept.get(one.ref.id)) | {"due": True, "begun": 0} for one in due]
            if rows:
                connection.execute(sightings.insert(), rows)

    def due(self, installation: InstallationId, limit: int) -> list[Sighting]:
        """Those that wait to be read, which is now begun: who is killed while it reads finds that in `begun`."""
        waiting = sa.select(sightings).where(sightings.c.installation == installation, sightings.c.due)
        with transaction(self.engine) as connection:
            rows = connection.execute(waiting.order_by(sightings.c.repo_id).limit(limit)).all()
            mine = sightings.c.repo_id.in_([row.repo_id for row in rows])
            connection.execute(sightings.update().where(mine).values(begun=sightings.c.begun + 1))
        return [_sighting(row) for row in rows]

    def distrust(self, installation: InstallationId) -> None:
        """Read all of them again, whether they changed or not: what may be done about them has."""
        mine = sightings.update().where(sightings.c.installation == installation)
        with transaction(self.engine) as connection:
            connection.execute(mine.values(files=None, due=True, begun=0))

    def doubt(self, repo_ids: Collection[RepoId]) -> None:
        """Read these again, whether they changed or not."""
        ids = list(repo_ids)
        with transaction(self.engine) as connection:
            for start in range(0, len(ids), _AT_ONCE):
                mine = sightings.c.repo_id.in_(ids[start : start + _AT_ONCE])
                connection.execute(sightings.update().where(mine).values(files=None, due=True, begun=0))

    def not_begun(self, repo_ids: Collection[RepoId]) -> None:
        """Nobody came to reading these after all."""
        with transaction(self.engine) as connection:
            mine = sightings.c.repo_id.in_(list(repo_ids)) & (sightings.c.begun > 0)
            connection.execute(sightings.update().where(mine).values(begun=sightings.c.begun - 1))

    def count_due(self, installation: InstallationId) -> int:
        waiting = sa.select(sa.func.count()).where(sightings.c.installation == installation, sightings.c.due)
        with self.engine.connect() as connection:
            return int(connection.scalar(waiting) or 0)

    def put(self, seen: Sequence[Sighting]) -> None:
        """These were read, or are read by a job of their own: what was known of them before is replaced."""
        with transaction(self.engine) as connection:
            ids = [one.ref.id for one in seen]
            rounds = {
                row.repo_id: row.round
                for row in connection.execute(
                    sa.select(sightings.c.repo_id, sightings.c.round).where(sightings.c.repo_id.in_(ids))
                )
            }
            connection.execute(sightings.delete().where(sightings.c.repo_id.in_(ids)))
            rows = [_row(one) | {"round": max(one.round, rounds.get(one.ref.id, 0))} for one in seen]
            if rows:
                connection.execute(sightings.insert(), rows)

    def unlisted(self, installation: InstallationId, number: int) -> list[RepoId]:
        """Repositories that an earlier round listed and round `number`, which is over, did not."""
        gone = sa.select(sightings.c.repo_id).where(
            sightings.c.installation == installation, sightings.c.round < number, sightings.c.round > 0
        )
        with self.engine.connect() as connection:
            return [RepoId(one) for one in connection.scalars(gone)]

    def forget(self, repo_ids: Collection[RepoId]) -> None:
        with transaction(self.engine) as connection:
            connection.execute(sightings.delete().where(sightings.c.repo_id.in_(list(repo_ids))))

    def forget_installation(self, installation: InstallationId) -> None:
        with transaction(self.engine) as connection:
            connection.execute(sightings.delete().where(sightings.c.installation == installation))


def _before(kept: tuple[str | None, str | None, str | None] | None) -> dict[str, object]:
    standing, files, head = kept or (None, None, None)
    return {"standing": standing, "files": files, "head": head}


def _row(one: Sighting) -> dict[str, object]:
    ref = one.ref
    named = {"repo_id": ref.id, "node_id": ref.node_id, "owner": ref.owner, "name": ref.name}
    own = ("installation", "standing", "files", "head", "bare", "due", "begun", "round")
    return named | {name: getattr(one, name) for name in own}


def _sighting(row: sa.Row[tuple[object, ...]]) -> Sighting:
    return Sighting(
        ref=RepoRef(id=RepoId(row.repo_id), node_id=NodeId(row.node_id), owner=row.owner, name=row.name),
        installation=InstallationId(row.installation),
        standing=row.standing,
        files=row.files,
        head=None if row.head is None else Sha(row.head),
        bare=row.bare,
        due=row.due,
        begun=row.begun,
        round=row.round,
    )
