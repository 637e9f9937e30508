"""Unified diffs of texts and of whole trees."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.demo.github import trees
from bot.demo.github.objects import ObjectStore
from bot.demo.github.trees import Changed


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDiff:
    path: str
    status: str
    """`added`, `removed` or `modified`."""
    oid: str
    lines: tuple[str, ...] = field(repr=False)
    """Hunks without file headers; each line starts with `@`, blank, `+`, `-` or `\\`. Empty for binary files."""

    @property
    def additions(self) -> int:
        return sum(1 for line in self.lines if line.startswith("+"))

    @property
    def deletions(self) -> int:
        return sum(1 for line in self.lines if line.startswith("-"))


def is_binary(data: bytes) -> bool:
    """Git's own guess: a NUL among the first 8000 bytes."""
    return b"\x00" in data[:8000]


def of_trees(store: ObjectStore, before: str | None, after: str | None) -> list[FileDiff]:
    return [_of_file(store, changed) for changed in trees.compare(store, before, after)]


def _of_file(store: ObjectStore, changed: Changed) -> FileDiff:
    old, new = trees.blob(store, changed.before), trees.blob(store, changed.after)
    status = "modified"
    if changed.before is None or changed.after is None:
        status = "added" if changed.before is None else "removed"
    item = changed.after or changed.before
    binary = is_binary(old) or is_binary(new)
    return FileDiff(
        path=changed.path,
        status=status,
        oid=item.oid if item is not None else "",
        lines=() if binary else tuple(hunks(old.decode("utf-8", "replace"), new.decode("utf-8", "replace"))),
    )


def hunks(old: str, new: str) -> Iterator[str]:
    """Unified hunks with three lines of context, as `git diff` prints them, without line breaks."""
    left, right = _lines(old), _lines(new)
    for line in list(difflib.unified_diff(left, right, lineterm="", n=3))[2:]:
        yield line.rstrip("\n")
        if not line.endswith("\n") and not line.startswith("@@"):
            yield "\\ No newline at end of file"


def _lines(text: str) -> list[str]:
    """Split at line feeds alone, as git does."""
    parts = text.split("\n")
    return [part + "\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])
