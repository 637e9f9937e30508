"""What changes an index: exchanging an identity token, and uploading a file.

Errors say what PyPI says: https://docs.pypi.org/trusted-publishers/troubleshooting/. Identity tokens are not verified:
this index takes the word of whoever reaches it on loopback.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping

from aiohttp import web

from bot.demo.pypi.shelves import Shelf
from bot.demo.pypi.state import ApiToken, State, StoredFile

_UNKNOWN = "valid token, but no corresponding publisher (Publisher with matching claims was not found)"


def identity_token(claims: Mapping[str, str]) -> str:
    """A JSON Web Token with these claims and no signature."""
    parts = ({"alg": "none", "typ": "JWT"}, dict(claims))
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + "."


async def mint(state: State, request: web.Request) -> web.Response:
    """`POST /_/oidc/mint-token`: an API token for all projects of the publisher that the claims match."""
    try:
        claims = _claims(str((await request.json())["token"]))
    except (ValueError, KeyError, TypeError):
        return _refused("invalid-payload", "malformed JWT")
    for publisher in dict.fromkeys(one for project in state.projects.values() for one in project.publishers):
        if publisher.matches(claims):
            projects = frozenset(name for name, one in state.projects.items() if publisher in one.publishers)
            token = state.mint(projects, publisher)
            return web.json_response({"success": True, "token": token.secret, "expires": 900})
    return _refused("invalid-publisher", _UNKNOWN)


def _claims(token: str) -> Mapping[str, str]:
    payload = token.split(".")[1]
    try:
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except binascii.Error as error:
        raise ValueError("no base64") from error
    return {str(name): str(value) for name, value in dict(claims).items()}


def _refused(code: str, description: str) -> web.Response:
    error = {"code": code, "description": description}
    return web.json_response({"message": "Token request failed", "errors": [error]}, status=422)


async def upload(state: State, shelf: Shelf, request: web.Request, now: float) -> web.Response:
    """`POST /legacy/`, as twine sends it: https://docs.pypi.org/api/upload/. The file is put where files lie."""
    token = _token(state, request)
    if token is None:
        return web.Response(status=403, reason="Invalid or non-existent authentication information.")
    form = await request.post()
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    sent = form.get("content")
    if not isinstance(sent, web.FileField):
        return web.Response(status=400, reason="Upload payload does not have a file.")
    filename, content = sent.filename, sent.file.read()
    project = state.project(fields.get("name", ""))
    if project is None or project.name not in token.projects:
        return web.Response(status=403, reason=f"The user isn't allowed to upload to project '{fields.get('name')}'.")
    if not await shelf.put(fields, filename, content):
        digest = hashlib.blake2b(content, digest_size=32).hexdigest()
        return web.Response(status=400, reason=f"File already exists ('{filename}', with blake2_256 hash '{digest}').")
    attested = token.publisher is not None and "attestations" in fields
    project.files.append(
        StoredFile(
            filename=filename,
            version=fields.get("version", ""),
            size=len(content),
            uploaded_at=now,
            publisher=token.publisher if attested else None,
        )
    )
    return web.Response(text="OK")


def _token(state: State, request: web.Request) -> ApiToken | None:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    try:
        login, _, password = base64.b64decode(given).decode().partition(":")
    except ValueError:  # no base64, or no text
        return None
    return state.tokens.get(password) if (scheme.lower(), login) == ("basic", "__token__") else None
