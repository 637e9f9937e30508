"""How many pull requests an account may be given: not too many an hour, and none while it sends them back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from bot.store.engine import lock, transaction
from bot.store.tables import holds, pulls
from bot.store.turns import ahead, leave

HOUR: Final = 3600.0
LOOKED_AT: Final = 10
"""The pull requests opened last that decide whether an account wants ours."""
UNWANTED: Final = 3
"""So many of them closed without a merge mean no."""


HOUR_IS_FULL: Final = "the account has had its pull requests of this hour"
ENOUGH_OPEN: Final = "as many pull requests are open as the account's configuration allows"
OTHERS_FIRST: Final = "other repositories of the account have more to gain and go first"
SOON_SECONDS: Final = 15.0
"""One of those who go first has asked by then, or nearly."""
OPEN_SECONDS: Final = 1800.0


@dataclass(frozen=True, slots=True)
class Reserved:
    """The pull request may be opened now, or stands already."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Not yet, and why; ask again after `seconds`."""

    seconds: float
    reason: str = HOUR_IS_FULL


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What an account may be given; `open_at_most` is None for any number of open pull requests."""

    per_hour: int = 10
    open_at_most: int | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """Nothing more for this account until an operator lets it go on."""

    reason: str


_USUAL: Final = Allowance()


@dataclass(frozen=True, slots=True)
class Ledger:
    """`reserve` before opening, then `opened` or `cancel`; every method is one transaction, over all processes."""

    engine: sa.Engine

    def reserve(
        self, account: str, repo_id: int, branch: str, digest: str, now: float, allowed: Allowance = _USUAL
    ) -> Reserved | Wait | Held:
        """Whether this pull request may be opened. Asking twice for the same one is asking once."""
        login = account.lower()
        with transaction(self.engine) as connection:
            lock(connection, _names(login, repo_id))
            known = connection.execute(sa.select(pulls).where(*_live(repo_id, branch, digest))).one_or_none()
            if known is not None and known.state == "open":
                return Reserved()
            reason = _why_held(connection, login)
            if reason is not None:
                return Held(reason)
            if known is not None and known.reserved_at > now - HOUR:
                return Reserved()
            wait = _wait(connection, login, repo_id, now, allowed)
            if wait is not None:
                return wait
            connection.execute(pulls.delete().where(*_live(repo_id, branch, digest)))
            _insert(connection, login, repo_id, branch, digest, now)
            leave(connection, repo_id)  # or those behind would count it twice
            return Reserved()

    def look(
        self, account: str, now: float, allowed: Allowance = _USUAL, *, repo_id: int = 0
    ) -> Reserved | Wait | Held:
        """What `reserve` would say of a pull request of this repository, without taking a place.

        Whoever has taken one and could not use it yet does not wait for another.
        """
        login = account.lower()
        with self.engine.connect() as connection:
            reason = _why_held(connection, login)
            has_place = _has_place(connection, repo_id, now)
            wait = None if has_place else _wait(connection, login, repo_id, now, allowed)
        if reason is not None:
            return Held(reason)
        return Reserved() if wait is None else wait

    def opened(self, account: str, repo_id: int, branch: str, digest: str, number: int, now: float) -> None:
        """The pull request stands, under this number. One whose content was brought up to date counts once."""
        login = account.lower()
        with transaction(self.engine) as connection:
            lock(connection, _names(login, repo_id))
            before = connection.execute(
                pulls.delete().where(*_not_merged(repo_id, number)).returning(pulls.c.reserved_at)
            )
            since = min((row.reserved_at for row in before), default=None)
            stands = {"number": number, "state": "open"} | ({} if since is None else {"reserved_at": since})
            if connection.execute(pulls.update().where(*_live(repo_id, branch, digest)).values(stands)).rowcount == 0:
                began = now if since is None else since
                _insert(connection, login, repo_id, branch, digest, began, number=number, state="open")

    def cancel(self, repo_id: int, branch: str, digest: str) -> None:
        """It will not be opened after all; what was opened stays counted."""
        with transaction(self.engine) as connection:
            unused = pulls.c.state == "reserved"
            connection.execute(pulls.delete().where(*_live(repo_id, branch, digest), unused))

    def closed(
        self,
        repo_id: int,
        number: int,
        merged: bool,
        now: float,
        *,
        branch: str | None = None,
        withdrawn: bool = False,
    ) -> bool:
        """Somebody closed or merged it; False when it is none of ours, or was known to be closed.

        `withdrawn`: we closed it, as nothing was left to propose, and nobody said no.
        A place on `branch` that was taken, and whose pull request could not be noted any more, is the one meant when
        the number is not known.
        """
        state = "merged" if merged else "withdrawn" if withdrawn else "closed"
        ended = {"number": number, "state": state, "closed_at": now}
        with transaction(self.engine) as connection:
            lock(connection, [_repository(repo_id)])
            if connection.execute(pulls.update().where(*_numbered(repo_id, number)).values(ended)).rowcount > 0:
                return True
            place = None if branch is None else _unnoted(connection, repo_id, branch, number)
            if place is not None:
                connection.execute(pulls.update().where(pulls.c.id == place).values(ended))
            return place is not None

    def open_among(self, repo_ids: Collection[int]) -> set[tuple[int, int]]:
        """Repository and number of the pull requests that we take for open in these repositories."""
        mine = sa.select(pulls.c.repo_id, pulls.c.number).where(pulls.c.repo_id.in_(repo_ids), pulls.c.state == "open")
        with self.engine.connect() as connection:
            return {(row.repo_id, row.number) for row in connection.execute(mine) if row.number is not None}

    def held(self, account: str) -> str | None:
        """Why this account gets nothing more, or None."""
        with self.engine.connect() as connection:
            return _why_held(connection, account.lower())

    def release_hold(self, account: str, now: float) -> bool:
        """Let an account go on: what it closed until now no longer counts. False when it was not held."""
        login = account.lower()
        with transaction(self.engine) as connection:
            lock(connection, _names(login))
            was_held = _why_held(connection, login) is not None
            connection.execute(holds.delete().where(holds.c.account == login))
            connection.execute(holds.insert().values(account=login, released_at=now))
        return was_held


def _names(login: str, repo_id: int | None = None) -> list[str]:
    mine = [f"pull requests of {login}"]
    return mine if repo_id is None else [*mine, _repository(repo_id)]


def _repository(repo_id: int) -> str:
    return f"pull requests in {repo_id}"


def _numbered(repo_id: int, number: int) -> tuple[sa.ColumnElement[bool], ...]:
    return pulls.c.repo_id == repo_id, pulls.c.number == number, pulls.c.state == "open"


def _not_merged(repo_id: int, number: int) -> tuple[sa.ColumnElement[bool], ...]:
    """Open, or closed and opened again."""
    return pulls.c.repo_id == repo_id, pulls.c.number == number, pulls.c.state.in_(["open", "closed", "withdrawn"])


def _unnoted(connection: sa.Connection, repo_id: int, branch: str, number: int) -> int | None:
    """The place that was taken last on `branch` and has no number, unless the number is known already."""
    places = sa.select(pulls.c.id).where(pulls.c.repo_id == repo_id)
    if connection.scalar(places.where(pulls.c.number == number).limit(1)) is not None:
        return None
    newest = places.where(pulls.c.branch == branch, pulls.c.state == "reserved").order_by(pulls.c.id.desc())
    return connection.scalar(newest.limit(1))


def _has_place(connection: sa.Connection, repo_id: int, now: float) -> bool:
    """A place was taken for this repository, still counts, and no pull request stands on it."""
    mine = (pulls.c.repo_id == repo_id) & (pulls.c.state == "reserved") & (pulls.c.reserved_at > now - HOUR)
    return bool(connection.scalar(sa.select(sa.exists().where(mine))))


def _live(repo_id: int, branch: str, digest: str) -> tuple[sa.ColumnElement[bool], ...]:
    same = (pulls.c.repo_id == repo_id) & (pulls.c.branch == branch) & (pulls.c.digest == digest)
    return same, pulls.c.state.in_(["reserved", "open"])


def _insert(  # noqa: PLR0913 - a row
    connection: sa.Connection,
    account: str,
    repo_id: int,
    branch: str,
    digest: str,
    now: float,
    *,
    number: int | None = None,
    state: str = "reserved",
) -> None:
    row = {"account": account, "repo_id": repo_id, "branch": branch, "digest": digest, "reserved_at": now}
    connection.execute(pulls.insert().values(row | {"number": number, "state": state}))


def _why_held(connection: sa.Connection, account: str) -> str | None:
    released = connection.scalar(sa.select(holds.c.released_at).where(holds.c.account == account))
    newest = sa.select(pulls.c.state, pulls.c.closed_at).where(pulls.c.account == account, pulls.c.number.is_not(None))
    rows = connection.execute(newest.order_by(pulls.c.reserved_at.desc(), pulls.c.id.desc()).limit(LOOKED_AT)).all()
    unwanted = [row for row in rows if row.state == "closed" and (released is None or row.closed_at > released)]
    if len(unwanted) < UNWANTED:
        return None
    return f"{len(unwanted)} of the last {len(rows)} pull requests were closed without a merge"


def _wait(connection: sa.Connection, account: str, repo_id: int, now: float, allowed: Allowance) -> Wait | None:
    """Why there is no place now; None when there is one."""
    recent = sa.select(pulls.c.reserved_at).where(pulls.c.account == account, pulls.c.reserved_at > now - HOUR)
    times: list[float] = list(connection.scalars(recent.order_by(pulls.c.reserved_at)))
    places = allowed.per_hour - len(times)
    if places <= 0:
        # The clock may have been set back meanwhile; an hour is enough in any case.
        return Wait(min(HOUR, times[len(times) - allowed.per_hour] + HOUR - now))
    if allowed.open_at_most is not None:
        places = min(places, allowed.open_at_most - _count_open(connection, account, now))
        if places <= 0:
            return Wait(OPEN_SECONDS, ENOUGH_OPEN)
    too_many = ahead(connection, account, repo_id, now) - places + 1
    return Wait(min(OPEN_SECONDS, too_many * SOON_SECONDS), OTHERS_FIRST) if too_many > 0 else None


def _count_open(connection: sa.Connection, account: str, now: float) -> int:
    """Pull requests that are open, or are being opened."""
    coming = (pulls.c.state == "reserved") & (pulls.c.reserved_at > now - HOUR)
    stands = (pulls.c.account == account) & ((pulls.c.state == "open") | coming)
    return int(connection.scalar(sa.select(sa.func.count()).select_from(pulls).where(stands)) or 0)
