"""`repository`: one was made, moved, renamed, archived, shown, hidden or deleted.

A transfer looks the same to the account that gives and the account that takes: the scan finds out, and ends quietly
where the repository is no longer to be read (`installation_repositories` then says that it was removed).
"""

from __future__ import annotations

from msgspec import UNSET, Raw, Struct, UnsetType

from bot.events.payload import (
    NO_INSTALLATION,
    OTHER_ACTION,
    Action,
    Decision,
    Installation,
    Jobs,
    NotForUs,
    Repository,
    Watched,
    forget,
    scan,
)

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


class Changes(Struct, frozen=True, gc=False):
    default_branch: Raw | UnsetType = UNSET


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
            jobs = (scan(payload.installation, payload.repository),)
        case _:
            return OTHER_ACTION
    return Jobs(action=payload.action, jobs=jobs)
