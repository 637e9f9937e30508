"""What GitHub said of an action, made into one `Action`: what was seen before counts for when a tag was seen first."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from bot.bumping import Action, Manifest, Tag
from bot.bumping.versions import Version, read_version
from bot.errors import Unparsable
from bot.github import Details
from bot.workflow import read_action
from bot.yaml import parse

MOST_MAJORS = 16
MOST_MANIFESTS = 400
"""Kept of one action; workflows can name any number of commits."""

Tags = Mapping[str, tuple[str, bool]]
"""Name -> id, and whether that is a tag object."""


def newest_of_majors(tags: Collection[str]) -> dict[str, str]:
    """`v7` -> the tag of its newest full version, for the highest majors."""
    versions = [(version, name) for name in tags if (version := read_version(name)) is not None]
    width = max((min(len(version.numbers), 3) for version, _ in versions), default=3)
    best: dict[int, tuple[Version, str]] = {}
    for version, name in versions:
        if len(version.numbers) >= width and (
            version.major not in best or version.order > best[version.major][0].order
        ):
            best[version.major] = (version, name)
    return {f"v{major}": best[major][1] for major in sorted(best, reverse=True)[:MOST_MAJORS]}


def merged(known: Action | None, shipped: Action | None, tags: Tags, details: Details, now: float) -> Action:
    """The action as it stands now. `known`: as it was read before; `shipped`: as our own snapshot has it."""
    peeled = {**_peeled(known), **details.peeled}
    found = tuple(_tags(known, shipped, tags, details, now, peeled))
    return Action(
        name=details.name,
        tags=found,
        branches=details.branches,
        manifests=with_manifests(known.manifests if known is not None else {}, tags, peeled, details),
        seen=now,
        complete=details.complete,
        archived=details.archived,
    )


def unpeeled(known: Action | None, tags: Tags) -> list[str]:
    """The tag objects of which nobody knows what they peel to."""
    have = _peeled(known)
    return sorted({oid for oid, is_object in tags.values() if is_object and oid not in have})


def with_manifests(
    before: Mapping[str, Manifest], tags: Tags, peeled: Mapping[str, str], details: Details
) -> dict[str, Manifest]:
    """Those that were read, under the commit and, for the newest of a major version, under that."""
    majors = {name: major for major, name in newest_of_majors(tags).items()}
    found = dict(before)
    for (path, revision), text in details.manifests.items():
        manifest = read_manifest(text)
        prefix = f"{path}@" if path else ""
        oid, _ = tags.get(revision, (revision, False))
        if len(found) < MOST_MANIFESTS:
            found[prefix + peeled.get(oid, oid)] = manifest
        if revision in majors:
            found[prefix + majors[revision]] = manifest
    return found


def read_manifest(text: str | None) -> Manifest:
    """How an action runs and what it takes; nothing of what cannot be read."""
    if text is None:
        return Manifest()
    try:
        action = read_action("action.yml", parse(text))
    except Unparsable:
        return Manifest()
    return Manifest(using=action.using or None, inputs=frozenset(name.lower() for name in action.inputs))


def _peeled(known: Action | None) -> dict[str, str]:
    return {tag.object: tag.commit for tag in known.tags if tag.object is not None} if known is not None else {}


def _tags(
    known: Action | None,
    shipped: Action | None,
    tags: Tags,
    details: Details,
    now: float,
    peeled: Mapping[str, str],
) -> Iterator[Tag]:
    for name, (oid, is_object) in tags.items():
        commit = peeled.get(oid) if is_object else oid
        if commit is None:
            continue  # it points to no commit
        before = known.by_name.get(name) if known is not None else None
        old = shipped.by_name.get(name) if shipped is not None else None
        release = details.releases.get(name)
        using = next((tag.using for tag in (before, old) if tag is not None and tag.commit == commit), None)
        first = (before.first or before.commit) if before is not None else old.commit if old is not None else commit
        yield Tag(
            name=name,
            commit=commit,
            object=oid if is_object else None,
            using=using,
            seen=release.published_at if release is not None else _seen(before, old, shipped, now),
            prerelease=release is not None and release.prerelease,
            first=first if first != commit else None,
        )


def _seen(before: Tag | None, old: Tag | None, shipped: Action | None, now: float) -> float:
    if before is not None and before.seen is not None:
        return before.seen
    return shipped.seen if old is not None and shipped is not None else now
