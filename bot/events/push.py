"""`push`: commits arrived; those on the default branch that touch what a scan reads are for us, and a configuration
anywhere.

What cannot be told counts as touching: a forced push (what it dropped is not listed), no commits, a list that GitHub
may have cut, a commit that names no path.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct

from bot.config import ORGANISATION_REPOSITORY, PATH
from bot.events.payload import (
    NO_INSTALLATION,
    Decision,
    Installation,
    Jobs,
    NotForUs,
    RefName,
    Repository,
    Watched,
    preview_job,
    reconfigured,
    scan,
)
from bot.interest import matters
from bot.model import InstallationId, Job, RepoId

MOST_COMMITS = 2048
MOST_FILES = 3000
"""https://docs.github.com/webhooks/webhook-events-and-payloads#push: more commits, or files of one, are left out."""
MOST_FORMERLY = 20
"""Where older GitHub Enterprise Servers and the events API cut the list."""
MOST_PREVIEWED = 100
"""Commits of a push to another branch that are looked through."""
MOST_LOOKED_AT = 20_000
"""Paths; a larger push is not worth the time of looking."""

_SHA = re.compile(r"[0-9a-f]{40}\Z").match

OTHER_BRANCH = NotForUs("not the default branch")
BRANCH_DELETED = NotForUs("a deleted branch")
UNTOUCHED = NotForUs("nothing that a scan reads")


class Commit(Struct, frozen=True, gc=False):
    added: list[str] = []
    removed: list[str] = []
    modified: list[str] = []


class PushedRepository(Repository, frozen=True, gc=False):
    default_branch: RefName


class Push(Struct, frozen=True, gc=False):
    ref: RefName
    after: str
    commits: list[Commit]
    repository: PushedRepository
    deleted: bool = False
    forced: bool = False
    installation: Installation | None = None


def push(payload: Push, watched: Watched) -> Decision:
    if payload.installation is None:
        return NO_INSTALLATION
    if payload.ref != f"refs/heads/{payload.repository.default_branch}":
        return _preview(payload, payload.installation)
    if payload.deleted:
        return BRANCH_DELETED
    kept = watched(RepoId(payload.repository.id)) or frozenset()
    if not _touches(payload, lambda path: path in kept or matters(path)):
        return UNTOUCHED
    jobs: tuple[Job, ...] = (scan(payload.installation, payload.repository),)
    owner, _, name = payload.repository.full_name.partition("/")
    if name.lower() == ORGANISATION_REPOSITORY and _touches(payload, PATH.__eq__):
        jobs = (*jobs, reconfigured(InstallationId(payload.installation.id), owner))
    return Jobs(action=None, jobs=jobs)


def _preview(payload: Push, installation: Installation) -> Decision:
    """A configuration that is being written somewhere else is looked at before it counts, if it is named."""
    commits = payload.commits[:MOST_PREVIEWED]
    touched = any(PATH in paths for commit in commits for paths in (commit.added, commit.modified))
    if payload.deleted or not touched or not payload.ref.startswith("refs/heads/") or not _SHA(payload.after):
        return OTHER_BRANCH
    return Jobs(action=None, jobs=(preview_job(installation, payload.repository, payload.after),))


def _touches(payload: Push, counts: Callable[[str], bool]) -> bool:
    """Claims that a path that counts was touched, or that nobody can tell."""
    commits = payload.commits
    if payload.forced or len(commits) in {0, MOST_FORMERLY} or len(commits) >= MOST_COMMITS:
        return True
    left = MOST_LOOKED_AT
    for commit in commits:
        paths = commit.added + commit.removed + commit.modified
        left -= len(paths)
        if not paths or len(paths) >= MOST_FILES or left < 0:
            return True
        for path in paths:
            if counts(path):
                return True
    return False
