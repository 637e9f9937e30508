"""A GitHub that answers what tools for raising actions ask, out of the snapshot that ships with pubflow.

The same facts for all of them: refs, releases, tag objects, over plain HTTP and over TLS, and git's own protocol as far
as a list of refs needs it (https://git-scm.com/docs/protocol-v2#_ls_refs).
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.bumping import Action
from bot.bumping.snapshot import catalogue, shipped

Json = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """Ports on 127.0.0.1, and the file with the authority that signed the TLS one's certificate."""

    plain: int
    secure: int
    authority: Path


def everything(now: float) -> Mapping[str, Action]:
    """Every action of the snapshot, by its name in lower case."""
    return catalogue(shipped(), shipped().actions, now).actions


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[Served]:
    """All of it on loopback; certificates go into `folder`."""
    actions = everything(0.0)

    async def handle(request: web.Request) -> web.StreamResponse:
        return _answer(request, actions)

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(application)
    await runner.setup()
    context, authority = _certificate(folder)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    plain, secure = (address[1] for address in runner.addresses)
    try:
        yield Served(plain=plain, secure=secure, authority=authority)
    finally:
        await runner.cleanup()


def _answer(request: web.Request, actions: Mapping[str, Action]) -> web.Response:
    parts = request.path.removeprefix("/api/v3").strip("/").split("/")
    if parts[-1] == "git-upload-pack":
        action = actions.get("/".join(parts[:2]).removesuffix(".git").lower())
        return _packed_refs(action or Action(name="unknown"))  # to one tool a missing repository is the end of it all
    if parts[0] == "advisories":
        return web.json_response([])
    action = actions.get("/".join(parts[1:3]).lower()) if parts[0] == "repos" else None
    body = _rest(action, parts[3:], request) if action is not None else None
    return web.json_response({"message": "Not Found"}, status=404) if body is None else web.json_response(body)


def _rest(action: Action, parts: list[str], request: web.Request) -> object:  # noqa: C901, PLR0911 - a table of addresses
    rest = "/".join(parts[2:])
    match parts[:2]:
        case []:
            return {"full_name": action.name, "archived": action.archived, "fork": False}
        case ["releases", "latest"]:
            return _release(action, action.releases[0][1].name)
        case ["releases", "tags"]:
            return _release(action, rest)
        case ["releases"]:
            count = int(request.query.get("per_page", "30"))
            return [_release(action, tag.name) for _, tag in action.releases[:count]]
        case ["tags"]:
            count = int(request.query.get("per_page", "30"))
            return [{"name": tag.name, "commit": {"sha": tag.commit}} for _, tag in action.releases[:count]]
        case ["git", "ref"]:
            return _ref(action, f"refs/{rest}")
        case ["git", "matching-refs"]:
            return [_ref(action, f"refs/tags/{tag.name}") for tag in action.tags if f"tags/{tag.name}".startswith(rest)]
        case ["git", "tags"]:
            tag = action.by_object.get(rest)
            return tag and {
                "sha": rest,
                "tag": tag.name,
                "object": {"sha": tag.commit, "type": "commit"},
                **_who(action),
            }
        case ["git", "commits"] | ["commits", _]:
            return {"sha": parts[-1], "message": "", "author": {"date": _day(action)}}
        case ["compare", _]:
            return {"status": "identical"}
    return None


def _release(action: Action, name: str) -> Json | None:
    if name not in {tag.name for _, tag in action.releases}:
        return None
    about: Json = {"tag_name": name, "name": name, "body": "", "draft": False, "prerelease": False, "html_url": ""}
    return {**about, "target_commitish": "main", "published_at": _day(action)}


def _ref(action: Action, name: str) -> Json | None:
    tag = action.by_name.get(name.removeprefix("refs/tags/"))
    head = action.branches.get(name.removeprefix("refs/heads/"))
    if tag is not None and name.startswith("refs/tags/"):
        return {"ref": name, "object": {"sha": tag.object or tag.commit, "type": "tag" if tag.object else "commit"}}
    return {"ref": name, "object": {"sha": head, "type": "commit"}} if head is not None else None


def _who(action: Action) -> Json:
    return {"message": "", "tagger": {"date": _day(action)}}


def _day(action: Action) -> str:
    return datetime.fromtimestamp(action.seen, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _packed_refs(action: Action) -> web.Response:
    lines = [f"{commit} refs/heads/{name}" for name, commit in action.branches.items()]
    for tag in action.tags:
        peeled = f" peeled:{tag.commit}" if tag.object is not None else ""
        lines.append(f"{tag.object or tag.commit} refs/tags/{tag.name}{peeled}")
    body = "".join(f"{len(line) + 5:04x}{line}\n" for line in lines) + "0000"
    return web.Response(body=body.encode(), content_type="application/x-git-upload-pack-result")


def _certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A certificate for this machine alone, signed by an authority that lives as long as the run."""
    above, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root, leaf = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in ("pubflow", "localhost"))
    names: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    constraints = x509.BasicConstraints(ca=True, path_length=0)
    signer = _dated(root, root).public_key(above.public_key()).add_extension(constraints, critical=True)
    signed = _dated(leaf, root).public_key(key.public_key())
    signed = signed.add_extension(x509.SubjectAlternativeName(names), critical=False)
    authority, chain, secret = (folder / name for name in ("authority.pem", "chain.pem", "key.pem"))
    authority.write_bytes(signer.sign(above, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    chain.write_bytes(signed.sign(above, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(chain, secret)
    return context, authority


def _dated(subject: x509.Name, issuer: x509.Name) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer)
    builder = builder.serial_number(x509.random_serial_number())
    return builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
