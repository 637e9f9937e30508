"""What a ref is: its style, and which version of the action it stands for."""

from __future__ import annotations

import re
from enum import Enum, auto

from msgspec import Struct
from msgspec.structs import replace

from bot.bumping.catalogue import Action, Tag
from bot.bumping.comments import Comment
from bot.bumping.places import Place
from bot.bumping.versions import Version, read_version

_SHA = re.compile(r"[0-9a-f]{40}\Z")
_SHORT = re.compile(r"(?=[0-9a-f]*\d)[0-9a-f]{7,39}\Z")


class Style(Enum):
    FLOATING = auto()
    """`v4` or `v4.1`: fewer numbers than a full version."""
    EXACT = auto()
    COMMIT = auto()
    SHORT = auto()
    """The beginning of a commit's id, which GitHub resolves no more."""
    BRANCH = auto()
    OTHER = auto()
    """A word of which nobody knows what it is: a branch that is not listed, or a tag that is no version."""


class Trouble(Enum):
    """What is wrong with a ref by itself."""

    NONE = auto()
    TAG_OBJECT = auto()
    """The id of an annotated tag and not of the commit that it points to."""
    SHORT = auto()
    MISSING = auto()
    """Neither a tag nor a branch."""


# An attribute of an enumeration costs as much as a call.
_FLOATING, _EXACT, _COMMIT, _BRANCH = Style.FLOATING, Style.EXACT, Style.COMMIT, Style.BRANCH
_SOUND = Trouble.NONE


class Pin(Struct, frozen=True, kw_only=True):
    """A ref understood. `version` is None where nothing says which it is."""

    style: Style
    version: Version | None
    trouble: Trouble = _SOUND
    tag: Tag | None = None
    """The tag that it is, or whose commit it is."""


def read_pin(place: Place, action: Action, *, live: bool) -> Pin:
    """What the ref of a place is, going by the tags and branches of `action`.

    `live`: GitHub was asked just now. What a snapshot does not list may have been made since.
    """
    ref = place.uses.ref
    if len(ref) == 40 and _SHA.match(ref):
        return _commit(ref, place.comment, action)
    if ref in action.branches:
        return Pin(style=_BRANCH, version=None)
    version = read_version(ref)
    if version is not None:
        return _named(ref, version, action, live=live)
    unlisted = action.complete and ref not in action.by_name
    if unlisted and _SHORT.match(ref):
        return _short(ref, action)
    return Pin(style=Style.OTHER, version=None, trouble=Trouble.MISSING if unlisted and live else Trouble.NONE)


def at_head(pin: Pin, branch: str, action: Action) -> Pin:
    """A branch as what stands at its head today, where a tag says which version that is."""
    tag = full_tag(action.branches[branch], action)
    return pin if tag is None else replace(pin, version=tag.version, tag=tag)


def full_tag(commit: str, action: Action) -> Tag | None:
    """The tag of a commit that says most: the full version, and the highest where there are several."""
    known = [(version, tag) for tag in action.by_commit.get(commit, ()) if (version := tag.version) is not None]
    return max(known, key=lambda pair: (len(pair[0].numbers), pair[0].order))[1] if known else None


def is_told_right(named: Version, commit: str, action: Action) -> bool:
    """Claims that a commit is of the version that is said to be: one of its tags is it, or lies below it."""
    return any(named.includes(version) for tag in action.by_commit.get(commit, ()) if (version := tag.version))


def _commit(ref: str, comment: Comment | None, action: Action) -> Pin:
    annotated = action.by_object.get(ref)
    if annotated is not None:
        best = full_tag(annotated.commit, action) or annotated
        return Pin(style=_COMMIT, version=best.version, trouble=Trouble.TAG_OBJECT, tag=best)
    tag = full_tag(ref, action)
    if tag is not None:
        return Pin(style=_COMMIT, version=tag.version, tag=tag)
    # A version newer than all that we know of, or one of which we know nothing: the comment is believed, and nothing
    # that is written rests on it but that no lower version takes its place.
    return Pin(style=_COMMIT, version=comment.version if comment is not None else None)


def _named(ref: str, version: Version, action: Action, *, live: bool) -> Pin:
    tag = action.by_name.get(ref)
    style = _EXACT if len(version.numbers) >= action.width else _FLOATING
    missing = tag is None and action.complete and live
    return Pin(style=style, version=version, trouble=Trouble.MISSING if missing else _SOUND, tag=tag)


def _short(ref: str, action: Action) -> Pin:
    found = [commit for commit in action.by_commit if commit.startswith(ref)]
    tag = full_tag(found[0], action) if len(found) == 1 else None
    return Pin(style=Style.SHORT, version=tag.version if tag else None, trouble=Trouble.SHORT, tag=tag)
