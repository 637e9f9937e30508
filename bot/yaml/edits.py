"""`Edit` and `apply`: the only code that changes a text."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from bot.errors import Refused


class Edit(Struct, frozen=True):
    """`text[start:end]` becomes `new`; code points. An insertion has `start == end`."""

    start: int
    end: int
    new: str


def apply(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits done; insertions at one place keep their order. Raises `Refused` where two overlap."""
    pieces: list[str] = []
    done = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        if edit.start < done:
            raise Refused("two of the changes touch the same characters", line=text.count("\n", 0, edit.start) + 1)
        pieces += (text[done : edit.start], edit.new)
        done = edit.end
    pieces.append(text[done:])
    return "".join(pieces)


def united(edits: Iterable[Edit]) -> list[Edit]:
    """Deletions that overlap or touch, as one; other edits as they are."""
    result: list[Edit] = []
    deletions = sorted((edit.start, edit.end) for edit in edits if not edit.new)
    for start, end in deletions:
        if result and start <= result[-1].end:
            result[-1] = Edit(result[-1].start, max(end, result[-1].end), "")
        else:
            result.append(Edit(start, end, ""))
    return result
