"""How far the sweep of each installation has come: durable, so that one that is killed goes on where it was."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from bot.model import InstallationId
from bot.store.engine import lock, transaction
from bot.store.tables import sweeps

LARGEST_PAGE = 100
FIRST_READING = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """One installation's sweep: the one that runs, or the last. Times are seconds since 1970."""

    installation: InstallationId
    account: str
    selected: bool
    """Repositories were chosen for it one by one."""
    round: int
    full: bool
    """False: it ends at what was pushed to before the last one."""
    cursor: str | None = None
    """Where the next page begins."""
    listing: bool = True
    """Pages are left."""
    page: int = LARGEST_PAGE
    """Repositories of one page; fewer after GitHub did not answer in time."""
    reading: int = FIRST_READING
    """The same of those that are read together."""
    total: int = 0
    """Repositories that there are, as GitHub counts them."""
    listed: int = 0
    read: int = 0
    """Of those listed: had changed, so that their texts were read."""
    whole: bool = True
    """Nothing that GitHub should have listed was left out."""
    watermark: float | None = None
    """Everything that was pushed to before this is known; None until a sweep came to its end."""
    full_at: float | None = None
    """When the last full one that came to its end had begun."""
    wanted_at: float | None = None
    """When a full one was last asked for."""
    started_at: float
    finished_at: float | None = None

    @property
    def unanswered(self) -> bool:
        """Claims that a full one was asked for and none that began since has come to its end."""
        return self.wanted_at is not None and (self.full_at is None or self.full_at <= self.wanted_at)

    @property
    def running(self) -> bool:
        return self.finished_at is None


@dataclass(frozen=True, slots=True)
class Sweeps:
    engine: sa.Engine

    def get(self, installation: InstallationId) -> Sweep | None:
        with self.engine.connect() as connection:
            return _get(connection, installation)

    def listed(self) -> list[Sweep]:
        """Of every installation that was ever swept."""
        with self.engine.connect() as connection:
            return [_sweep(row) for row in connection.execute(sa.select(sweeps).order_by(sweeps.c.account))]

    def begin(self, sweep: Sweep) -> Sweep:
        """Start a new round in place of the one before; what that one learnt for good is kept."""
        with transaction(self.engine) as connection:
            lock(connection, [f"sweep {sweep.installation}"])
            before = _get(connection, sweep.installation)
            connection.execute(sweeps.delete().where(sweeps.c.installation == sweep.installation))
            kept = {} if before is None else _kept(before)
            connection.execute(sweeps.insert().values(_row(sweep) | kept))
            found = _get(connection, sweep.installation)
        assert found is not None
        return found

    def want_full(self, installation: InstallationId, now: float) -> None:
        """The next round of this installation shall be a full one; the first is in any case."""
        with transaction(self.engine) as connection:
            this = sweeps.update().where(sweeps.c.installation == installation)
            connection.execute(this.values(wanted_at=now))

    def save(self, sweep: Sweep) -> bool:
        """Note how far this round has come; False when another one was begun meanwhile."""
        this = (sweeps.c.installation == sweep.installation) & (sweeps.c.round == sweep.round)
        row = {name: value for name, value in _row(sweep).items() if name != "wanted_at"}
        with transaction(self.engine) as connection:
            return connection.execute(sweeps.update().where(this).values(row)).rowcount == 1

    def forget(self, installation: InstallationId) -> None:
        with transaction(self.engine) as connection:
            connection.execute(sweeps.delete().where(sweeps.c.installation == installation))


def _kept(before: Sweep) -> dict[str, int | float | None]:
    return {
        "round": before.round + 1,
        "page": before.page,
        "reading": before.reading,
        "watermark": before.watermark,
        "full_at": before.full_at,
        "wanted_at": before.wanted_at,
    }


def _get(connection: sa.Connection, installation: InstallationId) -> Sweep | None:
    row = connection.execute(sa.select(sweeps).where(sweeps.c.installation == installation)).one_or_none()
    return None if row is None else _sweep(row)


def _row(sweep: Sweep) -> dict[str, object]:
    return {column.name: getattr(sweep, column.name) for column in sweeps.c}


def _sweep(row: sa.Row[tuple[object, ...]]) -> Sweep:
    return Sweep(**row._mapping)
