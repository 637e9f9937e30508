"""What becomes of an action at a ref, as far as its name alone tells: which version it is, which is newest, what ends.

For lists over many repositories; what a repository's own line says, and whether it can be raised there, is `judge`'s.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.bumping.catalogue import Action, Catalogue, Tag
from bot.bumping.pins import full_tag
from bot.bumping.reasons import Reason, reason_of
from bot.bumping.versions import Version, read_version


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """`version` and `newest` are None where nobody knows."""

    version: Version | None = None
    newest: Version | None = None
    reason: Reason | None = None


def outlook(name: str, ref: str, comment: str, catalogue: Catalogue) -> Outlook:
    """Of `name@ref`; `comment` is the version that stands beside it, believed only where nothing else is known."""
    action = catalogue.get(name)
    if action is None:
        version = read_version(ref) or read_version(comment)
        return Outlook(version=version, reason=reason_of(name, version, None, None))
    tag = action.by_name.get(ref) or full_tag(ref, action)
    version = (tag.version if tag is not None else None) or read_version(ref) or read_version(comment)
    newest = action.releases[0] if action.releases else None
    newer_using = _using(action, newest[1], newest[0]) if newest is not None else None
    return Outlook(
        version=version,
        newest=newest[0] if newest is not None else None,
        reason=reason_of(name, version, _using(action, tag, version), newer_using),
    )


def _using(action: Action, tag: Tag | None, version: Version | None) -> str | None:
    """What it runs on; for a version of which no tag is known, what the newest of its major version does."""
    if tag is not None and tag.using is not None:
        return tag.using
    manifest = action.manifest("", tag) if tag is not None else None
    if manifest is None and version is not None:
        manifest = action.manifests.get(f"v{version.major}")
    return manifest.using if manifest is not None else None
