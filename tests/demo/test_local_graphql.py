"""GraphQL: our part of the schema is GitHub's, texts come as GitHub sends them, errors have GitHub's shape."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    introspection_types,
    specified_scalar_types,
)

from bot.demo.github import BranchRule, LocalGitHub
from bot.demo.github.graphql import schema
from bot.demo.github.objects import Kind, object_id
from tests.demo.caller import FILES, WORKFLOW, Caller
from tests.judges import Judge, graphql

ZERO = "0" * 40
OBJECT = """
query($id: ID!, $e: String, $o: GitObjectID) { node(id: $id) { ... on Repository { object(expression: $e, oid: $o) {
  __typename oid abbreviatedOid id
  ... on Blob { byteSize isBinary isTruncated text }
  ... on Tree { entries { name mode type oid size path object { oid } } }
  ... on Commit { message messageHeadline committedDate author { name email } parents(first: 1) { totalCount } }
  ... on Tag { name note: message target { oid } }
} } } }
"""
UPDATE = "mutation($i: UpdateRefsInput!) { updateRefs(input: $i) { clientMutationId } }"


# ---------------------------------------------------------------- the schema


def _problems(ours: GraphQLSchema, theirs: GraphQLSchema) -> list[str]:
    known = set(introspection_types) | set(specified_scalar_types)
    names = [name for name in ours.type_map if name not in known]
    return [problem for name in names for problem in _type_problems(ours.type_map[name], theirs.type_map.get(name))]


def _type_problems(mine: GraphQLNamedType, other: GraphQLNamedType | None) -> list[str]:
    if type(mine) is not type(other):
        return [f"{mine.name}: not a type of GitHub's"]
    problems: list[str] = []
    if isinstance(mine, GraphQLEnumType) and isinstance(other, GraphQLEnumType):
        problems += [f"{mine.name}.{one}: no such value" for one in mine.values if one not in other.values]
    if isinstance(mine, GraphQLObjectType | GraphQLInterfaceType):
        assert isinstance(other, GraphQLObjectType | GraphQLInterfaceType)
        theirs = {one.name for one in other.interfaces}
        problems += [f"{mine.name} is no {one.name}" for one in mine.interfaces if one.name not in theirs]
        problems += _field_problems(mine, other)
    if isinstance(mine, GraphQLInputObjectType) and isinstance(other, GraphQLInputObjectType):
        problems += _field_problems(mine, other)
        required = [name for name, one in other.fields.items() if str(one.type).endswith("!")]
        problems += [f"{mine.name}.{name} is left out" for name in required if name not in mine.fields]
    return problems


def _field_problems(mine: Any, other: Any) -> list[str]:
    problems = []
    for name, field in mine.fields.items():
        if name not in other.fields:
            problems.append(f"{mine.name}.{name}: no such field")
            continue
        theirs = other.fields[name]
        if str(field.type) != str(theirs.type):
            problems.append(f"{mine.name}.{name}: {field.type}, not {theirs.type}")
        for argument, one in getattr(field, "args", {}).items():
            same = argument in theirs.args and str(one.type) == str(theirs.args[argument].type)
            if not same:
                problems.append(f"{mine.name}.{name}({argument}): not GitHub's")
    return problems


def test_our_schema_is_a_part_of_githubs() -> None:
    assert _problems(schema(), graphql()) == []


# ---------------------------------------------------------------- reading


TEXTS: list[tuple[str, bytes, str | None, bool, bool]] = [
    ("plain", b"x = 1\n", "x = 1\n", False, False),
    ("CRLF", b"a\r\nb\r\n", "a\r\nb\r\n", False, False),
    ("empty", b"", "", False, False),
    ("byte order mark is lost", b"\xef\xbb\xbfname: x\n", "name: x\n", False, False),
    ("Latin-1 is converted", "café\n".encode("latin-1"), "café\n", False, False),
    ("UTF-16 is converted", "\ufeffhi\n".encode("utf-16-le"), "hi\n", False, False),
    ("binary has no text", b"\x89PNG\x00\x01", None, True, False),
    ("large is cut", b"x" * 600_000, "x" * 512_000, False, True),
]


@pytest.mark.parametrize(("data", "text", "binary", "cut"), [one[1:] for one in TEXTS], ids=[one[0] for one in TEXTS])
async def test_texts_come_as_graphql_sends_them(
    caller: Caller, data: bytes, text: str | None, binary: bool, cut: bool
) -> None:
    caller.github.push("acme/tool", {"file": data})
    reply = await caller.ask(OBJECT, id=caller.repository.node_id, e="HEAD:file")
    blob = reply.body["data"]["node"]["object"]
    assert (blob["text"], blob["isBinary"], blob["isTruncated"], blob["byteSize"]) == (text, binary, cut, len(data))
    assert blob["oid"] == object_id(Kind.BLOB, data)
    exact = text is not None and object_id(Kind.BLOB, text.encode()) == blob["oid"]
    assert exact is (data.decode("utf-8", "ignore") == text)


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("HEAD", "Commit"),
        ("main", "Commit"),
        ("refs/heads/main", "Commit"),
        ("main:", "Tree"),
        ("main:src", "Tree"),
        ("main^{tree}", "Tree"),
        ("main:src/tool/__init__.py", "Blob"),
        ("v1", "Tag"),
        ("v1:pyproject.toml", "Blob"),
        ("main:nothing", None),
        ("main:pyproject.toml/x", None),
        ("nothing:pyproject.toml", None),
        ("nothing", None),
    ],
)
async def test_objects_are_found_by_expression(caller: Caller, expression: str, kind: str | None) -> None:
    caller.github.tag("acme/tool", "v1", annotated=True)
    reply = await caller.ask(OBJECT, id=caller.repository.node_id, e=expression)
    assert "errors" not in reply.body
    found = reply.body["data"]["node"]["object"]
    assert (found and found["__typename"]) == kind


async def test_objects_are_found_by_id(caller: Caller) -> None:
    reply = await caller.ask(OBJECT, id=caller.repository.node_id, o=caller.repository.head)
    assert reply.body["data"]["node"]["object"]["messageHeadline"] == "Initial commit"
    reply = await caller.ask(OBJECT, id=caller.repository.node_id, o=ZERO)
    assert reply.body["data"]["node"]["object"] is None


async def test_a_batch_of_many_aliases(caller: Caller) -> None:
    caller.github.push("acme/tool", {f"f{n}": str(n) for n in range(60)})
    fields = " ".join(f'a{n}: object(expression: "HEAD:f{n}") {{ ... on Blob {{ text }} }}' for n in range(60))
    query = f'{{ repository(owner: "acme", name: "tool") {{ {fields} }} }}'
    found = (await caller.ask(query)).body["data"]["repository"]
    assert [found[f"a{n}"]["text"] for n in range(60)] == [str(n) for n in range(60)]


async def test_repositories_of_an_organisation_in_pages(caller: Caller) -> None:
    for name in ("a", "b", "c"):
        caller.github.create_repository(f"acme/{name}", FILES)
    query = """
    query($after: String) { organization(login: "acme") {
      repositories(first: 3, after: $after, orderBy: {field: NAME, direction: ASC}) {
        totalCount nodes { name } pageInfo { hasNextPage endCursor }
      }
    } }
    """
    first = (await caller.ask(query)).body["data"]["organization"]["repositories"]
    assert ([one["name"] for one in first["nodes"]], first["totalCount"]) == (["a", "b", "c"], 4)
    rest = await caller.ask(query, after=first["pageInfo"]["endCursor"])
    found = rest.body["data"]["organization"]["repositories"]
    assert ([one["name"] for one in found["nodes"]], found["pageInfo"]["hasNextPage"]) == (["tool"], False)


async def test_nodes_that_are_gone_are_null_in_their_place(caller: Caller) -> None:
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Repository { name } } }"
    reply = await caller.ask(query, ids=["R_nothing", caller.repository.node_id])
    assert [one and one["name"] for one in reply.body["data"]["nodes"]] == [None, "tool"]
    [error] = reply.body["errors"]
    assert (error["type"], error["path"]) == ("NOT_FOUND", ["nodes", 0])


async def test_what_is_not_there_is_an_error_of_its_own(caller: Caller) -> None:
    caller.github.create_repository("alice/secret", FILES, visibility="private")
    query = (
        '{ a: repository(owner: "alice", name: "secret") { id } b: repository(owner: "acme", name: "tool") { name } }'
    )
    reply = await caller.ask(query)
    assert reply.status == 200
    assert reply.body["data"] == {"a": None, "b": {"name": "tool"}}
    [error] = reply.body["errors"]
    assert (error["type"], error["path"]) == ("NOT_FOUND", ["a"])
    assert error["message"] == "Could not resolve to a Repository with the name 'alice/secret'."


async def test_a_permission_is_needed_for_contents(caller: Caller) -> None:
    caller.github.privatize_repository("acme/tool")
    token = await caller.token(permissions={"pull_requests": "read"})
    reply = await caller.ask(OBJECT, auth=token, id=caller.repository.node_id, e="HEAD")
    [error] = reply.body["errors"]
    assert (error["type"], error["message"]) == ("FORBIDDEN", "Resource not accessible by integration")


async def test_an_old_name_is_followed(caller: Caller) -> None:
    caller.github.rename_repository("acme/tool", "renamed")
    reply = await caller.ask('{ repository(owner: "acme", name: "tool") { nameWithOwner } }')
    assert reply.body["data"]["repository"]["nameWithOwner"] == "acme/renamed"
    reply = await caller.ask('{ repository(owner: "acme", name: "tool", followRenames: false) { nameWithOwner } }')
    assert reply.body["data"]["repository"] is None


@pytest.mark.parametrize("query", ["{ nothing }", "{", "query($a: Nothing) { viewer { login } }"])
async def test_wrong_queries_are_answered_with_errors_alone(judge: Judge, caller: Caller, query: str) -> None:
    with judge.strange_requests():
        reply = await caller.ask(query)
    assert reply.status == 200
    assert reply.body["errors"]
    assert "data" not in reply.body


async def test_connections_want_a_bound(judge: Judge, caller: Caller) -> None:
    for arguments, kind in (("", "MISSING_PAGINATION_BOUNDARIES"), ("(first: 101)", "EXCESSIVE_PAGINATION")):
        query = f'{{ repository(owner: "acme", name: "tool") {{ pullRequests{arguments} {{ totalCount }} }} }}'
        reply = await caller.ask(query)
        assert reply.body["errors"][0]["type"] == kind


async def test_only_tokens_may_ask(caller: Caller) -> None:
    assert (await caller.ask("{ viewer { login } }", auth="")).status == 401
    assert (await caller.ask("{ viewer { login } }", auth=caller.jwt())).status == 403


# ---------------------------------------------------------------- writing


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
    reply = await caller.ask(query, i=asked | {"expectedHeadOid": caller.repository.head})
    assert reply.body["data"]["createCommitOnBranch"]["commit"]["oid"] == caller.repository.head
    assert caller.github.read("acme/tool", "n") == b"x"


async def test_a_ref_is_created_once(caller: Caller) -> None:
    query = "mutation($i: CreateRefInput!) { createRef(input: $i) { ref { name prefix target { oid } } } }"
    asked = {"repositoryId": caller.repository.node_id, "name": "refs/heads/x", "oid": caller.repository.head}
    made = (await caller.ask(query, i=asked)).body["data"]["createRef"]["ref"]
    assert (made["name"], made["prefix"], made["target"]["oid"]) == ("x", "refs/heads/", caller.repository.head)
    assert "already exists" in (await caller.ask(query, i=asked)).body["errors"][0]["message"]


async def test_the_same_on_an_enterprise_server(judge: Judge, caller: Caller) -> None:
    async with LocalGitHub(enterprise="3.19.0") as github:
        judge.watch(github)
        github.create_user("alice")
        github.create_organization("acme")
        github.create_repository("acme/tool", FILES)
        token = github.personal_token("alice")
        there = Caller(github=github, session=caller.session, keys=caller.keys, installed=caller.installed, held=token)
        assert github.url.endswith("/api/v3")
        assert github.graphql_url.endswith("/api/graphql")
        reply = await there.tool("GET", "")
        assert reply.headers["X-GitHub-Enterprise-Version"] == "3.19.0"
        assert reply.body["url"] == f"{github.url}/repos/acme/tool"
        assert reply.body["html_url"] == f"{github.web_url}/acme/tool"
        assert (await there.ask("{ viewer { login } }")).body["data"]["viewer"]["login"] == "alice"
        assert (await there.call("GET", "/meta")).body["installed_version"] == "3.19.0"
        outside = await there.call("GET", github.web_url + "/repos/acme/tool")
        assert outside.status == 404
