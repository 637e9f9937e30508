"""The fields of everything that a query can reach."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.demo.github import merging
from bot.demo.github.graphql_accounts import BOT, OWNER
from bot.demo.github.graphql_git import GIT, find_object
from bot.demo.github.graphql_types import (
    Argument,
    Info,
    ObjectOf,
    Page,
    PullOf,
    RefOf,
    Resolver,
    Trouble,
    asking,
    of,
    page,
)
from bot.demo.github.objects import Kind
from bot.demo.github.state import Account, AccountKind, Issue, Label, Pull, Release, Repository
from bot.demo.github.tokens import AsInstallation
from bot.demo.github.world import iso, iso_or_none

_GIT_TYPES = {Kind.BLOB: "Blob", Kind.TREE: "Tree", Kind.COMMIT: "Commit", Kind.TAG: "Tag"}
_ACCOUNT_TYPES = {AccountKind.USER: "User", AccountKind.ORGANIZATION: "Organization", AccountKind.BOT: "Bot"}


def type_name(value: object) -> str:
    """The GraphQL type of a record."""
    match value:
        case Account(kind=kind):
            return _ACCOUNT_TYPES[kind]
        case ObjectOf(repository=repository, oid=oid):
            return _GIT_TYPES[repository.store.kind(oid)]
        case Repository():
            return "Repository"
        case PullOf():
            return "PullRequest"
        case RefOf():
            return "Ref"
    raise TypeError(type(value).__name__)


# ---------------------------------------------------------------- repositories


def _refs(source: Repository, info: Info, **arguments: Argument) -> Page[RefOf]:
    asking(info).may(source, "contents=read")
    prefix = arguments["refPrefix"]
    names = sorted(name for name in source.refs if name.startswith(prefix))
    return page([RefOf(source, name) for name in names], arguments, "refs")


def _releases(source: Repository, info: Info, **arguments: Argument) -> Page[Release]:
    """As created; by name only where that is asked for."""
    asking(info).may(source, "contents=read")
    order = arguments.get("orderBy") or {"field": "CREATED_AT", "direction": "ASC"}
    by_name = order["field"] == "NAME"
    found = sorted(source.releases.values(), key=lambda one: (one.tag if by_name else "", one.created_at))
    return page(found[::-1] if order["direction"] == "DESC" else found, arguments, "releases")


def _default_branch(source: Repository, info: Info) -> RefOf | None:
    if source.head is None:
        return None
    asking(info).may(source, "contents=read")
    return RefOf(source, f"refs/heads/{source.default_branch}")


def _ref(source: Repository, info: Info, qualifiedName: str) -> RefOf | None:  # noqa: N803 - GraphQL's own name
    asking(info).may(source, "contents=read")
    for prefix in ("", "refs/", "refs/heads/", "refs/tags/"):
        if prefix + qualifiedName in source.refs:
            return RefOf(source, prefix + qualifiedName)
    return None


def _object(source: Repository, info: Info, **arguments: Argument) -> ObjectOf | None:
    asking(info).may(source, "contents=read")
    return find_object(source, arguments.get("expression"), arguments.get("oid"))


def state(pull: Pull) -> str:
    if pull.issue.open:
        return "OPEN"
    return "CLOSED" if pull.merged_at is None else "MERGED"


def _pulls(source: Repository, info: Info, **arguments: Argument) -> Page[PullOf]:
    asking(info).may(source, "pull_requests=read")
    labels = {name.lower() for name in arguments.get("labels") or ()}
    found = [
        pull
        for pull in source.pulls.values()
        if arguments.get("headRefName") in {None, pull.head}
        and arguments.get("baseRefName") in {None, pull.base}
        and (not arguments.get("states") or state(pull) in arguments["states"])
        and (not labels or labels & {label.name.lower() for label in pull.issue.labels})
    ]
    order = arguments.get("orderBy") or {"field": "CREATED_AT", "direction": "ASC"}
    keys = {"CREATED_AT": _created, "UPDATED_AT": _updated, "COMMENTS": _talk}
    found.sort(key=keys[order["field"]], reverse=order["direction"] == "DESC")
    return page([PullOf(source, pull) for pull in found], arguments, "pullRequests")


def _created(pull: Pull) -> tuple[float, int]:
    return pull.issue.created_at, pull.number


def _updated(pull: Pull) -> tuple[float, int]:
    return pull.issue.updated_at, pull.number


def _talk(pull: Pull) -> tuple[float, int]:
    return len(pull.issue.comments), pull.number


def _pull(source: Repository, info: Info, number: int) -> PullOf:
    asking(info).may(source, "pull_requests=read")
    if number not in source.pulls:
        raise Trouble("NOT_FOUND", f"Could not resolve to a PullRequest with the number of {number}.")
    return PullOf(source, source.pulls[number])


def _repository_url(source: Repository, info: Info) -> str:
    return asking(info).site.world.repository_web(source)


_REPOSITORY: dict[str, Resolver] = {
    "createdAt": of(lambda one: iso(one.created_at)),
    "databaseId": of(lambda one: one.id),
    "defaultBranchRef": _default_branch,
    "id": of(lambda one: one.node_id),
    "isArchived": of(lambda one: one.archived),
    "isDisabled": of(lambda one: one.disabled),
    "isEmpty": of(lambda one: not one.refs),
    "isFork": of(lambda one: one.fork),
    "isLocked": of(lambda one: one.locked),
    "isMirror": of(lambda one: one.mirror),
    "isPrivate": of(lambda one: one.private),
    "isTemplate": of(lambda one: one.template),
    "nameWithOwner": of(lambda one: one.full_name),
    "object": _object,
    "pullRequest": _pull,
    "pullRequests": _pulls,
    "pushedAt": of(lambda one: iso(one.pushed_at) if one.refs else None),
    "ref": _ref,
    "refs": _refs,
    "releases": _releases,
    "updatedAt": of(lambda one: iso(one.updated_at)),
    "url": _repository_url,
    "visibility": of(lambda one: one.visibility.upper()),
}


# ---------------------------------------------------------------- pull requests


def _viewer_wrote(source: PullOf, info: Info) -> bool:
    caller = asking(info).caller
    if isinstance(caller, AsInstallation):
        return source.pull.issue.user is caller.token.installation.app.bot
    return source.pull.issue.user is asking(info).actor.account


def _pull_url(source: PullOf, info: Info) -> str:
    return asking(info).site.world.pull_web(source.repository, source.pull)


def _mergeable(source: PullOf) -> str:
    if not source.pull.issue.open:
        return "UNKNOWN"
    return "CONFLICTING" if merging.conflicts(source.repository, source.pull) else "MERGEABLE"


def _labels(source: PullOf, _info: Info, **arguments: Argument) -> Page[Label]:
    return page(source.pull.issue.labels, arguments, "labels")


def _issue(read: Callable[[Issue], Any]) -> Resolver:
    return of(lambda one: read(one.pull.issue))


_PULL: dict[str, Resolver] = {
    "author": _issue(lambda one: one.user),
    "baseRefName": of(lambda one: one.pull.base),
    "baseRefOid": of(lambda one: one.pull.base_oid),
    "body": _issue(lambda one: one.body or ""),
    "closed": _issue(lambda one: not one.open),
    "closedAt": _issue(lambda one: iso_or_none(one.closed_at)),
    "createdAt": _issue(lambda one: iso(one.created_at)),
    "databaseId": of(lambda one: one.pull.id),
    "headRefName": of(lambda one: one.pull.head),
    "headRefOid": of(lambda one: one.pull.head_oid),
    "id": of(lambda one: one.pull.node_id),
    "isCrossRepository": of(lambda _one: False),
    "isDraft": of(lambda one: one.pull.draft),
    "labels": _labels,
    "mergeable": of(_mergeable),
    "merged": of(lambda one: one.pull.merged_at is not None),
    "mergedAt": of(lambda one: iso_or_none(one.pull.merged_at)),
    "number": of(lambda one: one.pull.number),
    "state": of(lambda one: state(one.pull)),
    "title": _issue(lambda one: one.title),
    "updatedAt": _issue(lambda one: iso(one.updated_at)),
    "url": _pull_url,
    "viewerDidAuthor": _viewer_wrote,
}

NODES: dict[str, dict[str, Resolver]] = {
    **GIT,
    "Bot": BOT,
    "Label": {"id": of(lambda one: one.node_id)},
    "Organization": OWNER,
    "PullRequest": _PULL,
    "Release": {
        "createdAt": of(lambda one: iso(one.created_at)),
        "id": of(lambda one: one.node_id),
        "isDraft": of(lambda one: one.published_at is None),
        "isPrerelease": of(lambda one: one.prerelease),
        "publishedAt": of(lambda one: iso_or_none(one.published_at)),
        "tagName": of(lambda one: one.tag),
    },
    "Repository": _REPOSITORY,
    "User": OWNER,
}
