"""GitHub's refusals when git data and pull requests are written, word for word where they are known."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.demo.github import BranchRule, LocalGitHub
from tests.demo.caller import FILES, WORKFLOW, Caller

ZERO = "0" * 40
Prepare = Callable[[LocalGitHub], object]


def _nothing(_: LocalGitHub) -> None:
    pass


GIT: list[tuple[str, str, dict[str, object] | None, int, str]] = [
    ("POST", "/git/refs", {"ref": "refs/heads/main", "sha": "HEAD"}, 422, "Reference already exists"),
    ("POST", "/git/refs", {"ref": "refs/heads/x", "sha": ZERO}, 422, "Object does not exist"),
    ("POST", "/git/refs", {"ref": "x", "sha": "HEAD"}, 422, "Reference name must contain at least three"),
    ("POST", "/git/refs", {"ref": "refs/heads/a..b", "sha": "HEAD"}, 422, "is not a valid ref name"),
    ("POST", "/git/refs", {"ref": "refs/heads/main/x", "sha": "HEAD"}, 422, "Reference update failed"),
    ("PATCH", "/git/refs/heads/nowhere", {"sha": "HEAD"}, 422, "Reference does not exist"),
    ("PATCH", "/git/refs/heads/main", {"sha": ZERO}, 422, "Object does not exist"),
    ("DELETE", "/git/refs/heads/nowhere", None, 422, "Reference does not exist"),
    ("GET", "/git/ref/heads/nowhere", None, 404, "Not Found"),
    ("GET", f"/git/trees/{ZERO}", None, 404, "Not Found"),
    ("GET", f"/git/blobs/{ZERO}", None, 404, "Not Found"),
    ("GET", f"/git/commits/{ZERO}", None, 404, "Not Found"),
    ("GET", "/contents/nothing", None, 404, "Not Found"),
    ("GET", "/contents/pyproject.toml?ref=nowhere", None, 404, "No commit found for the ref nowhere"),
    ("GET", "/commits/nowhere", None, 422, "No commit found for SHA: nowhere"),
    ("GET", "/pulls/7", None, 404, "Not Found"),
    ("GET", "/issues/7", None, 404, "Not Found"),
    ("POST", "/issues/7/labels", {"labels": ["a"]}, 404, "Not Found"),
    ("POST", "/git/commits", {"message": "m", "tree": ZERO}, 422, "Tree SHA does not exist"),
    ("POST", "/git/trees", {"tree": []}, 422, "Invalid tree info"),
    ("POST", "/git/trees", {"base_tree": ZERO, "tree": [{"path": "a", "content": "x"}]}, 404, "Not Found"),
    (
        "POST",
        "/git/trees",
        {"tree": [{"path": "a", "mode": "100644", "type": "blob", "sha": ZERO}]},
        422,
        "is not a valid blob",
    ),
    (
        "POST",
        "/git/trees",
        {"base_tree": "HEAD", "tree": [{"path": "none", "mode": "100644", "type": "blob", "sha": None}]},
        422,
        "GitRPC::BadObjectState",
    ),
    ("POST", "/git/blobs", {"content": "%%", "encoding": "base64"}, 422, "not valid Base64"),
    ("POST", "/pulls", {"title": "t", "head": "nowhere", "base": "main"}, 422, "head"),
    ("POST", "/pulls", {"title": "t", "head": "main", "base": "nowhere"}, 422, "base"),
    ("POST", "/pulls", {"title": "t", "head": "main", "base": "main"}, 422, "No commits between main and main"),
    ("POST", "/pulls", {"head": "main", "base": "main"}, 422, "title"),
]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "message"), GIT, ids=[f"{one[0]} {one[1]} {one[4][:20]}" for one in GIT]
)
async def test_git_refusals(
    caller: Caller, method: str, path: str, body: dict[str, object] | None, status: int, message: str
) -> None:
    filled = {k: caller.repository.head if v == "HEAD" else v for k, v in body.items()} if body else None
    before = dict(caller.repository.refs)
    reply = await caller.tool(method, path, filled)
    assert reply.status == status
    assert message in reply.message
    assert caller.repository.refs == before


async def test_a_ref_moves_back_only_by_force(caller: Caller) -> None:
    first = caller.repository.head
    second = caller.github.push("acme/tool", {"a": "b"})
    refused = await caller.tool("PATCH", "/git/refs/heads/main", {"sha": first})
    assert (refused.status, refused.message) == (422, "Update is not a fast forward")
    assert caller.repository.head == second
    assert (await caller.tool("PATCH", "/git/refs/heads/main", {"sha": first, "force": True})).status == 200
    assert caller.repository.head == first


async def test_one_pull_request_a_branch(caller: Caller) -> None:
    await caller.pull()
    body = {"title": "Again", "head": "acme:topic", "base": "main"}
    again = await caller.tool("POST", "/pulls", body)
    assert again.status == 422
    assert again.message == "Validation Failed | A pull request already exists for acme:topic."
    await caller.tool("PATCH", "/pulls/1", {"state": "closed"})
    assert (await caller.tool("POST", "/pulls", body)).status == 201
    reopened = await caller.tool("PATCH", "/pulls/1", {"state": "open"})
    assert reopened.status == 422


async def test_an_empty_repository_has_no_git_database(caller: Caller) -> None:
    caller.github.create_repository("acme/empty")
    for method, path, body in [
        ("GET", "/git/trees/main", None),
        ("GET", "/git/ref/heads/main", None),
        ("POST", "/git/blobs", {"content": "x"}),
        ("POST", "/git/trees", {"tree": [{"path": "a", "content": "x"}]}),
        ("GET", "/commits/main", None),
    ]:
        reply = await caller.call(method, "/repos/acme/empty" + path, body)
        assert (reply.status, reply.message) == (409, "Git Repository is empty.")
    assert (await caller.call("GET", "/repos/acme/empty/contents/a")).message == "This repository is empty."


async def test_an_archived_repository_is_read_only(caller: Caller) -> None:
    caller.github.archive_repository("acme/tool")
    reply = await caller.tool("POST", "/git/blobs", {"content": "x"})
    assert (reply.status, reply.message) == (403, "Repository was archived so is read-only.")
    assert (await caller.tool("GET", "")).body["archived"] is True


@pytest.mark.parametrize(
    ("rule", "allowed"),
    [
        (BranchRule(kind="creation", pattern="*"), False),
        (BranchRule(kind="creation", pattern="release/*"), True),
        (BranchRule(kind="update", pattern="*"), True),
        (BranchRule(kind="pull_request", pattern="main"), True),
    ],
)
async def test_rulesets_forbid_new_branches(caller: Caller, rule: BranchRule, allowed: bool) -> None:
    caller.github.add_rule("acme/tool", rule)
    body = {"ref": "refs/heads/topic", "sha": caller.repository.head}
    reply = await caller.tool("POST", "/git/refs", body)
    assert reply.status == (201 if allowed else 422)
    if not allowed:
        assert "Repository rule violations found" in reply.message
        assert caller.repository.branch("topic") is None


async def test_rulesets_forbid_force_pushes(caller: Caller) -> None:
    first = caller.repository.head
    caller.github.push("acme/tool", {"a": "b"})
    caller.github.add_rule("acme/tool", BranchRule(kind="non_fast_forward", pattern="main"))
    reply = await caller.tool("PATCH", "/git/refs/heads/main", {"sha": first, "force": True})
    assert reply.status == 422
    assert "Cannot force-push" in reply.message


@pytest.mark.parametrize(
    ("free", "visibility", "status"),
    [(True, "private", 422), (True, "public", 201), (False, "private", 201)],
)
async def test_drafts_need_a_plan_in_private_repositories(
    caller: Caller, free: bool, visibility: str, status: int
) -> None:
    caller.repository.owner.free_plan = free
    if visibility == "private":
        caller.github.privatize_repository("acme/tool")
    await caller.branch("topic")
    reply = await caller.tool("POST", "/pulls", {"title": "t", "head": "topic", "base": "main", "draft": True})
    assert reply.status == status
    if status == 422:
        assert reply.message == "Draft pull requests are not supported in this repository."


# ---------------------------------------------------------------- workflow files


async def test_a_tree_with_a_workflow_needs_the_permission(caller: Caller) -> None:
    token = await caller.token(permissions={"contents": "write"})
    body = {"tree": [{"path": WORKFLOW, "mode": "100644", "type": "blob", "content": "on: push\n"}]}
    reply = await caller.tool("POST", "/git/trees", body, auth=token)
    assert (reply.status, reply.message) == (403, "Resource not accessible by integration")
    assert reply.headers["X-Accepted-GitHub-Permissions"] == "contents=write,workflows=write"


@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_a_ref_to_a_changed_workflow_needs_the_permission(caller: Caller, method: str) -> None:
    oid = await caller.commit({WORKFLOW: "on: push\n"})
    token = await caller.token(permissions={"contents": "write"})
    path, body = "/git/refs", {"ref": "refs/heads/topic", "sha": oid}
    if method == "PATCH":
        path, body = "/git/refs/heads/main", {"sha": oid}
    reply = await caller.tool(method, path, body, auth=token)
    assert reply.status == 422
    assert reply.message == (
        f"refusing to allow a GitHub App to create or update workflow `{WORKFLOW}` without `workflows` permission"
    )


async def test_other_files_need_no_such_permission(caller: Caller) -> None:
    caller.github.push("acme/tool", {WORKFLOW: "on: push\n"})
    token = await caller.token(permissions={"contents": "write"})
    oid = await caller.commit({"README.md": "x\n"}, auth=token)
    reply = await caller.tool("POST", "/git/refs", {"ref": "refs/heads/topic", "sha": oid}, auth=token)
    assert reply.status == 201


# ---------------------------------------------------------------- names and addresses


async def test_an_old_name_redirects_to_the_id(caller: Caller) -> None:
    number = caller.repository.id
    caller.github.rename_repository("acme/tool", "renamed")
    moved = await caller.tool("GET", "/contents/pyproject.toml")
    address = f"{caller.github.url}/repositories/{number}/contents/pyproject.toml"
    assert (moved.status, moved.headers["Location"], moved.body["url"]) == (301, address, address)
    assert (await caller.call("GET", address)).body["name"] == "pyproject.toml"
    assert (await caller.tool("POST", "/git/blobs", {"content": "x"})).status == 307


async def test_a_taken_name_does_not_redirect(caller: Caller) -> None:
    caller.github.rename_repository("acme/tool", "renamed")
    other = caller.github.create_repository("acme/tool", FILES)
    assert (await caller.tool("GET", "")).body["id"] == other.id


async def test_a_private_repository_does_not_betray_its_former_name(caller: Caller) -> None:
    caller.github.create_repository("alice/secret", FILES, visibility="private")
    caller.github.rename_repository("alice/secret", "hidden")
    assert (await caller.call("GET", "/repos/alice/secret")).status == 404


async def test_an_unknown_route_is_a_404_in_json(caller: Caller) -> None:
    caller.github.recorder.listeners.clear()  # nothing that GitHub describes
    for path in ("/nothing", "/repos/acme/tool/nothing", "/repos/acme/nothing", "/repositories/99"):
        reply = await caller.call("GET", path)
        assert (reply.status, reply.body["message"]) == (404, "Not Found")


async def test_bodies_that_are_no_json_are_refused(caller: Caller) -> None:
    caller.github.recorder.listeners.clear()
    token = await caller.token()
    headers = {"Authorization": f"token {token}"}
    url = f"{caller.github.url}/repos/acme/tool/git/blobs"
    async with caller.session.post(url, data=b"{", headers=headers) as response:
        assert (response.status, (await response.json())["message"]) == (400, "Problems parsing JSON")


async def test_a_cut_tree_says_so(caller: Caller) -> None:
    caller.repository.truncate_trees = 2
    reply = await caller.tool("GET", "/git/trees/main?recursive=1")
    assert (reply.body["truncated"], len(reply.body["tree"])) == (True, 2)
    caller.repository.truncate_trees = 100
    assert not (await caller.tool("GET", "/git/trees/main?recursive=1")).body["truncated"]


@pytest.mark.parametrize("prepare", [_nothing, lambda g: g.set_role("acme/tool", "bob", "maintain")])
async def test_roles_of_people(caller: Caller, prepare: Prepare) -> None:
    caller.github.create_user("bob")
    prepare(caller.github)
    reply = await caller.tool("GET", "/collaborators/bob/permission")
    expected = ("read", "read") if prepare is _nothing else ("write", "maintain")
    assert (reply.body["permission"], reply.body["role_name"]) == expected
    assert (await caller.tool("GET", "/collaborators/nobody/permission")).status == 404
