"""What scans found, kept for the dashboard; written by a scan, read by `bot.store.overview`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import sqlalchemy as sa

from bot.model import InstallationId, RepoId, Sha, Status
from bot.store.engine import lock, transaction
from bot.store.tables import history, overview, reports, uses

DAY: Final = 86400


class Kind(StrEnum):
    """Where a repository stands, in one word of a chart."""

    TRUSTED = "trusted"
    MIXED = "mixed"
    TOKEN = "token"  # noqa: S105 - the name of a kind
    INDIRECT = "indirect"
    MISSING = "missing"
    REFUSED = "refused"
    """Something is to be done, and pubflow cannot prove how."""
    ASIDE = "aside"
    """Nothing that is published on PyPI, or not looked into."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One action at one ref; `version` is what a comment beside it says, `places` how often it stands there."""

    action: str
    ref: str
    version: str
    places: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """One repository as a scan left it."""

    repo_id: RepoId
    installation: InstallationId
    full_name: str
    public: bool
    kind: Kind
    status: Status | None
    """None: not looked into."""
    findings: int
    refusals: int
    head: Sha | None
    outcome: str
    report: str
    """The JSON of `bot.report`."""
    uses: Sequence[Use]
    scanned_at: float
    """Seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Reports:
    engine: sa.Engine

    def write(self, scanned: Scanned) -> None:
        """Remember this in place of what was known; a change of kind becomes a line of history. Twice is once."""
        self.write_all([scanned])

    def write_all(self, many: Sequence[Scanned]) -> None:
        """The same of many at once."""
        ids = [scanned.repo_id for scanned in many]
        with transaction(self.engine) as connection:
            lock(connection, [f"report {repo_id}" for repo_id in ids])
            known = sa.select(overview.c.repo_id, overview.c.kind, overview.c.installation)
            rows = connection.execute(known.where(overview.c.repo_id.in_(ids)))
            before = {row.repo_id: (str(row.kind), int(row.installation)) for row in rows}
            for table in (overview, reports, uses):
                connection.execute(table.delete().where(table.c.repo_id.in_(ids)))
            for table, fresh in (
                (overview, [_row(scanned) | {"repo_id": scanned.repo_id} for scanned in many]),
                (reports, [{"repo_id": scanned.repo_id, "report": scanned.report} for scanned in many]),
                (uses, [_use(scanned, use) | {"repo_id": scanned.repo_id} for scanned in many for use in scanned.uses]),
                (history, [line for scanned in many for line in _changes(scanned, before.get(scanned.repo_id))]),
            ):
                if fresh:
                    connection.execute(table.insert(), fresh)


def forget_reports(connection: sa.Connection, which: sa.Select[tuple[int]], now: float) -> None:
    """Drop what is known of these repositories, within somebody else's transaction; history says that they went."""
    gone = sa.select(overview.c.repo_id, overview.c.installation, overview.c.kind).where(overview.c.repo_id.in_(which))
    rows = connection.execute(gone).all()
    ends = [
        {"repo_id": row.repo_id, "installation": row.installation} | _moment(now, row.kind, None) for row in rows
    ]  # fmt: skip
    if not ends:
        return
    connection.execute(history.insert(), ends)
    for table in (overview, reports, uses):  # in the order in which `write` takes them: who locks otherwise locks up
        connection.execute(table.delete().where(table.c.repo_id.in_(which)))


def _changes(scanned: Scanned, before: tuple[str, int] | None) -> list[dict[str, object]]:
    """`before`: kind and installation; nothing while they stay. Who moved left one account and came to another."""
    here: dict[str, object] = {"repo_id": scanned.repo_id, "installation": scanned.installation}
    now, kind = scanned.scanned_at, scanned.kind.value
    if before is None:
        return [here | _moment(now, None, kind)]
    was, where = before
    if where != scanned.installation:
        return [here | {"installation": where} | _moment(now, was, None), here | _moment(now, None, kind)]
    return [] if was == kind else [here | _moment(now, was, kind)]


def _moment(at: float, before: str | None, after: str | None) -> dict[str, object]:
    return {"at": at, "day": int(at // DAY), "before": before, "after": after}


def _row(scanned: Scanned) -> dict[str, object]:
    return {
        "installation": scanned.installation,
        "full_name": scanned.full_name,
        "sorted_by": scanned.full_name.lower(),
        "public": scanned.public,
        "kind": scanned.kind.value,
        "status": None if scanned.status is None else scanned.status.value,
        "findings": scanned.findings,
        "refusals": scanned.refusals,
        "head": scanned.head,
        "outcome": scanned.outcome,
        "scanned_at": scanned.scanned_at,
    }


def _use(scanned: Scanned, use: Use) -> dict[str, object]:
    return {
        "installation": scanned.installation,
        "action": use.action,
        "ref": use.ref,
        "version": use.version,
        "places": use.places,
    }
