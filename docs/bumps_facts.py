"""What is true of actions, for the judge of `bumps.py`: read from a file of facts, by nothing of pubflow's own.

The file was made from the git directories of the actions: tags, what annotated ones peel to, branches, and the inputs
of each major version's newest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

Numbers = tuple[int, ...]

_SEEN_OFTEN = 10
"""A tag younger than the facts is believed when so many workflows name it beside its commit."""
_VERSION = re.compile(r"[vV]?(\d{1,6}(?:\.\d{1,6}){0,3})\Z")
_COMMIT = re.compile(r"[0-9a-f]{40}\Z")
_SHORT = re.compile(r"(?=.*\d)[0-9a-f]{7,39}\Z")


@dataclass(frozen=True, kw_only=True)
class Facts:
    """One action."""

    tags: Mapping[str, str]
    """Name -> commit."""
    objects: frozenset[str]
    """Ids of annotated tags, which are no commits."""
    branches: frozenset[str]
    inputs: Mapping[int, frozenset[str]] = field(default_factory=dict)
    """Major version -> the inputs that its newest knows, in lower case."""

    @cached_property
    def width(self) -> int:
        """How many numbers a full version has."""
        return max((min(len(found), 3) for name in self.tags if (found := numbers(name))), default=3)

    @cached_property
    def newest(self) -> Numbers:
        found = [found for name in self.tags if (found := numbers(name)) and len(found) >= self.width]
        return max(map(full, found), default=())

    def version(self, ref: str) -> Numbers | None:
        """Which version a ref stands for; of a commit the longest and highest that a tag says."""
        if not _COMMIT.match(ref):
            return numbers(ref)
        found = [found for name, commit in self.tags.items() if commit == ref and (found := numbers(name))]
        return max(found, key=lambda one: (len(one), one), default=None)

    def style(self, ref: str) -> str:
        if _COMMIT.match(ref):
            return "commit"
        if ref in self.branches:
            return "branch"
        found = numbers(ref)
        if found:
            return "exact" if len(found) >= self.width else "moving"
        return "short" if _SHORT.match(ref) and ref not in self.tags else "word"

    def resolves(self, ref: str) -> bool:
        return ref in self.tags or ref in self.branches or ref in self.tags.values()

    def is_of(self, commit: str, version: Numbers) -> bool:
        """Claims that a commit is a version, or one below it."""
        named = [numbers(name) for name, one in self.tags.items() if one == commit]
        return any(one is not None and one[: len(version)] == version for one in named)


def facts(file: Path) -> Mapping[str, Facts]:
    """By `owner/repo` in lower case."""
    found = json.loads(file.read_text("utf-8"))["actions"]
    return {name.lower(): _facts(one) for name, one in found.items()}


def numbers(text: str) -> Numbers | None:
    """The version that a text is, from end to end."""
    found = _VERSION.match(text)
    return tuple(map(int, found[1].split("."))) if found else None


def full(version: Numbers) -> Numbers:
    """To compare by."""
    return (*version, 0, 0, 0)[:4]


def _facts(one: dict) -> Facts:  # type: ignore[type-arg]
    younger = [each for each in one["seen_in_the_wild_otherwise"] if each.get("newer_than_snapshot")]
    return Facts(
        tags={tag["tag"]: tag["commit"] for tag in one["tags"]}
        | {each["tag"]: each["sha"] for each in younger if each["times"] >= _SEEN_OFTEN},
        objects=frozenset(tag["object"] for tag in one["tags"] if tag.get("object")),
        branches=frozenset(branch["branch"] for branch in one["branches"]),
        inputs={
            int(major): frozenset(map(str.lower, each["inputs"]))
            for major, each in one["majors"].items()
            if "inputs" in each
        },
    )
