"""Webhook payloads: what each event adds to the sender, installation, organisation and repository that all carry.

https://docs.github.com/en/webhooks/webhook-events-and-payloads
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.demo.github import history, trees
from bot.demo.github.objects import Kind, Signature
from bot.demo.github.shapes_accounts import installation as installation_shape
from bot.demo.github.shapes_accounts import user
from bot.demo.github.shapes_git import account_of
from bot.demo.github.shapes_pulls import comment as comment_shape
from bot.demo.github.shapes_pulls import issue as issue_shape
from bot.demo.github.shapes_pulls import pull_request
from bot.demo.github.shapes_repositories import repository as repository_shape
from bot.demo.github.shapes_repositories import short_repository
from bot.demo.github.state import Account, AccountKind, Comment, Installation, Json, Pull, Repository
from bot.demo.github.world import World, iso

MOST_COMMITS = 2048
"""A push event lists no more than these: the last ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A reference before and after; forty zeros: it was not there, or is not there any more."""

    name: str
    before: str
    after: str
    forced: bool


def push(world: World, found: Repository, moved: Moved, pusher: Account) -> Json:
    name, before, after = moved.name, moved.before, moved.after
    created, deleted = not before.strip("0"), not after.strip("0")
    commits = _commits(world, found, name, before, after)
    web = world.repository_web(found)
    span = f"{before[:12]}...{after[:12]}"
    return {
        "ref": name,
        "before": before,
        "after": after,
        "repository": push_repository(world, found),
        "pusher": {"name": pusher.login, "email": mail(pusher)},
        "created": created,
        "deleted": deleted,
        "forced": moved.forced,
        "base_ref": None,
        "compare": f"{web}/compare/{after[:12] if created else span}",
        "commits": commits,
        "head_commit": None if deleted or not found.store.has(after, Kind.COMMIT) else _commit(world, found, after),
    }


def _commits(world: World, found: Repository, name: str, before: str, after: str) -> list[Json]:
    if not after.strip("0") or not found.store.has(after, Kind.COMMIT):
        return []
    known = [oid for other, oid in found.refs.items() if other != name]
    if before.strip("0"):
        known.append(before)
    return [_commit(world, found, oid) for oid in history.between(found.store, known, after)[-MOST_COMMITS:]]


def _commit(world: World, found: Repository, oid: str) -> Json:
    one = history.commit(found.store, oid)
    parent = history.commit(found.store, one.parents[0]).tree if one.parents else None
    changed = list(trees.compare(found.store, parent, one.tree))
    return {
        "id": oid,
        "tree_id": one.tree,
        "distinct": True,
        "message": one.message.rstrip("\n"),
        "timestamp": iso(one.committer.at),
        "url": f"{world.repository_web(found)}/commit/{oid}",
        "author": _person(world, one.author),
        "committer": _person(world, one.committer),
        "added": [each.path for each in changed if each.before is None],
        "removed": [each.path for each in changed if each.after is None],
        "modified": [each.path for each in changed if each.before is not None and each.after is not None],
    }


def _person(world: World, signature: Signature) -> Json:
    account = account_of(world, signature)
    body: Json = {"name": signature.name, "email": signature.email}
    return body if account is None else body | {"username": account.login}


def mail(account: Account) -> str:
    """The address that GitHub gives people who hide theirs."""
    return f"{account.id}+{account.login}@users.noreply.github.com"


def push_repository(world: World, found: Repository) -> Json:
    """In push events alone times are numbers and the owner has a name and an address."""
    owner = user(world, found.owner) | {"name": found.owner.login, "email": mail(found.owner)}
    body = repository_shape(world, found) | {
        "url": world.repository_web(found),
        "owner": owner,
        "created_at": int(found.created_at),
        "pushed_at": int(found.pushed_at),
        "stargazers": 0,
        "master_branch": found.default_branch,
    }
    if found.owner.kind is AccountKind.ORGANIZATION:
        body["organization"] = found.owner.login
    return body


def pull(world: World, action: str, found: Repository, one: Pull, **more: object) -> Json:
    body: Json = {"action": action, "number": one.number, "pull_request": pull_request(world, found, one)}
    return body | more


def synchronized(world: World, found: Repository, one: Pull, before: str) -> Json:
    return pull(world, "synchronize", found, one, before=before, after=one.head_oid)


def comment_created(world: World, found: Repository, one: Comment) -> Json:
    return {
        "action": "created",
        "issue": issue_shape(world, found, found.issues[one.number]),
        "comment": comment_shape(world, found, one),
    }


def comment_edited(world: World, found: Repository, one: Comment, before: str) -> Json:
    return comment_created(world, found, one) | {"action": "edited", "changes": {"body": {"from": before}}}


def installation(
    world: World, action: str, found: Installation, repositories: Iterable[Repository] | None = None
) -> Json:
    body: Json = {"action": action, "installation": installation_shape(world, found)}
    if repositories is not None:
        body["repositories"] = [short_repository(one) for one in repositories]
    if action == "created":
        body["requester"] = None
    return body


def installation_repositories(world: World, action: str, found: Installation, changed: Iterable[Repository]) -> Json:
    """`action` is `added` or `removed`."""
    short = [short_repository(one) for one in changed]
    return {
        "action": action,
        "installation": installation_shape(world, found),
        "repository_selection": "all" if found.selected is None else "selected",
        "repositories_added": short if action == "added" else [],
        "repositories_removed": short if action == "removed" else [],
        "requester": None,
    }


def repository(action: str, changes: Json | None = None) -> Json:
    return {"action": action} if changes is None else {"action": action, "changes": changes}
