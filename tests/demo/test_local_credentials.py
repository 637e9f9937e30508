"""Who may do what: JWTs, installation tokens and their narrowing, installations that are no more."""

from __future__ import annotations

import base64
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.demo.caller import FILES, Caller
from tests.judges import Judge

FAR = "'Expiration time' claim ('exp') is too far in the future"
PAST = (
    "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion "
    "expires"
)
EARLY = "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
UNDECODABLE = "A JSON web token could not be decoded"


def _at(caller: Caller, seconds: int) -> int:
    return int(caller.github.site.world.clock()) + seconds


@pytest.mark.parametrize(
    ("claim", "seconds", "message"),
    [
        ("exp", 660, FAR),
        ("exp", -1, PAST),
        ("iat", 120, EARLY),
    ],
)
async def test_times_of_a_jwt_are_checked(caller: Caller, claim: str, seconds: int, message: str) -> None:
    reply = await caller.call("GET", "/app", auth=caller.jwt(**{claim: _at(caller, seconds)}))
    assert (reply.status, reply.message) == (401, message)


@pytest.mark.parametrize(
    ("claims", "status", "message"),
    [
        ({"iss": "1"}, 404, "Integration not found"),
        ({"iss": None}, 401, "'Issuer' claim ('iss') must be an Integer"),
        ({"exp": "soon"}, 401, PAST),
        ({"iat": None}, 401, EARLY),
    ],
)
async def test_claims_of_a_jwt_are_checked(caller: Caller, claims: dict[str, Any], status: int, message: str) -> None:
    reply = await caller.call("GET", "/app", auth=caller.jwt(**claims))
    assert (reply.status, reply.message) == (status, message)


async def test_the_issuer_may_be_the_client_id(caller: Caller) -> None:
    reply = await caller.call("GET", "/app", auth=caller.jwt(iss=caller.keys.app.client_id))
    assert (reply.status, reply.body["id"]) == (200, caller.keys.app.id)


async def test_a_jwt_signed_with_another_key_is_refused(caller: Caller) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    claims = {"iss": str(caller.keys.app.id), "iat": _at(caller, -60), "exp": _at(caller, 60)}
    reply = await caller.call("GET", "/app", auth=jwt.encode(claims, other, "RS256"))
    assert (reply.status, reply.message) == (401, UNDECODABLE)


@pytest.mark.parametrize("auth", ["a.b.c", "nonsense", ""])
async def test_what_is_no_jwt_is_refused(caller: Caller, auth: str) -> None:
    reply = await caller.call("GET", "/app", auth=auth)
    assert reply.status == 401


async def test_a_request_without_user_agent_is_refused(caller: Caller) -> None:
    reply = await caller.call("GET", "/app", auth=caller.jwt(), headers={"User-Agent": ""})
    assert reply.status == 403
    assert "User-Agent" in reply.body["message"]


# ---------------------------------------------------------------- tokens


async def test_a_token_is_narrowed(caller: Caller) -> None:
    caller.github.create_repository("acme/hidden", FILES, visibility="private")
    path = f"/app/installations/{caller.installed.id}/access_tokens"
    body = {"repository_ids": [caller.repository.id], "permissions": {"contents": "read"}}
    minted = (await caller.call("POST", path, body, auth=caller.jwt())).body
    assert minted["permissions"] == {"contents": "read", "metadata": "read"}
    assert [one["name"] for one in minted["repositories"]] == ["tool"]
    assert minted["repository_selection"] == "selected"
    token = minted["token"]
    assert (await caller.call("GET", "/repos/acme/hidden", auth=token)).status == 404
    assert (await caller.call("GET", "/installation/repositories", auth=token)).body["total_count"] == 1
    refused = await caller.tool("POST", "/git/blobs", {"content": "x"}, auth=token)
    assert (refused.status, refused.message) == (403, "Resource not accessible by integration")
    assert refused.headers["X-Accepted-GitHub-Permissions"] == "contents=write"


async def test_a_token_of_the_whole_installation_sees_its_private_repositories(caller: Caller) -> None:
    caller.github.create_repository("acme/hidden", FILES, visibility="private")
    assert (await caller.call("GET", "/repos/acme/hidden")).body["private"] is True
    assert (await caller.call("GET", "/installation/repositories?per_page=1")).body["total_count"] == 2


async def test_pages_are_linked(caller: Caller) -> None:
    for name in ("one", "two"):
        caller.github.create_repository(f"acme/{name}", FILES)
    first = await caller.call("GET", "/installation/repositories?per_page=2")
    assert 'rel="next"' in first.headers["Link"]
    assert 'rel="last"' in first.headers["Link"]
    last = await caller.call("GET", "/installation/repositories?per_page=2&page=2")
    assert [one["name"] for one in last.body["repositories"]] == ["two"]
    assert 'rel="next"' not in last.headers["Link"]
    assert "Link" not in (await caller.call("GET", "/installation/repositories")).headers


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"permissions": {"administration": "write"}}, "permissions requested are not granted"),
        ({"permissions": {"contents": "write", "deployments": "read"}}, "permissions requested are not granted"),
        ({"repositories": ["nothing"]}, "at least one repository that does not exist"),
        ({"repository_ids": [99]}, "at least one repository that does not exist"),
    ],
)
async def test_a_token_cannot_be_widened(caller: Caller, body: dict[str, Any], message: str) -> None:
    path = f"/app/installations/{caller.installed.id}/access_tokens"
    reply = await caller.call("POST", path, body, auth=caller.jwt())
    assert reply.status == 422
    assert message in reply.message


async def test_a_token_ends_after_an_hour(judge: Judge, caller: Caller) -> None:
    token = await caller.token()
    [record] = [one for one in caller.github.site.tokens.minted() if one.value == token]
    caller.github.site.world.clock = lambda: record.expires_at - 1
    assert (await caller.tool("GET", "", auth=token)).status == 200
    caller.github.site.world.clock = lambda: record.expires_at
    reply = await caller.tool("GET", "", auth=token)
    assert (reply.status, reply.message) == (401, "Bad credentials")


async def test_a_revoked_token_is_dead(caller: Caller) -> None:
    token = await caller.token()
    caller.github.site.tokens.revoke(token)
    assert (await caller.tool("GET", "", auth=token)).status == 401


@pytest.mark.parametrize("scheme", ["Bearer", "token", "bearer"])
async def test_schemes_of_a_token(caller: Caller, scheme: str) -> None:
    headers = {"Authorization": f"{scheme} {await caller.token()}"}
    assert (await caller.call("GET", "/installation/repositories", auth="", headers=headers)).status == 200


@pytest.mark.parametrize("login", ["x-access-token", "anything"])
async def test_a_token_may_be_a_password(caller: Caller, login: str) -> None:
    pair = base64.b64encode(f"{login}:{await caller.token()}".encode()).decode()
    headers = {"Authorization": f"Basic {pair}"}
    assert (await caller.call("GET", "/installation/repositories", auth="", headers=headers)).status == 200


@pytest.mark.parametrize("header", ["Basic %%%", "Digest x", "Bearer ", "Basic eA=="])
async def test_other_schemes_are_refused(caller: Caller, header: str) -> None:
    reply = await caller.call("GET", "/repos/acme/tool", auth="", headers={"Authorization": header})
    assert (reply.status, reply.message) == (401, "Bad credentials")


async def test_tokens_may_be_long(caller: Caller) -> None:
    caller.github.site.tokens.long = True
    token = await caller.token()
    assert len(token) == 520
    assert token.startswith("ghs_")
    assert (await caller.tool("GET", "", auth=token)).status == 200


async def test_suspended_and_removed_installations(caller: Caller) -> None:
    token = await caller.token()
    path = f"/app/installations/{caller.installed.id}/access_tokens"
    caller.github.suspend(caller.installed)
    for reply in (await caller.tool("GET", "", auth=token), await caller.call("POST", path, auth=caller.jwt())):
        assert (reply.status, reply.message) == (403, "This installation has been suspended")
    caller.github.unsuspend(caller.installed)
    assert (await caller.tool("GET", "", auth=token)).status == 200
    caller.github.uninstall(caller.installed)
    assert (await caller.tool("GET", "", auth=token)).status == 401
    assert (await caller.call("POST", path, auth=caller.jwt())).status == 404
    assert (await caller.call("GET", "/orgs/acme/installation", auth=caller.jwt())).status == 404


async def test_a_permission_that_is_taken_away_is_gone_at_once(caller: Caller) -> None:
    token = await caller.token()
    caller.github.accept_permissions(caller.installed, {"metadata": "read", "contents": "read"})
    assert (await caller.tool("POST", "/git/blobs", {"content": "x"}, auth=token)).status == 403


async def test_a_jwt_is_no_token_and_a_token_no_jwt(caller: Caller) -> None:
    assert (await caller.tool("POST", "/git/blobs", {"content": "x"}, auth=caller.jwt())).status == 403
    assert (await caller.call("GET", "/installation/repositories", auth=caller.jwt())).status == 403
    assert (await caller.call("GET", "/app", auth=await caller.token())).status == 401


async def test_the_public_is_read_by_anybody_and_written_by_nobody(caller: Caller) -> None:
    caller.github.create_repository("alice/hers", FILES)
    caller.github.create_repository("alice/secret", FILES, visibility="private")
    assert (await caller.call("GET", "/repos/alice/hers/contents/pyproject.toml")).status == 200
    assert (await caller.call("GET", "/repos/alice/hers", auth="")).status == 200
    assert (await caller.call("GET", "/repos/alice/secret", auth="")).status == 404
    assert (await caller.call("GET", "/repos/alice/secret")).status == 404
    assert (await caller.call("POST", "/repos/alice/hers/git/blobs", {"content": "x"})).status == 403
    assert (await caller.call("POST", "/repos/alice/hers/git/blobs", {"content": "x"}, auth="")).status == 401


async def test_a_personal_token_reaches_what_its_owner_reaches(caller: Caller) -> None:
    token = caller.github.personal_token("alice")
    caller.github.create_repository("alice/secret", FILES, visibility="private")
    assert (await caller.call("GET", "/repos/alice/secret", auth=token)).status == 200
    assert (await caller.call("GET", "/user", auth=token)).body["login"] == "alice"
    caller.github.create_user("bob")
    stranger = caller.github.personal_token("bob")
    assert (await caller.call("GET", "/repos/alice/secret", auth=stranger)).status == 404


async def test_a_manifest_becomes_an_app_once(caller: Caller) -> None:
    manifest: dict[str, object] = {
        "name": "second",
        "url": "http://x.test",
        "default_permissions": {"contents": "read"},
    }
    code = caller.github.confirm_manifest("acme", manifest)
    made = await caller.call("POST", f"/app-manifests/{code}/conversions", auth="")
    assert made.status == 201
    assert made.body["pem"].startswith("-----BEGIN RSA PRIVATE KEY-----")
    assert (await caller.call("POST", f"/app-manifests/{code}/conversions", auth="")).status == 404
