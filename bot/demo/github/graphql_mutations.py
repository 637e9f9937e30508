"""What GraphQL can change; every refusal is the one that REST gives."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from bot.demo.github import branches, history, proposals, trees
from bot.demo.github.answers import Refusal
from bot.demo.github.commits import Asked, api_commit
from bot.demo.github.graphql_queries import find_node
from bot.demo.github.graphql_types import (
    Asking,
    Info,
    ObjectOf,
    PullOf,
    RefOf,
    Resolver,
    Trouble,
    asking,
    trouble,
)
from bot.demo.github.objects import FILE_MODE, Kind
from bot.demo.github.state import Json, Repository
from bot.demo.github.trees import NoSuchPath, Put

Input = Mapping[str, Any]
"""A mutation's `input`, of the shape that the schema gives it."""


def _mutation(change: Callable[[Asking, Info, Input], Json]) -> Resolver:
    """Echoes the client's id and translates refusals."""

    @wraps(change)
    def resolver(_root: object, info: Info, input: Input) -> Json:  # noqa: A002 - GraphQL's own name
        try:
            return change(asking(info), info, input) | {"clientMutationId": input.get("clientMutationId")}
        except Refusal as refusal:
            raise trouble(refusal) from refusal

    return resolver


def _repository(here: Asking, info: Info, id: str, needs: str) -> Repository:  # noqa: A002 - as above
    found = find_node(info, id)
    if not isinstance(found, Repository):
        raise Trouble("NOT_FOUND", f"Could not resolve to Repository node with the global id of '{id}'.")
    here.may(found, needs)
    return found


def _pull(here: Asking, info: Info, id: str) -> PullOf:  # noqa: A002 - as above
    found = find_node(info, id)
    if not isinstance(found, PullOf):
        raise Trouble("NOT_FOUND", f"Could not resolve to PullRequest node with the global id of '{id}'.")
    here.may(found.repository, "pull_requests=write")
    return found


# ---------------------------------------------------------------- references


def _create_ref(here: Asking, info: Info, asked: Input) -> Json:
    repository = _repository(here, info, asked["repositoryId"], "contents=write")
    name = asked["name"]
    if name in repository.refs:
        raise Trouble("UNPROCESSABLE", f'A ref named "{name}" already exists in the repository.')
    branches.create(here.site, repository, name, asked["oid"], here.actor)
    return {"ref": RefOf(repository, name)}


def _update_refs(here: Asking, info: Info, asked: Input) -> Json:
    """All of them or none: every update is checked before the first is made."""
    repository = _repository(here, info, asked["repositoryId"], "contents=write")
    updates = asked["refUpdates"]
    for one in updates:
        _check(here, repository, one)
    for one in updates:
        gone = not one["afterOid"].strip("0")
        branches.move(here.site, repository, one["name"], None if gone else one["afterOid"], here.actor)
    return {}


def _check(here: Asking, repository: Repository, one: Input) -> None:
    name, before, after = one["name"], one.get("beforeOid"), one["afterOid"]
    branches.check_name(name)
    old = repository.refs.get(name, branches.ZERO)
    if before is not None and before != old:
        raise Trouble("UNPROCESSABLE", f"The reference {name} is at {old} but expected {before}.")
    if not after.strip("0"):
        branches.check_rules(repository, name, "deletion")
    elif old == branches.ZERO:
        branches.check_target(repository, name, after)
        branches.check_rules(repository, name, "creation")
        branches.check_workflows(repository, after, here.actor)
    else:
        branches.check_update(repository, name, after, here.actor, force=bool(one.get("force")))


def _commit_on_branch(here: Asking, info: Info, asked: Input) -> Json:
    """A signed commit on a branch, if its head is still the expected one."""
    repository, name = _branch(here, info, asked["branch"])
    head = repository.refs[name]
    if head != asked["expectedHeadOid"]:
        text = f'Expected branch to point to "{asked["expectedHeadOid"]}" but it did not. Pull and try again.'
        raise Trouble("STALE_DATA", text)
    message = "\n\n".join(part for part in (asked["message"]["headline"], asked["message"].get("body")) if part)
    tree = _changed_tree(repository, head, asked.get("fileChanges") or {})
    oid = api_commit(
        repository, here.actor, here.site.world.clock(), Asked(tree=tree, parents=(head,), message=message)
    )
    branches.update(here.site, repository, name, oid, here.actor, force=False)
    return {"commit": ObjectOf(repository, oid), "ref": RefOf(repository, name)}


def _branch(here: Asking, info: Info, asked: Input) -> tuple[Repository, str]:
    full_name, branch = asked.get("repositoryNameWithOwner"), asked.get("branchName")
    if full_name is None or branch is None:
        raise Trouble("UNPROCESSABLE", "Branch must be given by `repositoryNameWithOwner` and `branchName`.")
    found = here.site.world.repository(*full_name.split("/", 1)) if "/" in full_name else None
    if found is None:
        raise Trouble("NOT_FOUND", f"Could not resolve to a Repository with the name '{full_name}'.")
    repository = _repository(here, info, found.node_id, "contents=write")
    name = f"refs/heads/{branch.removeprefix('refs/heads/')}"
    if name not in repository.refs:
        raise Trouble("NOT_FOUND", f"The branch {branch} was not found.")
    return repository, name


def _changed_tree(repository: Repository, head: str, changes: Input) -> str:
    store = repository.store
    puts: dict[str, Put | None] = {one["path"]: None for one in changes.get("deletions") or ()}
    for one in changes.get("additions") or ():
        puts[one["path"]] = Put(mode=FILE_MODE, oid=store.put(Kind.BLOB, _content(one["contents"])))
    try:
        return trees.write(store, history.commit(store, head).tree, puts)
    except NoSuchPath as error:
        raise Trouble("UNPROCESSABLE", "A path was requested for deletion which does not exist.") from error


def _content(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except ValueError as error:
        raise Trouble("UNPROCESSABLE", "The contents of a file addition are not valid Base64.") from error


# ---------------------------------------------------------------- pull requests


def _create_pull(here: Asking, info: Info, asked: Input) -> Json:
    repository = _repository(here, info, asked["repositoryId"], "pull_requests=write")
    here.site.limits.create(here.caller)
    wanted = proposals.Asked(
        head=asked["headRefName"],
        base=asked["baseRefName"],
        title=asked["title"],
        body=asked.get("body"),
        draft=bool(asked.get("draft")),
    )
    pull = proposals.open_pull(here.site, repository, here.actor, wanted)
    return {"pullRequest": PullOf(repository, pull)}


def _update_pull(here: Asking, info: Info, asked: Input) -> Json:
    found = _pull(here, info, asked["pullRequestId"])
    proposals.edit_pull(
        here.site, found.repository, found.pull, here.actor, title=asked.get("title"), body=asked.get("body")
    )
    if asked.get("state") == "CLOSED":
        proposals.close_pull(here.site, found.repository, found.pull, here.actor)
    elif asked.get("state") == "OPEN":
        proposals.reopen_pull(here.site, found.repository, found.pull, here.actor)
    return {"pullRequest": found}


def _close_pull(here: Asking, info: Info, asked: Input) -> Json:
    found = _pull(here, info, asked["pullRequestId"])
    proposals.close_pull(here.site, found.repository, found.pull, here.actor)
    return {"pullRequest": found}


def _reopen_pull(here: Asking, info: Info, asked: Input) -> Json:
    found = _pull(here, info, asked["pullRequestId"])
    proposals.reopen_pull(here.site, found.repository, found.pull, here.actor)
    return {"pullRequest": found}


def _draft(here: Asking, info: Info, asked: Input) -> Json:
    found = _pull(here, info, asked["pullRequestId"])
    proposals.set_draft(here.site, found.repository, found.pull, here.actor, draft=True)
    return {"pullRequest": found}


def _ready(here: Asking, info: Info, asked: Input) -> Json:
    found = _pull(here, info, asked["pullRequestId"])
    proposals.set_draft(here.site, found.repository, found.pull, here.actor, draft=False)
    return {"pullRequest": found}


MUTATIONS: dict[str, Resolver] = {
    "closePullRequest": _mutation(_close_pull),
    "convertPullRequestToDraft": _mutation(_draft),
    "createCommitOnBranch": _mutation(_commit_on_branch),
    "createPullRequest": _mutation(_create_pull),
    "createRef": _mutation(_create_ref),
    "markPullRequestReadyForReview": _mutation(_ready),
    "reopenPullRequest": _mutation(_reopen_pull),
    "updatePullRequest": _mutation(_update_pull),
    "updateRefs": _mutation(_update_refs),
}
