"""What we have said already: remarks that are made once, and how far the answer to a comment has come."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from bot.model import RepoId
from bot.store.engine import transaction
from bot.store.tables import remarks, replies


@dataclass(frozen=True, slots=True)
class Spoken:
    engine: sa.Engine

    def was_said(self, repo_id: RepoId, what: str) -> bool:
        """Whether this remark was made in this repository."""
        with self.engine.connect() as connection:
            return connection.scalar(sa.select(remarks.c.at).where(*_remark(repo_id, what))) is not None

    def said(self, repo_id: RepoId, what: str, now: float) -> None:
        """It was made; do not make it again, even if somebody deletes it."""
        with transaction(self.engine) as connection:
            connection.execute(remarks.delete().where(*_remark(repo_id, what)))
            connection.execute(remarks.insert().values(repo_id=repo_id, what=what, at=now))

    def answered(self, repo_id: RepoId, what: str) -> tuple[str, ...]:
        """What came of the commands of a comment that have ended, in their order."""
        return self._list(repo_id, what)

    def answer(self, repo_id: RepoId, what: str, ends: Sequence[str], now: float) -> None:
        """So far has the answer come."""
        self._keep(repo_id, what, ends, now)

    def begun(self, repo_id: RepoId, what: str, number: int) -> str | None:
        """What the command of this place in a comment was decided to do; None if that was not begun."""
        found = self._list(repo_id, _begun(what, number))
        return found[0] if found else None

    def begin(self, repo_id: RepoId, what: str, number: int, deed: str, now: float) -> None:
        """What it changes would be decided otherwise once it is half done; so what was decided stands."""
        self._keep(repo_id, _begun(what, number), [deed], now)

    def given(self, repo_id: RepoId, what: str) -> tuple[str, ...]:
        """The labels, or the reviewers, that a pull request was given; by name."""
        return self._list(repo_id, what)

    def give(self, repo_id: RepoId, what: str, names: Sequence[str], now: float) -> None:
        """These and no others; none of them is given again, even if somebody takes it away."""
        self._keep(repo_id, what, names, now)

    def _list(self, repo_id: RepoId, what: str) -> tuple[str, ...]:
        with self.engine.connect() as connection:
            found = connection.scalar(sa.select(replies.c.ends).where(*_reply(repo_id, what)))
        return () if found is None else tuple(str(one) for one in json.loads(found))

    def _keep(self, repo_id: RepoId, what: str, listed: Sequence[str], now: float) -> None:
        with transaction(self.engine) as connection:
            connection.execute(replies.delete().where(*_reply(repo_id, what)))
            row = {"repo_id": repo_id, "what": what, "ends": json.dumps(list(listed)), "at": now}
            connection.execute(replies.insert().values(row))


def _begun(what: str, number: int) -> str:
    return f"{what}.{number}"


def _remark(repo_id: RepoId, what: str) -> tuple[sa.ColumnElement[bool], ...]:
    return remarks.c.repo_id == repo_id, remarks.c.what == what


def _reply(repo_id: RepoId, what: str) -> tuple[sa.ColumnElement[bool], ...]:
    return replies.c.repo_id == repo_id, replies.c.what == what
