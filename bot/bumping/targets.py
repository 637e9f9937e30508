"""Which version a pin is raised to, and how the new ref and its comment are written."""

from __future__ import annotations

from msgspec import Struct

from bot.bumping.catalogue import Action, Advisory, Catalogue, Manifest, Tag
from bot.bumping.changes import highest_made
from bot.bumping.pins import Pin, Style, is_told_right
from bot.bumping.places import Place
from bot.bumping.policy import Policy
from bot.bumping.ranges import in_range
from bot.bumping.versions import Version, read_version
from bot.config import Pins

DAY = 86400.0
# An attribute of an enumeration costs as much as a call.
_FLOATING, _COMMIT, _SHORT, _BRANCH = Style.FLOATING, Style.COMMIT, Style.SHORT, Style.BRANCH


class Target(Struct, frozen=True, kw_only=True):
    """A version to go to. `newest`: a higher one that is out and is left to people, if there is one."""

    version: Version
    tag: Tag
    manifest: Manifest | None
    newest: Version | None = None


class Written(Struct, frozen=True, kw_only=True):
    """The text of `uses:` and of its comment (None: as it is), and what has to be said of it."""

    text: str
    comment: str | None
    said: str | None = None


def choose(
    place: Place, pin: Pin, action: Action, catalogue: Catalogue, policy: Policy, *, without: str | None = None
) -> Target | None:
    """The newest version that may be gone to; the present one where it is the newest; None where there is none.

    `without`: what the runner may not have, so that no version which runs on it is gone to.
    """
    newest: Version | None = None
    limit = 0
    least = pin.version.order if pin.version is not None else ()
    for version, tag in action.releases:
        if newest is not None and version.numbers[0] > limit:
            continue
        if version.order < least:
            return None  # all that follow are lower still
        manifest = action.manifest(place.uses.path, tag)
        is_read = place.is_workflow or (manifest is not None and manifest.using is not None)  # and is an action there
        if not is_read or not _is_open((version, tag), action, catalogue, policy):
            continue
        if newest is None:
            newest = version
            made = highest_made(action.name, pin.version, newest.major)
            limit = made if policy.majors or pin.version is None else pin.version.major
        refused = without is not None and manifest is not None and manifest.using == without
        if version.numbers[0] <= limit and not refused:
            left = newest if newest.major > version.major else None
            return Target(version=version, tag=tag, manifest=manifest, newest=left)
    return None


def vulnerable(catalogue: Catalogue, action: Action, version: Version | None) -> Advisory | None:
    """The reviewed advisory that a version falls under."""
    if version is None or not catalogue.advisories:
        return None
    name = action.name.lower()
    return next(
        (one for one in catalogue.advisories if one.action.lower() == name and in_range(version, one.vulnerable)), None
    )


def write(place: Place, pin: Pin, target: Target, action: Action, policy: Policy) -> Written:
    """A place's new text, in the style that it has, or the one that is asked for."""
    keeps = pin.style is _COMMIT or pin.style is _SHORT
    as_commit = keeps if policy.pins is Pins.KEEP else policy.pins is Pins.SHA
    base = _base(place, action)
    if as_commit:
        return Written(text=f"{base}@{target.tag.commit}", comment=right_comment(place, target.tag, action))
    comment = "" if place.comment is not None and pin.style is _COMMIT else None
    if pin.style is _BRANCH and f"release/v{target.version.major}" in action.branches:
        return Written(text=f"{base}@release/v{target.version.major}", comment=comment)
    if pin.style is not _FLOATING or pin.version is None:
        return Written(text=f"{base}@{target.tag.name}", comment=comment)
    floating = f"{pin.version.prefix}{target.version.cut(len(pin.version.numbers))}"
    if floating in action.by_name:
        return Written(text=f"{base}@{floating}", comment=comment)
    said = f"it has no tag `{floating}`, so `{target.tag.name}` is written out"
    return Written(text=f"{base}@{target.tag.name}", comment=comment, said=said)


def right_comment(place: Place, tag: Tag, action: Action) -> str | None:
    """The comment as it should stand beside a commit of this tag; None where it may stay."""
    comment, version = place.comment, tag.version
    if version is None or (comment is None and not place.commentable):
        return None
    if comment is None:
        return f"# {tag.name}"
    if comment.branch in action.branches and action.branches[comment.branch or ""] == tag.commit:
        return None
    if comment.version is not None and is_told_right(comment.version, tag.commit, action):
        return None
    fresh = comment.naming(_as_precise(comment.numbers, version, tag, action))
    return fresh if fresh != comment.text else None


def _as_precise(numbers: int | None, version: Version, tag: Tag, action: Action) -> str:
    """`v7` for `v4` where that tag exists, else the full version."""
    if numbers is None or numbers >= len(version.numbers):
        return tag.name
    short = f"v{version.cut(numbers)}"
    return short if short in action.by_name else tag.name


def _base(place: Place, action: Action) -> str:
    """`owner/repo/path` as it is written, or under the name that the repository has today."""
    written = place.uses.text.rpartition("@")[0]
    if action.name.lower() == place.name:
        return written
    return f"{action.name}/{place.uses.path}" if place.uses.path else action.name


def _is_open(release: tuple[Version, Tag], action: Action, catalogue: Catalogue, policy: Policy) -> bool:
    """Claims that a version may be gone to: unmoved, old enough, and not ruled out by the maintainers."""
    version, tag = release
    if tag.moved or not policy.allows(version):
        return False
    return action.age(tag, catalogue.now) >= policy.cooldown * DAY or mends_a_hole(version, action, catalogue)


def mends_a_hole(version: Version, action: Action, catalogue: Catalogue) -> bool:
    """Claims that a reviewed advisory asks for this version: no reason to wait."""
    name = action.name.lower()
    patched = [read_version(one.patched) for one in catalogue.advisories if one.action.lower() == name and one.patched]
    return any(one is not None and one.order == version.order for one in patched)
