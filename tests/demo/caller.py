"""Somebody who calls the GitHub on localhost as a client would, with short words for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import aiohttp
import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bot.demo.github import Credentials, Installation, LocalGitHub, Repository

ALL = {"contents": "write", "pull_requests": "write", "workflows": "write", "issues": "write", "checks": "write"}
ALL |= {"actions": "read", "secrets": "read", "environments": "read", "dependabot_secrets": "read"}
ALL |= {"organization_secrets": "read"}
EVENTS = ("push", "pull_request", "repository", "issue_comment", "workflow_run")
FILES: Mapping[str, str | bytes] = {"pyproject.toml": '[project]\nname = "tool"\n', "src/tool/__init__.py": "x = 1\n"}
WORKFLOW = ".github/workflows/publish.yml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    status: int
    body: Any
    """Decoded JSON, or text."""
    headers: Mapping[str, str] = field(repr=False)

    @property
    def message(self) -> str:
        """What went wrong, details included."""
        details = [str(one.get("message", one.get("field"))) for one in self.body.get("errors", [])]
        return " | ".join([self.body["message"], *details])


@dataclass(slots=True, kw_only=True)
class Caller:
    github: LocalGitHub
    session: aiohttp.ClientSession
    keys: Credentials
    installed: Installation
    held: str = ""

    @property
    def repository(self) -> Repository:
        return self.github.repository("acme/tool")

    def jwt(self, **claims: object) -> str:
        """A good one but for what is given."""
        now = int(self.github.site.world.clock())
        good: dict[str, object] = {"iss": str(self.keys.app.id), "iat": now - 60, "exp": now + 540}
        wanted = {name: value for name, value in (good | claims).items() if value is not None}
        # PyJWT refuses to write an issuer that is no string; some tests want exactly that.
        return jwt.PyJWS().encode(json.dumps(wanted).encode(), _key(self.keys.private_key), algorithm="RS256")

    async def token(self, **narrow: object) -> str:
        """A new installation token."""
        path = f"/app/installations/{self.installed.id}/access_tokens"
        reply = await self.call("POST", path, narrow or None, auth=self.jwt())
        assert reply.status == 201, reply.body
        return str(reply.body["token"])

    async def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        auth: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """By default with one unnarrowed token; `auth=""` calls without a credential."""
        if auth is None:
            auth = self.held = self.held or await self.token()
        sent = dict(headers or {}) | ({"Authorization": f"Bearer {auth}"} if auth else {})
        url = path if path.startswith("http") else self.github.url + path
        async with self.session.request(method, url, json=body, headers=sent, allow_redirects=False) as response:
            text = await response.text()
            is_json = "json" in response.content_type
            found = json.loads(text) if text and is_json else text
            return Reply(status=response.status, body=found, headers=response.headers.copy())

    async def tool(self, method: str, path: str, body: object = None, *, auth: str | None = None) -> Reply:
        """Below `/repos/acme/tool`."""
        return await self.call(method, "/repos/acme/tool" + path, body, auth=auth)

    async def ask(self, query: str, *, auth: str | None = None, **variables: object) -> Reply:
        """GraphQL."""
        body = {"query": query, "variables": variables}
        return await self.call("POST", self.github.graphql_url, body, auth=auth)

    async def commit(
        self, files: Mapping[str, str | None], *, parent: str | None = None, auth: str | None = None
    ) -> str:
        """A commit on no branch yet, made as the bot makes it."""
        parent = parent or self.repository.head
        tree = await self.tool("GET", f"/git/commits/{parent}", auth=auth)
        entries = [_entry(path, text) for path, text in files.items()]
        body = {"base_tree": tree.body["tree"]["sha"], "tree": entries}
        made = await self.tool("POST", "/git/trees", body, auth=auth)
        assert made.status == 201, made.body
        body = {"message": "Change", "tree": made.body["sha"], "parents": [parent]}
        reply = await self.tool("POST", "/git/commits", body, auth=auth)
        assert reply.status == 201, reply.body
        return str(reply.body["sha"])

    async def branch(self, name: str, files: Mapping[str, str | None] | None = None) -> str:
        """A branch with one commit on top of the default branch."""
        oid = await self.commit(files or {WORKFLOW: "on: push\n"})
        reply = await self.tool("POST", "/git/refs", {"ref": f"refs/heads/{name}", "sha": oid})
        assert reply.status == 201, reply.body
        return oid

    async def pull(self, branch: str = "topic") -> Reply:
        """A pull request from a new branch."""
        await self.branch(branch)
        return await self.tool("POST", "/pulls", {"title": "Change", "head": branch, "base": "main", "body": "Why"})


@cache
def _key(pem: str) -> RSAPrivateKey:
    """Checking a key takes a tenth of a second, and all tests have the same one."""
    key = load_pem_private_key(pem.encode(), None)
    assert isinstance(key, RSAPrivateKey)
    return key


def _entry(path: str, text: str | None) -> dict[str, object]:
    entry: dict[str, object] = {"path": path, "mode": "100644", "type": "blob"}
    return entry | ({"sha": None} if text is None else {"content": text})
