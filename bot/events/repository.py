"""`repository`: one was made, moved, renamed, archived, shown, hidden or deleted.

A transfer looks the same to the account that gives and the account that takes: the scan finds out, and ends quietly
where the repository is no longer to be read (`installation_repositories` then says that it was removed).
"""

from __future__ import annotations

from msgspec import UNSET, Raw, Struct, UnsetType

from bot.events.payload import (
    NO_INSTALLATION,
    OTHER_ACTION,
    Account,
    Action,
    Decision,
    Installation,
    Jobs,
    NotForUs,
    Repository,
    Short,
    Watched,
    forget,
    named,
    scan,
)
from bot.model import InstallationId, Job

SCANNED = frozenset({"created", "renamed", "transferred", "archived", "unarchived", "publicized", "privatized"})
FOREIGN = frozenset(
    {
        *(
            "alert",
            "answer",
            "blocked_user",
            "build",
            "check_run",
            "check_suite",
            "client_payload",
            "comment",
            "commit",
        ),
        *("commits", "definition", "deployment", "deployment_status", "discussion", "forkee", "hook", "issue", "key"),
        *("label", "location", "master_branch", "member", "membership", "merge_group", "milestone", "package", "pages"),
        *("personal_access_token_request", "project", "project_card", "project_column", "projects_v2", "pull_request"),
        *("projects_v2_item", "projects_v2_status_update", "pusher_type", "ref", "registry_package", "release"),
        *("repositories", "repositories_added", "repositories_removed", "repository_advisory", "repository_ruleset"),
        *("review", "rule", "security_advisory", "sponsorship", "starred_at", "status", "sub_issue", "team", "thread"),
        *("user", "workflow", "workflow_job", "workflow_run", "zen"),
    }
)
"""What other events are about. A body of `repository` has no key of its own, and `deleted` is said of many things."""
SMALL_EDIT = NotForUs("an edit that leaves the default branch as it is")


class From(Struct, frozen=True, gc=False, rename={"before": "from"}):
    before: Short


class NameChange(Struct, frozen=True, gc=False):
    name: From | None = None


class Owners(Struct, frozen=True, gc=False):
    """Who gave a repository away: one of the two."""

    user: Account | None = None
    organization: Account | None = None


class OwnerFrom(Struct, frozen=True, gc=False, rename={"before": "from"}):
    before: Owners


class Changes(Struct, frozen=True, gc=False):
    default_branch: Raw | UnsetType = UNSET
    repository: NameChange | None = None
    owner: OwnerFrom | None = None


class RepositoryPayload(Struct, frozen=True, gc=False):
    action: Action
    repository: Repository
    changes: Changes | None = None
    installation: Installation | None = None


def repository(payload: RepositoryPayload, _watched: Watched) -> Decision:
    if payload.installation is None:
        return NO_INSTALLATION
    match payload.action:
        case "deleted":
            jobs = forget(payload.installation.id, [payload.repository.id], "the repository was deleted")
        case "edited" if payload.changes is None or payload.changes.default_branch is UNSET:
            return SMALL_EDIT
        case "edited":
            jobs = (scan(payload.installation, payload.repository),)
        case action if action in SCANNED:
            jobs = (scan(payload.installation, payload.repository), *_relocated(payload, payload.installation))
        case _:
            return OTHER_ACTION
    return Jobs(action=payload.action, jobs=jobs)


def _relocated(payload: RepositoryPayload, installation: Installation) -> tuple[Job, ...]:
    """A repository of another name or owner: its publishers know the old one."""
    before = _before(payload)
    if before is None:
        return ()
    ref = payload.repository.ref()
    return (
        Job(
            kind="relocate",
            key=f"{ref.id}:{before}:{ref.full_name}",
            installation=InstallationId(installation.id),
            args=named(ref) | {"before": before},
            once=True,
        ),
    )


def _before(payload: RepositoryPayload) -> str | None:
    """`owner/name` as it was, None where that is not said."""
    ref, changes = payload.repository.ref(), payload.changes
    if payload.action == "renamed" and changes is not None and changes.repository is not None:
        return f"{ref.owner}/{changes.repository.name.before}" if changes.repository.name is not None else None
    if payload.action == "transferred" and changes is not None and changes.owner is not None:
        owner = changes.owner.before.user or changes.owner.before.organization
        return f"{owner.login}/{ref.name}" if owner is not None and owner.login is not None else None
    return None
