"""Writing by GraphQL: all or nothing, nobody's commit overwritten, REST's own refusals."""

from __future__ import annotations

from typing import Any

import pytest

from bot.demo.github import BranchRule
from tests.demo.caller import WORKFLOW, Caller

ZERO = "0" * 40
UPDATE = "mutation($i: UpdateRefsInput!) { updateRefs(input: $i) { clientMutationId } }"


async def _update(caller: Caller, *updates: dict[str, Any], auth: str | None = None) -> list[dict[str, Any]]:
    reply = await caller.ask(UPDATE, auth=auth, i={"repositoryId": caller.repository.node_id, "refUpdates": updates})
    assert reply.status == 200
    errors: list[dict[str, Any]] = reply.body.get("errors", [])
    return errors


def _move(name: str, before: str | None, after: str, *, force: bool = False) -> dict[str, Any]:
    update = {"name": f"refs/heads/{name}", "afterOid": after, "force": force}
    return update if before is None else update | {"beforeOid": before}


async def test_a_persons_commit_is_not_overwritten(caller: Caller) -> None:
    mine = await caller.branch("topic")
    theirs = caller.github.push("acme/tool", {"x": "by hand"}, branch="topic")
    next_one = await caller.commit({WORKFLOW: "on: release\n"})
    [error] = await _update(caller, _move("topic", mine, next_one, force=True))
    assert error["path"] == ["updateRefs"]
    assert caller.repository.branch("topic") == theirs


async def test_updates_are_made_together_or_not_at_all(caller: Caller) -> None:
    mine = await caller.branch("topic")
    fresh = await caller.commit({WORKFLOW: "on: release\n"})
    before = dict(caller.repository.refs)
    errors = await _update(caller, _move("topic", mine, fresh, force=True), _move("main", ZERO, fresh))
    assert len(errors) == 1
    assert caller.repository.refs == before
    assert await _update(caller, _move("topic", mine, fresh, force=True), _move("new", ZERO, fresh)) == []
    assert caller.repository.branch("topic") == caller.repository.branch("new") == fresh


async def test_forty_zeros_delete_and_create(caller: Caller) -> None:
    mine = await caller.branch("topic")
    assert await _update(caller, _move("topic", mine, ZERO)) == []
    assert caller.repository.branch("topic") is None
    assert await _update(caller, _move("topic", ZERO, mine)) == []
    assert len(await _update(caller, _move("topic", ZERO, mine))) == 1


@pytest.mark.parametrize("force", [False, True])
async def test_a_step_back_needs_force(caller: Caller, force: bool) -> None:
    old = caller.repository.head or ""
    new = caller.github.push("acme/tool", {"x": "y"})
    errors = await _update(caller, _move("main", new, old, force=force))
    assert [one["message"] for one in errors] == ([] if force else ["Update is not a fast forward"])


async def test_rules_and_permissions_bind_graphql_too(caller: Caller) -> None:
    oid = await caller.commit({WORKFLOW: "on: push\n"})
    token = await caller.token(permissions={"contents": "write"})
    [error] = await _update(caller, _move("topic", ZERO, oid), auth=token)
    assert "without `workflows` permission" in error["message"]
    read_only = await caller.token(permissions={"contents": "read"})
    [error] = await _update(caller, _move("topic", ZERO, oid), auth=read_only)
    assert error["type"] == "FORBIDDEN"
    caller.github.add_rule("acme/tool", BranchRule(kind="creation"))
    [error] = await _update(caller, _move("topic", ZERO, oid))
    assert "Repository rule violations found" in error["message"]
    assert caller.repository.branch("topic") is None


async def test_a_pull_request_made_and_changed_by_graphql(caller: Caller) -> None:
    await caller.branch("topic")
    create = (
        "mutation($i: CreatePullRequestInput!) { createPullRequest(input: $i) { pullRequest { id number state } } }"
    )
    asked = {"repositoryId": caller.repository.node_id, "baseRefName": "main", "headRefName": "topic", "title": "t"}
    pull = (await caller.ask(create, i=asked)).body["data"]["createPullRequest"]["pullRequest"]
    assert (pull["number"], pull["state"]) == (1, "OPEN")
    again = (await caller.ask(create, i=asked)).body
    assert "already exists for acme:topic" in again["errors"][0]["message"]
    for name, field, expected in [
        ("convertPullRequestToDraft", "isDraft", True),
        ("markPullRequestReadyForReview", "isDraft", False),
        ("closePullRequest", "state", "CLOSED"),
        ("reopenPullRequest", "state", "OPEN"),
    ]:
        kind = name[0].upper() + name[1:] + "Input"
        query = f"mutation($i: {kind}!) {{ {name}(input: $i) {{ pullRequest {{ {field} }} }} }}"
        reply = await caller.ask(query, i={"pullRequestId": pull["id"]})
        assert reply.body["data"][name]["pullRequest"][field] == expected
    query = "mutation($i: UpdatePullRequestInput!) { updatePullRequest(input: $i) { pullRequest { title body } } }"
    reply = await caller.ask(query, i={"pullRequestId": pull["id"], "title": "T", "body": "B"})
    assert reply.body["data"]["updatePullRequest"]["pullRequest"] == {"title": "T", "body": "B"}


async def test_a_commit_on_a_branch_wants_the_expected_head(caller: Caller) -> None:
    query = (
        "mutation($i: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $i) { commit { oid } ref { name } } }"
    )
    asked = {
        "branch": {"repositoryNameWithOwner": "acme/tool", "branchName": "main"},
        "message": {"headline": "h", "body": "b"},
        "fileChanges": {"additions": [{"path": "n", "contents": "eA=="}], "deletions": [{"path": "pyproject.toml"}]},
    }
    [error] = (await caller.ask(query, i=asked | {"expectedHeadOid": ZERO})).body["errors"]
    assert error["type"] == "STALE_DATA"
    broken = {"fileChanges": {"additions": [{"path": "n", "contents": "%"}]}}
    [error] = (await caller.ask(query, i=asked | broken | {"expectedHeadOid": caller.repository.head})).body["errors"]
    assert error["type"] == "UNPROCESSABLE"
    reply = await caller.ask(query, i=asked | {"expectedHeadOid": caller.repository.head})
    assert reply.body["data"]["createCommitOnBranch"]["commit"]["oid"] == caller.repository.head
    assert caller.github.read("acme/tool", "n") == b"x"


async def test_a_ref_is_created_once(caller: Caller) -> None:
    query = "mutation($i: CreateRefInput!) { createRef(input: $i) { ref { name prefix target { oid } } } }"
    asked = {"repositoryId": caller.repository.node_id, "name": "refs/heads/x", "oid": caller.repository.head}
    made = (await caller.ask(query, i=asked)).body["data"]["createRef"]["ref"]
    assert (made["name"], made["prefix"], made["target"]["oid"]) == ("x", "refs/heads/", caller.repository.head)
    assert "already exists" in (await caller.ask(query, i=asked)).body["errors"][0]["message"]
