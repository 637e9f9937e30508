"""What the dashboard reads. Each question names the repositories that the asking person may see; no others count."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from bot import hindrance
from bot.model import InstallationId, RepoId
from bot.store.reports import Kind, Use
from bot.store.tables import history, jobs, overview, pulls, reports, sweeps, uses
from bot.store.views import PER_PAGE, Ahead, Change, Look, Order, Pull, Row, Shift, Spread, Wanted

_UNFINISHED: Final = ("waiting", "queued", "running")
_LOOKING: Final = ("scan", "enrol", "sweep")
_URGENCY: Final = {kind: number for number, kind in enumerate(("refused", "token", "mixed", "indirect", "missing"))}


@dataclass(frozen=True, slots=True)
class Overview:
    """Reads alone; each method is one look."""

    engine: sa.Engine

    def counts(self, installation: InstallationId, visible: Collection[RepoId]) -> Mapping[Kind, int]:
        """How many repositories are of each kind; kinds without any are left out."""
        found = sa.select(overview.c.kind, sa.func.count()).group_by(overview.c.kind)
        with self.engine.connect() as connection:
            rows = connection.execute(found.where(*_of(connection, overview, installation, visible))).all()
        return {Kind(kind): count for kind, count in rows}

    def look(self, installation: InstallationId, visible: Collection[RepoId], wanted: Wanted) -> Look:
        """One page of an account, and what stands around it."""
        counts = self.counts(installation, visible)
        rows = self.rows(installation, visible, wanted)
        if wanted.words:
            total = self.count(installation, visible, wanted)
        else:  # counted already
            total = sum(counts.values()) if wanted.kind is None else counts.get(wanted.kind, 0)
        pulls = self.pulls([row.repo_id for row in rows]) if rows else []
        return Look(counts=counts, rows=rows, total=total, pulls=pulls, ahead=self.ahead(installation))

    def rows(self, installation: InstallationId, visible: Collection[RepoId], wanted: Wanted) -> list[Row]:
        """One page of `PER_PAGE` rows."""
        with self.engine.connect() as connection:
            where = [*_of(connection, overview, installation, visible), *_filters(wanted)]
            page = sa.select(overview).where(*where).order_by(*_order(wanted)).limit(PER_PAGE)
            return [_row(row) for row in connection.execute(page.offset((wanted.page - 1) * PER_PAGE))]

    def count(self, installation: InstallationId, visible: Collection[RepoId], wanted: Wanted) -> int:
        """How many rows all pages have."""
        with self.engine.connect() as connection:
            where = [*_of(connection, overview, installation, visible), *_filters(wanted)]
            return connection.scalar(sa.select(sa.func.count()).select_from(overview).where(*where)) or 0

    def everything(self, installation: InstallationId, visible: Collection[RepoId], wanted: Wanted) -> list[Row]:
        """All rows of all pages, for exports."""
        with self.engine.connect() as connection:
            where = [*_of(connection, overview, installation, visible), *_filters(wanted)]
            found = connection.execute(sa.select(overview).where(*where).order_by(*_order(wanted)))
            return [_row(row) for row in found]

    def find(self, full_name: str) -> Row | None:
        """By its present name, whoever asks: the caller looks whether they may see it."""
        found = sa.select(overview).where(overview.c.sorted_by == full_name.lower())
        with self.engine.connect() as connection:
            row = connection.execute(found.order_by(overview.c.scanned_at.desc()).limit(1)).one_or_none()
        return None if row is None else _row(row)

    def row(self, repo_id: RepoId) -> Row | None:
        with self.engine.connect() as connection:
            row = connection.execute(sa.select(overview).where(overview.c.repo_id == repo_id)).one_or_none()
        return None if row is None else _row(row)

    def report(self, repo_id: RepoId) -> str | None:
        """The JSON of the last scan's report."""
        with self.engine.connect() as connection:
            return connection.scalar(sa.select(reports.c.report).where(reports.c.repo_id == repo_id))

    def pulls(self, repo_ids: Collection[RepoId]) -> list[Pull]:
        """Pull requests that were opened, newest first."""
        with self.engine.connect() as connection:
            where = [_among(connection, pulls.c.repo_id, repo_ids), pulls.c.number.is_not(None)]
            rows = connection.execute(sa.select(pulls).where(*where).order_by(pulls.c.id.desc())).all()
        return [_pull(row) for row in rows]

    def changes(self, repo_id: RepoId) -> list[Change]:
        """How the repository's kind changed, newest first."""
        found = sa.select(history).where(history.c.repo_id == repo_id).order_by(history.c.id.desc()).limit(50)
        with self.engine.connect() as connection:
            rows = connection.execute(found).all()
        return [Change(at=row.at, before=_kind(row.before), after=_kind(row.after)) for row in rows]

    def shifts(self, installation: InstallationId, visible: Collection[RepoId]) -> list[Shift]:
        """How kinds changed day by day, oldest first; summed up they are the way over time."""
        columns = (history.c.day, history.c.before, history.c.after)
        found = sa.select(*columns, sa.func.count().label("count")).group_by(*columns).order_by(history.c.day)
        with self.engine.connect() as connection:
            rows = connection.execute(found.where(*_of(connection, history, installation, visible))).all()
        return [Shift(day=day, before=_kind(before), after=_kind(after), count=n) for day, before, after, n in rows]

    def uses(self, installation: InstallationId, visible: Collection[RepoId]) -> list[Spread]:
        """Which actions are used at which refs, by name and ref."""
        columns = (uses.c.action, uses.c.ref)
        sums = (sa.func.max(uses.c.version), sa.func.sum(uses.c.places), sa.func.count())
        found = sa.select(*columns, *sums).group_by(*columns).order_by(*columns)
        with self.engine.connect() as connection:
            rows = connection.execute(found.where(*_of(connection, uses, installation, visible))).all()
        return [
            Spread(use=Use(action=action, ref=ref, version=version, places=int(places)), repositories=count)
            for action, ref, version, places, count in rows
        ]

    def users(
        self, installation: InstallationId, visible: Collection[RepoId], action: str, ref: str
    ) -> list[str]:  # fmt: skip
        """Names of repositories that use an action at a ref, a hundred at most."""
        join = sa.select(overview.c.full_name).join(uses, uses.c.repo_id == overview.c.repo_id)
        this = (uses.c.action == action, uses.c.ref == ref)
        with self.engine.connect() as connection:
            where = _of(connection, overview, installation, visible)
            return list(connection.scalars(join.where(*where, *this).order_by(overview.c.sorted_by).limit(100)))

    def hindered(self, installation: InstallationId, visible: Collection[RepoId]) -> Mapping[str, tuple[str, ...]]:
        """What keeps pubflow from writing, a sentence each, and the repositories of which it is true."""
        said = sa.or_(*(overview.c.outcome.contains(each, autoescape=True) for each in hindrance.BEGINNINGS))
        found = sa.select(overview.c.full_name, overview.c.outcome).order_by(overview.c.sorted_by)
        with self.engine.connect() as connection:
            rows = connection.execute(found.where(*_of(connection, overview, installation, visible), said))
            return hindrance.grouped((row.full_name, row.outcome) for row in rows)

    def is_asked_for(self, repo_id: RepoId) -> bool:
        """Claims that a scan of this repository waits for its turn or runs."""
        where = (jobs.c.kind == "scan", jobs.c.key == str(repo_id), jobs.c.state.in_(_UNFINISHED))
        with self.engine.connect() as connection:
            return connection.scalar(sa.select(sa.func.count()).where(*where, jobs.c.due_at.is_(None))) != 0

    def ahead(self, installation: InstallationId) -> Ahead:
        """What is left of the scans of an installation."""
        where = (jobs.c.installation == installation, jobs.c.state.in_(_UNFINISHED))
        found = sa.select(sa.func.count()).where(*where, jobs.c.kind.in_(_LOOKING), jobs.c.due_at.is_(None))
        this = sa.select(sweeps.c.listed, sweeps.c.total)
        running = this.where(sweeps.c.installation == installation, sweeps.c.finished_at.is_(None))
        with self.engine.connect() as connection:
            count = connection.scalar(found) or 0
            sweep = connection.execute(running).one_or_none()
        swept = 1.0 if sweep is None else min(1.0, sweep.listed / sweep.total) if sweep.total else 0.0
        return Ahead(jobs=count, swept=swept)


def _of(
    connection: sa.Connection, table: sa.Table, installation: InstallationId, visible: Collection[RepoId]
) -> list[sa.ColumnElement[bool]]:  # fmt: skip
    return [table.c.installation == installation, _among(connection, table.c.repo_id, visible)]


def _among(connection: sa.Connection, column: sa.Column[int], ids: Collection[RepoId]) -> sa.ColumnElement[bool]:
    """`column` is one of these, however many: as one parameter, for ten thousand of them are more than SQLite takes."""
    if connection.dialect.name == "postgresql":
        return column == sa.func.any(sa.cast(list(ids), sa.ARRAY(sa.BigInteger)))
    listed = sa.func.json_each(json.dumps(list(ids))).table_valued("value")
    return column.in_(sa.select(listed.c.value))


def _filters(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    filters = [overview.c.sorted_by.contains(word, autoescape=True) for word in wanted.words.lower().split()[:5]]
    return [*filters, overview.c.kind == wanted.kind.value] if wanted.kind is not None else filters


def _order(wanted: Wanted) -> list[sa.ColumnElement[object]]:
    columns: dict[Order, sa.ColumnElement[object]] = {
        Order.NAME: overview.c.sorted_by,
        Order.STATUS: sa.case(_URGENCY, value=overview.c.kind, else_=len(_URGENCY)),
        Order.FINDINGS: overview.c.findings,
        Order.SCANNED: overview.c.scanned_at,
    }
    first = columns[wanted.order]
    return [first.desc() if wanted.descending else first.asc(), overview.c.sorted_by]


def _kind(word: str | None) -> Kind | None:
    return None if word is None else Kind(word)


def _row(row: sa.Row[tuple[object, ...]]) -> Row:
    return Row(
        repo_id=RepoId(row.repo_id),
        installation=InstallationId(row.installation),
        full_name=row.full_name,
        public=row.public,
        kind=Kind(row.kind),
        status=row.status,
        findings=row.findings,
        refusals=row.refusals,
        head=row.head,
        outcome=row.outcome,
        scanned_at=row.scanned_at,
    )


def _pull(row: sa.Row[tuple[object, ...]]) -> Pull:
    return Pull(
        repo_id=RepoId(row.repo_id),
        branch=row.branch,
        number=row.number,
        state=row.state,
        opened_at=row.reserved_at,
        closed_at=row.closed_at,
    )
