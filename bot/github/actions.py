"""What GitHub knows of a repository of actions: its refs in one request that is free while nothing changed, and in a
second one what the tags peel to, when they were released, and the `action.yml` of some of them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from bot.errors import Conflict, Gone
from bot.github.access import Access
from bot.github.graphql import query
from bot.github.wire import Request, fit
from bot.model import Visibility

MOST_REFS = 3_000
"""Tags of one repository; of more, the last ones by name are not looked at."""
AT_ONCE = 250
"""Objects that one GraphQL request asks for."""
_SHA = re.compile(r"[0-9a-f]{40}\Z")
_FILES = ("action.yml", "action.yaml")
_HEADS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Refs:
    """The tags of a repository: name -> id of the commit or tag object that it points to. None: as they were."""

    tags: Mapping[str, tuple[str, bool]] | None
    """The flag says that it is a tag object."""
    etag: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    published_at: float
    """Seconds since the epoch."""
    prerelease: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What the refs alone do not say."""

    name: str
    """`owner/repo` as GitHub spells it today."""
    archived: bool
    visibility: Visibility
    branches: Mapping[str, str]
    complete: bool
    """All branches are listed."""
    releases: Mapping[str, Release] = field(default_factory=dict)
    """By tag; the newest hundred."""
    peeled: Mapping[str, str] = field(default_factory=dict)
    """Id of a tag object -> the commit that it finally points to."""
    manifests: Mapping[tuple[str, str], str | None] = field(default_factory=dict)
    """(Path, commit or tag) -> the text of its action.yml; None where there is none."""


class _Object(msgspec.Struct, frozen=True):
    sha: str
    type: str


class _Ref(msgspec.Struct, frozen=True):
    ref: str
    object: _Object


async def read_refs(access: Access, owner: str, name: str, etag: str | None) -> Refs:
    """The tags, or that they are as they were. Raises Gone.

    https://docs.github.com/en/rest/git/refs#list-matching-references
    """
    values: dict[str, str | int] = {"owner": owner, "repo": name, "ref": "tags/"}
    request = Request(method="GET", path="/repos/{owner}/{repo}/git/matching-refs/{+ref}", values=values, etag=etag)
    try:
        answer = await access.send(request)
    except Conflict:  # "Git Repository is empty."
        return Refs(tags={}, etag=None)
    if answer.unchanged:
        return Refs(tags=None, etag=etag)
    found = answer.fit(tuple[_Ref, ...])[:MOST_REFS]
    tags = {one.ref.removeprefix("refs/tags/"): (one.object.sha, one.object.type == "tag") for one in found}
    return Refs(tags=tags, etag=answer.etag)


class _Blob(msgspec.Struct, frozen=True):
    text: str | None = None


class _Oid(msgspec.Struct, frozen=True):
    oid: str


class _Head(msgspec.Struct, frozen=True):
    name: str
    target: _Oid | None = None


class _Heads(msgspec.Struct, frozen=True, rename="camel"):
    total_count: int
    nodes: tuple[_Head | None, ...] | None = None


class _Published(msgspec.Struct, frozen=True, rename="camel"):
    tag_name: str
    published_at: datetime | None = None
    is_prerelease: bool = False
    is_draft: bool = False


class _Releases(msgspec.Struct, frozen=True):
    nodes: tuple[_Published | None, ...] | None = None


class _Facts(msgspec.Struct, frozen=True, rename="camel"):
    name_with_owner: str
    is_archived: bool
    visibility: str
    heads: _Heads
    releases: _Releases


class _Peeled(msgspec.Struct, frozen=True):
    oid: str
    target: _Peeled | None = None


class _Data(msgspec.Struct, frozen=True):
    repository: dict[str, object] | None = None


async def read_details(
    access: Access, owner: str, name: str, objects: Sequence[str], manifests: Collection[tuple[str, str]]
) -> Details:
    """One request, or one for each `AT_ONCE` objects. Raises Gone.

    `objects`: ids of tag objects to peel. `manifests`: (path, commit or tag) of the action.yml to read.
    """
    questions = [*_peelings(objects), *_readings(manifests)]
    found: dict[str, object] = {}
    for start in range(0, max(len(questions), 1), AT_ONCE):
        document = _document(questions[start : start + AT_ONCE], facts=start == 0)
        variables = {"owner": owner, "name": name}
        answer = (await query(access, document, variables, _Data, partial=True)).repository
        if answer is None:
            raise Gone("the repository is not there, or not ours to see", status=404)
        found.update(answer)
    return _details(found, objects, list(manifests))


def _document(questions: Sequence[str], *, facts: bool) -> str:
    about = (
        "nameWithOwner isArchived visibility\n"
        f'heads: refs(refPrefix: "refs/heads/", first: {_HEADS}) {{ totalCount nodes {{ name target {{ oid }} }} }}\n'
        "releases(first: 100, orderBy: {field: CREATED_AT, direction: DESC}) "
        "{ nodes { tagName publishedAt isPrerelease isDraft } }\n"
        if facts
        else ""
    )
    return (
        "query Action($owner: String!, $name: String!) { repository(owner: $owner, name: $name) {\n"
        + about
        + "\n".join(questions)
        + "\n} }"
    )


def _peelings(objects: Sequence[str]) -> Iterator[str]:
    """A tag of a tag is peeled twice, which is as deep as anybody goes."""
    for number, oid in enumerate(objects):
        if _SHA.match(oid):
            inner = "... on Tag { target { oid ... on Tag { target { oid } } } }"
            yield f'p{number}: object(oid: "{oid}") {{ oid {inner} }}'


def _readings(manifests: Collection[tuple[str, str]]) -> Iterator[str]:
    for number, (path, revision) in enumerate(manifests):
        for choice, file in enumerate(_FILES):
            place = msgspec.json.encode(f"{revision}:{path}/{file}" if path else f"{revision}:{file}").decode()
            yield f"m{number}x{choice}: object(expression: {place}) {{ ... on Blob {{ text }} }}"


def _details(found: Mapping[str, object], objects: Sequence[str], manifests: Sequence[tuple[str, str]]) -> Details:
    facts = fit(found, _Facts)
    visibility = facts.visibility.lower()
    heads = [head for head in facts.heads.nodes or () if head is not None and head.target is not None]
    return Details(
        name=facts.name_with_owner,
        archived=facts.is_archived,
        visibility=Visibility(visibility) if visibility in set(Visibility) else Visibility.UNKNOWN,
        branches={head.name: head.target.oid for head in heads if head.target is not None},
        complete=facts.heads.total_count <= _HEADS,
        releases={
            one.tag_name: Release(published_at=one.published_at.timestamp(), prerelease=one.is_prerelease)
            for one in facts.releases.nodes or ()
            if one is not None and one.published_at is not None and not one.is_draft
        },
        peeled={oid: commit for number, oid in enumerate(objects) if (commit := _peeled(found.get(f"p{number}")))},
        manifests={key: _text(found, number) for number, key in enumerate(manifests)},
    )


def _peeled(value: object) -> str | None:
    if value is None:
        return None
    node = fit(value, _Peeled)
    while node.target is not None:
        node = node.target
    return node.oid


def _text(found: Mapping[str, object], number: int) -> str | None:
    for choice in range(len(_FILES)):
        value = found.get(f"m{number}x{choice}")
        if value is not None and (text := fit(value, _Blob).text) is not None:
            return text
    return None


class _Package(msgspec.Struct, frozen=True):
    ecosystem: str
    name: str | None = None


class _Vulnerability(msgspec.Struct, frozen=True):
    package: _Package | None = None
    vulnerable_version_range: str | None = None
    first_patched_version: str | None = None


class _Advisory(msgspec.Struct, frozen=True):
    ghsa_id: str
    vulnerabilities: tuple[_Vulnerability, ...] | None = None
    withdrawn_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """One action's versions that an advisory names."""

    id: str
    action: str
    vulnerable: str
    patched: str | None


async def read_advisories(access: Access) -> tuple[Warned, ...]:
    """The reviewed advisories on actions: https://docs.github.com/en/rest/security-advisories/global-advisories"""
    values: dict[str, str | int] = {"ecosystem": "actions", "type": "reviewed", "per_page": 100}
    request = Request(method="GET", path="/advisories{?ecosystem,type,per_page}", values=values)
    return tuple(
        [
            Warned(
                id=one.ghsa_id,
                action=each.package.name,
                vulnerable=each.vulnerable_version_range or "",
                patched=each.first_patched_version,
            )
            async for page in access.pages(request)
            for one in page.fit(tuple[_Advisory, ...])
            if one.withdrawn_at is None
            for each in one.vulnerabilities or ()
            if each.package is not None and each.package.name is not None
        ]
    )
