"""The shapes of what the dashboard asks `bot.store.overview`, and of what it is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.model import InstallationId, RepoId
from bot.store.reports import Kind, Use

PER_PAGE: Final = 50


class Order(StrEnum):
    NAME = "name"
    STATUS = "status"
    FINDINGS = "findings"
    SCANNED = "scanned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which rows of an account, and in which order; `page` counts from 1."""

    kind: Kind | None = None
    words: str = ""
    order: Order = Order.NAME
    descending: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One repository of a list. Times are seconds since 1970."""

    repo_id: RepoId
    installation: InstallationId
    full_name: str
    public: bool
    kind: Kind
    status: str | None
    findings: int
    refusals: int
    head: str | None
    outcome: str
    scanned_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pull:
    """A pull request of ours as the ledger knows it."""

    repo_id: RepoId
    branch: str
    number: int
    state: str
    opened_at: float
    closed_at: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """All that the page of an account needs at once."""

    counts: Mapping[Kind, int]
    rows: Sequence[Row]
    total: int
    """Rows of all pages."""
    pulls: Sequence[Pull]
    """Of the repositories in `rows`, the newest first."""
    ahead: Ahead


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """What is left of the scans of an account."""

    jobs: int
    """Scans that wait or run; those that wait for their hour are not counted."""
    swept: float
    """The part of the account that the sweep which runs has been through; 1 when none runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """At a time, from one kind to another; None: not known, or forgotten."""

    at: float
    before: Kind | None
    after: Kind | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """On a day (since 1970, UTC) so many repositories went from one kind to another."""

    day: int
    before: Kind | None
    after: Kind | None
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """One ref of an action, and in how many repositories it is used."""

    use: Use
    repositories: int
