"""The checkboxes of our pull requests and comments: a command for people who would rather click.

A box is a line such as `- [ ] <!-- pubflow:rebase --> Rebase`; the hidden name is what counts, the words are free.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum


class Box(StrEnum):
    """What ticking asks for; the value stands in the hidden name and is for ever."""

    REBASE = "rebase"
    RECREATE = "recreate"
    REGISTERED = "registered"
    HAND_BACK = "hand-back"


class Answer(StrEnum):
    """The boxes of the issue that asks for the last steps: no commands, but answers."""

    REVOKED = "revoked"
    DELETED = "deleted"


_LINE = re.compile(
    r"^(?P<start>[ \t]*[-*+] \[)(?P<tick>[ xX])(?P<end>\] <!-- pubflow:(?P<name>[a-z-]{1,20}) -->)", re.MULTILINE
)
_NAMES = {box.value: box for box in Box}
_ANSWERS = {answer.value: answer for answer in Answer}


def checkbox(box: Box | Answer, words: str, *, ticked: bool = False) -> str:
    """The line, without a line end. `words` are Markdown of ours."""
    return f"- [{'x' if ticked else ' '}] <!-- pubflow:{box} --> {words}"


def ticked(body: str) -> frozenset[Box]:
    """Which boxes of a body are ticked."""
    return frozenset(
        _NAMES[found["name"]] for found in _LINE.finditer(body) if found["tick"] != " " and found["name"] in _NAMES
    )


def answered(body: str) -> frozenset[Answer]:
    """Which answers of the issue that asks for the last steps are ticked."""
    named = {found["name"] for found in _LINE.finditer(body) if found["tick"] != " "}
    return frozenset(_ANSWERS[name] for name in named & _ANSWERS.keys())


def unticked(body: str, boxes: Iterable[Box]) -> str:
    """The body with these boxes empty again, everything else as it is."""
    names = {box.value for box in boxes}

    def clear(found: re.Match[str]) -> str:
        return f"{found['start']} {found['end']}" if found["name"] in names else found[0]

    return _LINE.sub(clear, body)
