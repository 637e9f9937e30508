"""Reading by GraphQL: texts come as GitHub sends them, errors have GitHub's shape."""

from __future__ import annotations

import pytest

from bot.demo.github import LocalGitHub
from bot.demo.github.objects import Kind, object_id
from tests.demo.caller import FILES, Caller
from tests.judges import Judge

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


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        ("", "MISSING_PAGINATION_BOUNDARIES"),
        ("(first: 101)", "EXCESSIVE_PAGINATION"),
        ("(last: -1)", "INVALID_CURSOR_ARGUMENTS"),
        ('(first: 1, after: "x")', "INVALID_CURSOR_ARGUMENTS"),
    ],
)
async def test_connections_want_a_bound(caller: Caller, arguments: str, kind: str) -> None:
    query = f'{{ repository(owner: "acme", name: "tool") {{ pullRequests{arguments} {{ totalCount }} }} }}'
    assert (await caller.ask(query)).body["errors"][0]["type"] == kind


async def test_only_tokens_may_ask(caller: Caller) -> None:
    assert (await caller.ask("{ viewer { login } }", auth="")).status == 401
    assert (await caller.ask("{ viewer { login } }", auth=caller.jwt())).status == 403


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
