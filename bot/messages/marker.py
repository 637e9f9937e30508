"""The hidden line by which we know our own pull requests, and what it says."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from bot.model import Plan

_MARKER = re.compile(r"<!-- pubflow:plan subject=(?P<subject>[0-9a-f]{16}) digest=(?P<digest>[0-9a-f]{16}) -->")


class Marker(Struct, frozen=True, kw_only=True):
    """What the hidden marker of a pull request says: see `Plan.subject` and `Plan.digest`."""

    subject: str
    digest: str


def marker(subject: str, digest: str) -> str:
    """The hidden line by which a pull request is recognised as ours."""
    return f"<!-- pubflow:plan subject={subject} digest={digest} -->"


def read_marker(body: str) -> Marker | None:
    """The last marker in a pull request's body, or None if somebody removed it."""
    found = list(_MARKER.finditer(body))
    return Marker(subject=found[-1]["subject"], digest=found[-1]["digest"]) if found else None


_REPLACED = re.compile(r"<!-- pubflow:replaced(?P<names>(?: [A-Za-z_][A-Za-z0-9_]{0,99})+) -->")


def replaced_marker(names: Iterable[str]) -> str:
    """The hidden line that says which stored secrets a move replaces; `""` for none, and for what is no name."""
    line = f"<!-- pubflow:replaced {' '.join(names)} -->"
    return line if _REPLACED.fullmatch(line) else ""


def read_replaced(body: str) -> tuple[str, ...]:
    """The secrets that a pull request's body says to replace."""
    found = list(_REPLACED.finditer(body))
    return tuple(found[-1]["names"].split()) if found else ()


WITHDRAWN = "<!-- pubflow:withdrawn -->"
"""In the body of a pull request that we closed ourselves: nobody has said no to it."""


def is_withdrawn(body: str) -> bool:
    return WITHDRAWN in body


def withdrawn(body: str) -> str:
    """The body of a pull request of ours, to be closed by ourselves."""
    return body if is_withdrawn(body) else f"{body.rstrip()}\n\n{WITHDRAWN}\n"


def remark_marker(what: str) -> str:
    """The hidden line of a comment of ours; `what` is letters, digits and hyphens, and names the comment."""
    return f"<!-- pubflow:{what} -->"


def describes(plan: Plan, body: str) -> bool:
    """Whether a pull request with `body` shows exactly what `plan` proposes."""
    found = read_marker(body)
    return found is not None and found == Marker(subject=plan.subject, digest=plan.digest)


def same_text(one: str, other: str) -> bool:
    """Whether two bodies say the same; GitHub gives line ends and blanks at the end back in its own way."""
    return _tidy(one) == _tidy(other)


def _tidy(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
