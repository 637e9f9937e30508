"""What was seen last of each repository: for the dashboard, and for telling which pushes matter."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from bot import hindrance
from bot.model import InstallationId, NodeId, RepoId, Sha, Status
from bot.store.engine import lock, transaction
from bot.store.reports import forget_reports
from bot.store.tables import repositories

_PUBLISHES = frozenset(
    status.value for status in (Status.TOKEN, Status.MIXED, Status.TRUSTED, Status.INDIRECT, Status.UNKNOWN)
)
_TOMBSTONE_SECONDS: Final = 7 * 86400.0
"""How long `watched_since` can still tell that a repository was forgotten."""

_SEQUENCE: Final = "the sequence of repositories"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A repository as the last scan left it."""

    repo_id: RepoId
    node_id: NodeId
    installation: InstallationId
    full_name: str
    head: Sha | None = None
    """None: never read, as when it is empty."""
    status: Status | None = None
    outcome: str | None = None
    """One sentence: what came of it."""
    watched: frozenset[str] = frozenset()
    """Paths beyond those that every scan reads, on which the last plan rests, and workflows whose runs may publish."""
    updated_at: float
    """Seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What changed since a number, and the number to ask with next time."""

    seq: int
    paths: Mapping[RepoId, frozenset[str] | None]
    """None for a repository that was forgotten, and where an older version noted no workflows although some publish."""


@dataclass(frozen=True, slots=True)
class Repositories:
    engine: sa.Engine

    def upsert(self, seen: Seen) -> None:
        """Remember this in place of what was known before."""
        self.upsert_all([seen])

    def upsert_all(self, seen: Sequence[Seen]) -> None:
        """The same of many at once."""
        ids = [one.repo_id for one in seen]
        with transaction(self.engine) as connection:
            seq = _next(connection)
            known = set(connection.scalars(sa.select(repositories.c.repo_id).where(repositories.c.repo_id.in_(ids))))
            rows = [_row(one) | {"seq": seq + place} for place, one in enumerate(seen)]
            if fresh := [row for row in rows if row["repo_id"] not in known]:
                connection.execute(repositories.insert(), fresh)
            if others := [{f"this_{name}": row[name] for name in row} for row in rows if row["repo_id"] in known]:
                connection.execute(_UPDATE, others)

    def get(self, repo_id: RepoId) -> Seen | None:
        there = (repositories.c.repo_id == repo_id) & ~repositories.c.gone
        with self.engine.connect() as connection:
            row = connection.execute(sa.select(repositories).where(there)).one_or_none()
        return None if row is None else _seen(row)

    def watched(self, repo_ids: Collection[RepoId]) -> dict[RepoId, frozenset[str]]:
        """Of these the paths from which the last plan was made, where there are any."""
        these = sa.select(repositories.c.repo_id, repositories.c.watched).where(repositories.c.repo_id.in_(repo_ids))
        with self.engine.connect() as connection:
            rows = connection.execute(these.where(repositories.c.watched != "[]", ~repositories.c.gone))
            return {RepoId(row.repo_id): _paths(row.watched) for row in rows}

    def listed(self, installation: InstallationId | None = None) -> list[Seen]:
        """All that are known, by name; of one installation if it is given."""
        found = sa.select(repositories).where(~repositories.c.gone).order_by(sa.func.lower(repositories.c.full_name))
        if installation is not None:
            found = found.where(repositories.c.installation == installation)
        with self.engine.connect() as connection:
            return [_seen(row) for row in connection.execute(found)]

    def hindered(self) -> Mapping[str, tuple[str, ...]]:
        """What keeps pubflow from writing, a sentence each, and the repositories of which it is true."""
        said = sa.or_(*(repositories.c.outcome.contains(each, autoescape=True) for each in hindrance.BEGINNINGS))
        found = sa.select(repositories.c.full_name, repositories.c.outcome).where(~repositories.c.gone, said)
        with self.engine.connect() as connection:
            rows = connection.execute(found.order_by(sa.func.lower(repositories.c.full_name)))
            return hindrance.grouped((row.full_name, row.outcome) for row in rows)

    def forget(self, repo_id: RepoId, now: float) -> bool:
        """Not ours any more; False when it was not known."""
        return self._forget(repositories.c.repo_id == repo_id, now) > 0

    def forget_installation(self, installation: InstallationId, now: float) -> int:
        """None of its repositories is ours any more; how many those were."""
        return self._forget(repositories.c.installation == installation, now)

    def watched_since(self, seq: int) -> Watched:
        """Watched paths that changed after `seq`; with 0 all that there are."""
        these = repositories.c
        columns = (these.repo_id, these.seq, these.watched, these.status, these.gone)
        with self.engine.connect() as connection:
            rows = connection.execute(sa.select(*columns).where(these.seq > seq)).all()
        paths = {
            RepoId(row.repo_id): None if row.gone or _is_incomplete(row.status, row.watched) else _paths(row.watched)
            for row in rows
        }
        return Watched(seq=max((row.seq for row in rows), default=seq), paths=paths)

    def _forget(self, which: sa.ColumnElement[bool], now: float) -> int:
        old = repositories.c.gone & (repositories.c.updated_at < now - _TOMBSTONE_SECONDS)
        with transaction(self.engine) as connection:
            seq = _next(connection)
            forget_reports(connection, sa.select(repositories.c.repo_id).where(which, ~repositories.c.gone), now)
            nothing = {"node_id": "", "full_name": "", "head": None, "status": None, "outcome": None, "watched": "[]"}
            values = nothing | {"gone": True, "seq": seq, "updated_at": now}
            there = repositories.update().where(which, ~repositories.c.gone)
            forgotten = connection.execute(there.values(values)).rowcount
            # Never the highest number: it would be given out again, and whoever has read it would miss the new one.
            connection.execute(repositories.delete().where(old, repositories.c.seq < seq - 1))
        return forgotten


_UPDATE: Final = (
    repositories.update()
    .where(repositories.c.repo_id == sa.bindparam("this_repo_id"))
    .values({column.name: sa.bindparam(f"this_{column.name}") for column in repositories.c if not column.primary_key})
)


def _row(seen: Seen) -> dict[str, object]:
    return {
        "repo_id": seen.repo_id,
        "node_id": seen.node_id,
        "installation": seen.installation,
        "full_name": seen.full_name,
        "head": seen.head,
        "status": seen.status,
        "outcome": seen.outcome,
        "watched": json.dumps(sorted(seen.watched)),
        "gone": False,
        "updated_at": seen.updated_at,
    }


def _next(connection: sa.Connection) -> int:
    """The next number. One at a time: a lower one that is committed later would be missed by who asks what is new."""
    lock(connection, [_SEQUENCE])
    return int(connection.scalar(sa.select(sa.func.max(repositories.c.seq))) or 0) + 1


def _seen(row: sa.Row[tuple[object, ...]]) -> Seen:
    return Seen(
        repo_id=RepoId(row.repo_id),
        node_id=NodeId(row.node_id),
        installation=InstallationId(row.installation),
        full_name=row.full_name,
        head=None if row.head is None else Sha(row.head),
        status=None if row.status is None else Status(row.status),
        outcome=row.outcome,
        watched=_paths(row.watched),
        updated_at=row.updated_at,
    )


def _is_incomplete(status: str | None, watched: str) -> bool:
    return status in _PUBLISHES and ".github/workflows/" not in watched


def _paths(text: str) -> frozenset[str]:
    return frozenset(json.loads(text))
