"""How much a pull request changes: lines added and removed, file by file."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from msgspec import Struct

from bot.model import Change, ChangeKind

_MOST_LINES = 5_000
"""Of a file; comparing longer ones takes longer than anybody wants to know."""


class File(Struct, frozen=True, kw_only=True):
    """One file of a pull request; the numbers are None where they were not worth counting."""

    path: str
    added: int | None
    removed: int | None
    kind: ChangeKind

    @property
    def said(self) -> str:
        """Such as `(new, +80)` or `(+12 -3)`."""
        if self.added is None or self.removed is None:
            return "(long)"
        if self.kind is ChangeKind.ADD:
            return f"(new, +{self.added})"
        return f"(deleted, -{self.removed})" if self.kind is ChangeKind.DELETE else f"(+{self.added} -{self.removed})"


def files(changes: Sequence[Change]) -> list[File]:
    """Each file with its numbers."""
    return [_file(change) for change in changes]


def in_words(changes: Sequence[Change]) -> str:
    """All of it in one line; empty when nothing changes."""
    counted = files(changes)
    if not counted:
        return ""
    added, removed = sum(file.added or 0 for file in counted), sum(file.removed or 0 for file in counted)
    return f"{_number(len(counted), 'file')}, {_number(added, 'line')} added, {removed} removed:"


def _file(change: Change) -> File:
    before, after = (change.before or "").splitlines(), (change.after or "").splitlines()
    if max(len(before), len(after)) > _MOST_LINES:
        return File(path=change.file, added=None, removed=None, kind=change.kind)
    blocks = SequenceMatcher(None, before, after).get_matching_blocks()
    same = sum(block.size for block in blocks)
    return File(path=change.file, added=len(after) - same, removed=len(before) - same, kind=change.kind)


def _number(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
