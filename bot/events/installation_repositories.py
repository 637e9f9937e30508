"""`installation_repositories`: an account gave the App more repositories, or took some away."""

from __future__ import annotations

from msgspec import Struct

from bot.events.payload import (
    OTHER_ACTION,
    Action,
    Decision,
    FullInstallation,
    Id,
    Jobs,
    NotForUs,
    Repository,
    Watched,
    enrol,
    forget,
)

NOTHING_CHANGED = NotForUs("no repository came or went")


class Removed(Struct, frozen=True, gc=False):
    """A repository that is no longer ours; GitHub may leave out its names, so only the id is read."""

    id: Id


class RepositoriesPayload(Struct, frozen=True, gc=False):
    action: Action
    installation: FullInstallation
    repositories_added: list[Repository]
    repositories_removed: list[Removed]


def installation_repositories(payload: RepositoriesPayload, _watched: Watched) -> Decision:
    if payload.action not in {"added", "removed"}:
        return OTHER_ACTION
    gone = (repository.id for repository in payload.repositories_removed)
    jobs = forget(payload.installation.id, gone, "the App no longer has access")
    if payload.repositories_added:
        jobs += enrol(payload.installation, payload.repositories_added)
    return Jobs(action=payload.action, jobs=jobs) if jobs else NOTHING_CHANGED
