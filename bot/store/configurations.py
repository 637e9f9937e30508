"""Configuration files as they could last be understood, and the accounts' own as they were read last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from bot.model import InstallationId, RepoId, SharedFile, Unread
from bot.store.engine import lock, transaction
from bot.store.tables import configurations, shared_files


@dataclass(frozen=True, slots=True, kw_only=True)
class Configured:
    """What is known of one repository's file."""

    text: str | None = None
    """None: none that could be understood."""
    marked: str | None = None
    """The blob of the file about which a check says that it is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRead:
    """The account's own file; `file` is None where there was none."""

    file: SharedFile | None
    read_at: float
    """Seconds since 1970."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What counts for a repository where a file of this moment is broken, and its account's own file."""

    own: str | None
    shared: LastRead | None
    """None: never read."""
    organisation: str | None


@dataclass(frozen=True, slots=True)
class Configurations:
    """Every method is one transaction; doing it twice is doing it once."""

    engine: sa.Engine

    def get(self, repo_id: RepoId) -> Configured:
        return self.of_all([repo_id])[repo_id]

    def of_all(self, repo_ids: Sequence[RepoId]) -> Mapping[RepoId, Configured]:
        """The same of several; those of which nothing is known are there as well."""
        found = sa.select(configurations).where(configurations.c.repo_id.in_(repo_ids))
        with self.engine.connect() as connection:
            rows = {row.repo_id: Configured(text=row.text, marked=row.marked) for row in connection.execute(found)}
        return {repo_id: rows.get(repo_id, Configured()) for repo_id in repo_ids}

    def around(self, repo_id: RepoId, account: str) -> Around:
        """All that a decision about a repository needs, in one look."""
        login = account.lower()
        own = sa.select(configurations.c.text).where(configurations.c.repo_id == repo_id)
        joined = shared_files.outerjoin(configurations, configurations.c.repo_id == shared_files.c.repo_id)
        theirs = sa.select(shared_files, configurations.c.text.label("kept")).select_from(joined)
        with self.engine.connect() as connection:
            text = connection.scalar(own)
            row = connection.execute(theirs.where(shared_files.c.account == login)).one_or_none()
        if row is None:
            return Around(own=text, shared=None, organisation=None)
        return Around(own=text, shared=_last_read(row), organisation=row.kept)

    def naming(self, word: str) -> list[str]:
        """Every text that holds a word, of repositories and of accounts; each once."""
        found = [sa.select(table.c.text).where(table.c.text.contains(word)) for table in (configurations, shared_files)]
        with self.engine.connect() as connection:
            return [row.text for row in connection.execute(sa.union(*found))]

    def put(self, repo_id: RepoId, installation: InstallationId, now: Configured) -> None:
        """Remember this; nothing to remember leaves no row."""
        this = configurations.c.repo_id == repo_id
        row = {"installation": installation, "text": now.text, "marked": now.marked}
        with transaction(self.engine) as connection:
            lock(connection, [f"the configuration of {repo_id}"])
            connection.execute(configurations.delete().where(this))
            if now != Configured():
                connection.execute(configurations.insert().values(row | {"repo_id": repo_id}))

    def shared(self, account: str) -> LastRead | None:
        """None: never read."""
        found = sa.select(shared_files).where(shared_files.c.account == account.lower())
        with self.engine.connect() as connection:
            row = connection.execute(found).one_or_none()
        return None if row is None else _last_read(row)

    def put_shared(self, account: str, installation: InstallationId, file: SharedFile | None, now: float) -> None:
        """The account's own file, as it was read at this moment."""
        login, text = account.lower(), None if file is None else file.text
        row = {
            "installation": installation,
            "repo_id": None if file is None else file.repo,
            "text": None if isinstance(text, Unread) else text,
            "unread": text.value if isinstance(text, Unread) else None,
            "read_at": now,
        }
        with transaction(self.engine) as connection:
            lock(connection, [f"the configuration of {login}"])
            connection.execute(shared_files.delete().where(shared_files.c.account == login))
            connection.execute(shared_files.insert().values(row | {"account": login}))


def _last_read(row: sa.Row[tuple[object, ...]]) -> LastRead:
    if row.repo_id is None:
        return LastRead(file=None, read_at=row.read_at)
    text = row.text if row.unread is None else Unread(row.unread)
    return LastRead(file=SharedFile(repo=RepoId(row.repo_id), text=text), read_at=row.read_at)
