"""A decision boiled down to what is shown of it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from bot.model import Change, ChangeKind, Finding, Project, Publisher, Refusal, Status, Step
from bot.plan import Decision

_CONTEXT = 3
_HUNK = re.compile(r"@@ -(\d+)(,\d+)? \+(\d+)(,\d+)? @@\n\Z")


class Diff(Struct, frozen=True, kw_only=True):
    """One file's change as a unified diff that `git apply` and `patch -p1` take; line ends as they lie."""

    file: str
    kind: ChangeKind
    diff: str


class Report(Struct, frozen=True, kw_only=True):
    """All that the renderers need."""

    repository: str | None
    """`owner/name` on GitHub; None when a checkout does not say."""
    path: str
    status: Status
    projects: tuple[Project, ...]
    publishers: tuple[Publisher, ...]
    findings: tuple[Finding, ...]
    changes: tuple[Diff, ...]
    refusals: tuple[Refusal, ...]
    steps: tuple[Step, ...]
    silent: str | None
    """Why nothing is proposed, if there is a reason for the repository as a whole."""
    actions_of: str | None = None
    """The day of the snapshot from which versions of actions are known, `2026-08-20`; None where GitHub was asked."""
    unknown: tuple[Finding, ...] = ()
    """Lines whose actions that snapshot does not know."""


def report(decision: Decision, *, path: str) -> Report:
    """What to show of `decision` about the repository at `path` (a folder, or an address)."""
    ref = decision.survey.snapshot.repo.ref
    return Report(
        repository=ref.full_name if ref.owner and ref.name else None,
        path=path,
        status=decision.status,
        projects=decision.survey.projects,
        publishers=decision.survey.publishers,
        findings=decision.findings,
        changes=tuple(Diff(file=change.file, kind=change.kind, diff=unified(change)) for change in decision.changes),
        refusals=decision.refusals,
        steps=decision.steps,
        silent=decision.silent,
        actions_of=decision.actions_of,
        unknown=decision.unknown,
    )


def unified(change: Change) -> str:
    """The unified diff of one change, in git's notation: https://git-scm.com/docs/diff-format#generate_patch_text_with_p"""
    start, before, after = _windows(_lines(change.before), _lines(change.after))
    old = "/dev/null" if change.before is None else _quoted(f"a/{change.file}")
    new = "/dev/null" if change.after is None else _quoted(f"b/{change.file}")
    return "".join(_ended(_moved(text, start) for text in difflib.unified_diff(before, after, old, new)))


def _windows(before: list[str], after: list[str]) -> tuple[int, list[str], list[str]]:
    """What differs with the lines around it, and how many lines stand before both.

    difflib calls lines that are frequent in a long text junk, and then finds no common ground in repetitive files.
    """
    shorter = min(len(before), len(after))
    head = next((n for n in range(shorter) if before[n] != after[n]), shorter)
    tail = next((n for n in range(shorter - head) if before[-1 - n] != after[-1 - n]), shorter - head)
    start, beyond = max(head - _CONTEXT, 0), max(tail - _CONTEXT, 0)
    return start, before[start : len(before) - beyond], after[start : len(after) - beyond]


def _moved(text: str, start: int) -> str:
    """A hunk's header with the lines counted from the top of the file; every other line as it is."""
    found = _HUNK.match(text)
    if found is None:
        return text
    return f"@@ -{int(found[1]) + start}{found[2] or ''} +{int(found[3]) + start}{found[4] or ''} @@\n"


def _lines(text: str | None) -> list[str]:
    """Lines end at a line feed alone: `str.splitlines` would also end them at characters that git takes for text."""
    return re.findall(r"[^\n]*\n|[^\n]+", text or "")


def _ended(lines: Iterable[str]) -> Iterator[str]:
    for text in lines:
        yield text if text.endswith("\n") else f"{text}\n\\ No newline at end of file\n"


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def _quoted(path: str) -> str:
    """A path as git writes it: quoted like a C string if anything is strange, a tab behind it if it has blanks."""
    if re.search(r'[\x00-\x1f\x7f"\\]', path):
        return '"' + re.sub(r'[\x00-\x1f\x7f"\\]', lambda c: _ESCAPES.get(c[0], f"\\{ord(c[0]):03o}"), path) + '"'
    return f"{path}\t" if " " in path else path
