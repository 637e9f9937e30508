"""Ten thousand repositories: rows as scans would have left them, and GitHub's list of them held ready."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from bot.errors import Gone
from bot.github import Account, Visible
from bot.github import Person as Identity
from bot.model import InstallationId, NodeId, RepoId
from bot.store.reports import DAY, Kind
from bot.store.tables import history, overview
from bot.web.dashboard.parts import Person

INSTALLATION = InstallationId(77)
LOGIN = "mass"
_FIRST = 1_000_000
"""Ids that no other repository here has."""
_KINDS = (Kind.TRUSTED, Kind.TRUSTED, Kind.TOKEN, Kind.MIXED, Kind.MISSING, Kind.REFUSED, Kind.INDIRECT, Kind.ASIDE)


@dataclass(frozen=True, slots=True)
class Crowd:
    """A person to whom GitHub shows one crowded account; its list would cost GitHub a hundred requests."""

    held: Mapping[RepoId, Visible]

    async def who(self) -> Identity:
        return Identity(id=1, login="alice")

    async def accounts(self) -> tuple[Account, ...]:
        return (Account(installation=INSTALLATION, login=LOGIN, organization=True),)

    async def repositories(self, installation: InstallationId) -> Mapping[RepoId, Visible]:
        if installation != INSTALLATION:
            raise Gone("not this one")
        return self.held

    async def repository(self, full_name: str) -> Visible:
        return next(one for one in self.held.values() if one.full_name == full_name)


@dataclass(frozen=True, slots=True)
class Crowded:
    """Somebody else, with that account besides."""

    person: Person
    crowd: Crowd

    async def who(self) -> Identity:
        return await self.person.who()

    async def accounts(self) -> tuple[Account, ...]:
        return (*(await self.crowd.accounts()), *(await self.person.accounts()))

    async def repositories(self, installation: InstallationId) -> Mapping[RepoId, Visible]:
        whose = self.crowd if installation == INSTALLATION else self.person
        return await whose.repositories(installation)

    async def repository(self, full_name: str) -> Visible:
        return await self.person.repository(full_name)


def visible(count: int) -> dict[RepoId, Visible]:
    return {
        RepoId(_FIRST + number): Visible(
            id=RepoId(_FIRST + number),
            node_id=NodeId(f"R_{number}"),
            full_name=_name(number),
            public=number % 5 != 0,
            may_write=False,
            may_administer=False,
        )
        for number in range(count)
    }


def fill(engine: sa.Engine, count: int, now: float | None = None) -> None:
    """Rows and ninety days of history."""
    now = time.time() if now is None else now
    with engine.begin() as connection:
        connection.execute(overview.insert(), [_row(number, now) for number in range(count)])
        connection.execute(history.insert(), [line for number in range(count) for line in _history(number, now)])


def _name(number: int) -> str:
    return f"{LOGIN}/Package-{number:05}"


def _row(number: int, now: float) -> dict[str, object]:
    kind = _KINDS[number % len(_KINDS)]
    return {
        "repo_id": _FIRST + number,
        "installation": INSTALLATION,
        "full_name": _name(number),
        "sorted_by": _name(number).lower(),
        "public": number % 5 != 0,
        "kind": kind.value,
        "status": "token",
        "findings": number % 4,
        "refusals": 0,
        "outcome": f"#{number} opened: Publish to PyPI without a stored token",
        "scanned_at": now - number,
    }


def _history(number: int, now: float) -> list[dict[str, object]]:
    today, kind = int(now // DAY), _KINDS[number % len(_KINDS)]
    first = {
        "repo_id": _FIRST + number,
        "installation": INSTALLATION,
        "day": today - 89,
        "at": now - 89 * DAY,
        "before": None,
    }
    if kind is not Kind.TRUSTED:
        return [first | {"after": kind.value}]
    day = today - number % 80
    later = {"day": day, "at": day * float(DAY), "before": Kind.TOKEN.value, "after": kind.value}
    return [first | {"after": Kind.TOKEN.value}, first | later]
