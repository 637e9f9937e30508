"""Everything that is kept about repositories and installations, dropped when they are no longer ours.

Which tables these are is read off their columns, so that one that is added tomorrow is not forgotten to be forgotten.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from bot.model import InstallationId, RepoId
from bot.store.engine import transaction
from bot.store.tables import metadata

ELSEWHERE: Final = {
    "pubflow_jobs": "the queue ends them, and drops them by their age",
    "pubflow_repositories": "a stone stays a week, without a name, so that web processes hear of it",
    "pubflow_overview": "dropped with the repository",
    "pubflow_reports": "dropped with the repository",
    "pubflow_uses": "dropped with the repository",
}
"""Tables that are tidied up by who else knows of them, and how."""
_CHUNK: Final = 1000
"""Parameters of a statement; databases take so many."""
_SUMS: Final = "pubflow_history"
"""Numbers without names: they stay as long as the account does."""


@dataclass(frozen=True, slots=True)
class Oblivion:
    """Table by table, each in a transaction of its own: killed in between, it is done again."""

    engine: sa.Engine

    def repositories(self, repo_ids: Collection[RepoId]) -> None:
        """Drop all that is known of these."""
        for some in _chunks(list(repo_ids)):
            for table in tables("repo_id"):
                if table.name != _SUMS:
                    with transaction(self.engine) as connection:
                        connection.execute(table.delete().where(table.c.repo_id.in_(some)))

    def installation(self, installation: InstallationId) -> None:
        """Drop all that is known of it as a whole."""
        for table in tables("installation"):
            with transaction(self.engine) as connection:
                connection.execute(table.delete().where(table.c.installation == installation))


def _chunks(repo_ids: list[RepoId]) -> Iterator[list[RepoId]]:
    for start in range(0, len(repo_ids), _CHUNK):
        yield repo_ids[start : start + _CHUNK]


def tables(column: str) -> Iterator[sa.Table]:
    """Those that have such a column and are tidied up here."""
    for table in metadata.sorted_tables:
        if column in table.c and table.name not in ELSEWHERE:
            yield table
