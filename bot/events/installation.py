"""`installation`: the App came to an account, left it, was suspended there, or was given new permissions."""

from __future__ import annotations

from msgspec import UNSET, Raw, Struct, UnsetType

from bot.errors import Malformed
from bot.events.payload import (
    OTHER_ACTION,
    Action,
    Decision,
    FullInstallation,
    Jobs,
    Repository,
    Watched,
    enrol,
    forget,
)


class Chosen(FullInstallation, frozen=True, gc=False):
    repository_selection: str = "all"


class InstallationPayload(Struct, frozen=True, gc=False):
    action: Action
    installation: Chosen
    repositories: list[Repository] | None = None
    repositories_added: Raw | UnsetType = UNSET


def installation(payload: InstallationPayload, _watched: Watched) -> Decision:
    if payload.repositories_added is not UNSET:
        raise Malformed("an installation_repositories payload under the name of installation")
    taken = payload.installation
    match payload.action:
        case "created":
            chosen = payload.repositories if taken.repository_selection == "selected" else None
            jobs = enrol(taken, chosen)
        case "unsuspend" | "new_permissions_accepted":
            jobs = enrol(taken, None)
        case "deleted":
            jobs = forget(taken.id, None, "the App was uninstalled")
        case "suspend":
            jobs = forget(taken.id, None, "the App was suspended")
        case _:
            return OTHER_ACTION
    return Jobs(action=payload.action, jobs=jobs)
