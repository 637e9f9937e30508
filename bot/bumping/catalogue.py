"""Which versions of actions exist, as far as anybody has looked: values alone, read elsewhere.

Structs of msgspec and not dataclasses: the shipped snapshot holds thousands of tags and is read at every `check`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import msgspec
from msgspec import Struct, field

from bot.bumping.versions import Version, read_version


class Tag(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """One tag: `commit` is what it peels to, `object` the annotated tag's own id, if it is one."""

    name: str
    commit: str
    object: str | None = None
    using: str | None = None
    """`runs.using` of the action at this tag, where it is known."""
    seen: float | None = None
    """Seconds since the epoch: its release's `published_at`, or when we saw the tag first. Never a date out of git,
    which anybody can forge. None: as old as `Action.seen`."""
    prerelease: bool = False
    first: str | None = None
    """The commit that it pointed to when it was seen first, if that was another one."""

    @property
    def moved(self) -> bool:
        return self.first is not None

    @property
    def version(self) -> Version | None:
        return read_version(self.name)


class Manifest(msgspec.Struct, frozen=True):
    """An `action.yml`: how it runs, and the inputs that it knows, in lower case."""

    using: str | None = None
    inputs: frozenset[str] = frozenset()


class Action(msgspec.Struct, frozen=True, dict=True, omit_defaults=True):
    """One repository of actions."""

    name: str
    """`owner/name` as GitHub spells it today."""
    tags: tuple[Tag, ...] = ()
    branches: Mapping[str, str] = {}
    """Name -> commit at its head."""
    manifests: Mapping[str, Manifest] = {}
    """By commit for the `action.yml` of the root, by `path@commit` for one below it; `v7` in place of a commit stands
    for the newest of that major version."""
    seen: float = 0.0
    """When all tags without a time of their own were there, at the latest; seconds since the epoch."""
    complete: bool = True
    """All tags and branches are listed: what is not among them does not exist."""
    archived: bool = False

    @cached_property
    def by_name(self) -> Mapping[str, Tag]:
        return {tag.name: tag for tag in self.tags}

    @cached_property
    def by_commit(self) -> Mapping[str, tuple[Tag, ...]]:
        found: dict[str, tuple[Tag, ...]] = {}
        for tag in self.tags:
            found[tag.commit] = (*found.get(tag.commit, ()), tag)
        return found

    @cached_property
    def by_object(self) -> Mapping[str, Tag]:
        return {tag.object: tag for tag in self.tags if tag.object is not None}

    @cached_property
    def width(self) -> int:
        """How many numbers a full version of this action has: three, or fewer where no tag has three."""
        return max((min(len(version.numbers), 3) for tag in self.tags if (version := tag.version)), default=3)

    @cached_property
    def releases(self) -> tuple[tuple[Version, Tag], ...]:
        """Every full version with its tag, newest first; pre-releases are not among them."""
        found = [
            (version, tag)
            for tag in self.tags
            if not tag.prerelease and (version := tag.version) is not None and len(version.numbers) >= self.width
        ]
        return tuple(sorted(found, key=lambda pair: (pair[0].order, pair[1].name), reverse=True))

    @cached_property
    def moved(self) -> tuple[tuple[Version, Tag], ...]:
        """Those of the releases whose tag does not point where it did when it was seen first."""
        return tuple((version, tag) for version, tag in self.releases if tag.moved)

    def manifest(self, path: str, tag: Tag) -> Manifest | None:
        """The `action.yml` below `path` at a tag, where it is known; at least that of its major version's newest."""
        prefix = f"{path}@" if path else ""
        exact = self.manifests.get(prefix + tag.commit)
        if exact is not None:
            return exact
        version = tag.version
        return self.manifests.get(f"{prefix}v{version.major}") if version is not None else None

    def age(self, tag: Tag, now: float) -> float:
        """Seconds since the tag is known to be there."""
        return now - (self.seen if tag.seen is None else tag.seen)


class Advisory(Struct, frozen=True, kw_only=True):
    """A security advisory that GitHub reviewed. `vulnerable` and `patched` are version texts as GitHub writes them."""

    id: str
    action: str
    vulnerable: str
    """A range such as `< 4.1.3` or `>= 2.0, < 2.3.1`."""
    patched: str | None


class Catalogue(Struct, frozen=True, kw_only=True):
    """What is known of the actions that somebody asked about."""

    actions: Mapping[str, Action] = field(default_factory=dict)
    """By the name that was asked for, in lower case: a renamed action stands under its old name too."""
    gone: frozenset[str] = frozenset()
    """Asked for, and not there for us: deleted, or private to somebody else."""
    advisories: tuple[Advisory, ...] = ()
    now: float = 0.0
    """Seconds since the epoch; the core has no clock."""
    dated: str | None = None
    """The day on which a snapshot was made, `2026-08-20`; None: GitHub was asked."""

    def get(self, name: str) -> Action | None:
        return self.actions.get(name.lower())
