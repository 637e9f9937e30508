"""The answers of an index, reduced to what we need: from bytes to small structs, and from these to facts.

Readers raise msgspec.MsgspecError for bytes of another shape.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

import msgspec

from bot.model import Attested, IndexFacts
from bot.released import MOST_UPLOADS, Released

_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")
_MOST_OWNERS = 20


# ---------------------------------------------------------------- /pypi/<name>/json


class _Info(msgspec.Struct):
    home_page: str | None = None
    project_urls: dict[str, str | None] | None = None


class _Role(msgspec.Struct):
    role: str
    user: str


class _Ownership(msgspec.Struct):
    roles: list[_Role] = []
    organization: str | None = None


class _Answer(msgspec.Struct):
    info: _Info
    ownership: _Ownership | None = None


class Page(msgspec.Struct, frozen=True):
    exists: bool = True
    repositories: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    organization: str | None = None


def read_page(body: bytes, web_host: str | None) -> Page:
    """Repositories on `web_host` that the project links to, and who owns it."""
    answer = msgspec.json.decode(body, type=_Answer)
    ownership = answer.ownership or _Ownership()
    owners = [role.user for role in ownership.roles if role.role == "Owner" and _LOGIN.match(role.user)]
    organization = ownership.organization
    return Page(
        repositories=tuple(sorted(_repositories(answer.info, web_host))),
        owners=tuple(owners[:_MOST_OWNERS]),
        organization=organization if organization and _LOGIN.match(organization) else None,
    )


def facts(name: str, page: Page | None) -> IndexFacts:
    if page is None:
        return IndexFacts(name=name, exists=None)
    return IndexFacts(
        name=name,
        exists=page.exists,
        repositories=frozenset(page.repositories),
        owners=page.owners,
        organization=page.organization,
    )


def _repositories(info: _Info, web_host: str | None) -> frozenset[str]:
    urls: Iterable[str | None] = (info.home_page, *(info.project_urls or {}).values())
    return frozenset(name for url in urls if url and (name := _repository(url, web_host)) is not None)


def _repository(url: str, web_host: str | None) -> str | None:
    if host(url) != web_host:
        return None
    parts = urlsplit(url).path.strip("/").split("/")
    if len(parts) < 2 or not all(parts[:2]):
        return None
    return f"{parts[0]}/{parts[1].removesuffix('.git')}".lower()


def host(url: str) -> str | None:
    """Host and port of an address, without `www.`; None when it has none."""
    try:
        parts = urlsplit(url)
        name, port = parts.hostname, parts.port
    except ValueError:
        return None
    if name is None:
        return None
    name = name.removeprefix("www.")
    return name if port is None else f"{name}:{port}"


# ---------------------------------------------------------------- /simple/<name>/


class _File(msgspec.Struct, rename="kebab"):
    upload_time: str | None = None
    provenance: str | None = None


class _Simple(msgspec.Struct):
    files: list[_File]


class Listing(msgspec.Struct, frozen=True):
    """`uploads`: seconds since 1970, newest first; `provenance`: its address for the newest file that has one."""

    exists: bool = True
    uploads: tuple[float, ...] = ()
    provenance: str | None = None
    attested_at: float | None = None


def read_listing(body: bytes) -> Listing:
    """When files came, and where the newest provenance is."""
    files = [(_seconds(each.upload_time), each.provenance) for each in msgspec.json.decode(body, type=_Simple).files]
    dated = sorted(((at, address or "") for at, address in files if at is not None), reverse=True)
    newest = next(((at, address) for at, address in dated if address), None)
    return Listing(
        uploads=tuple(at for at, _ in dated[:MOST_UPLOADS]),
        provenance=newest[1] if newest else None,
        attested_at=newest[0] if newest else None,
    )


def _seconds(moment: str | None) -> float | None:
    try:
        return datetime.fromisoformat(moment).timestamp() if moment else None
    except (ValueError, OverflowError):
        return None


# ---------------------------------------------------------------- /integrity/.../provenance


class _Publisher(msgspec.Struct):
    kind: str
    repository: str = ""
    workflow: str = ""
    environment: str | None = None


class _Bundle(msgspec.Struct):
    publisher: _Publisher


class _Integrity(msgspec.Struct):
    attestation_bundles: list[_Bundle]


class Provenance(msgspec.Struct, frozen=True):
    """The first publisher of GitHub's that vouches for a file; empty when there is none."""

    repository: str = ""
    workflow: str = ""
    environment: str | None = None


def read_provenance(body: bytes) -> Provenance:
    publishers = [bundle.publisher for bundle in msgspec.json.decode(body, type=_Integrity).attestation_bundles]
    found = next((each for each in publishers if each.kind == "GitHub"), None)
    if found is None:
        return Provenance()
    return Provenance(repository=found.repository, workflow=found.workflow, environment=found.environment or None)


def released(name: str, listing: Listing, provenance: Provenance | None) -> Released:
    attested = None
    if provenance is not None and provenance.repository and provenance.workflow:
        attested = Attested(
            repository=provenance.repository,
            workflow=provenance.workflow,
            environment=provenance.environment,
            at=listing.attested_at or 0.0,
        )
    return Released(name=name, exists=listing.exists, uploads=listing.uploads, attested=attested)
