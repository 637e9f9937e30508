"""Which paths are watched, so that the webhook can drop a push that touches none without asking the database."""

from __future__ import annotations

from bot.model import RepoId
from bot.store import in_thread
from bot.store.repositories import Repositories

_NOTHING: frozenset[str] = frozenset()
"""One for the many that nothing is watched in."""


class Watching:
    """The paths that are watched in each repository that was seen, kept in memory for the webhook."""

    def __init__(self, known: Repositories) -> None:
        self._known = known
        self._paths: dict[RepoId, frozenset[str]] = {}
        self._seen = 0

    def paths(self, repo_id: RepoId) -> frozenset[str] | None:
        """What is watched in a repository; None for one that was not seen."""
        return self._paths.get(repo_id)

    async def look(self) -> None:
        """Learn what changed since the last look."""
        fresh = await in_thread(self._known.watched_since, self._seen)
        self._seen = fresh.seq
        for repo_id, paths in fresh.paths.items():
            if paths is not None:
                self._paths[repo_id] = paths or _NOTHING
            else:
                self._paths.pop(repo_id, None)
