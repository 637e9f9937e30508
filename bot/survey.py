"""A repository understood: its projects, its workflows, who uploads what, and the one word that sums it up.

`survey` is pure and never raises on anything that a repository can hold: a file that cannot be read is a finding, and
where that file might have published, the answer is `unknown` and not a guess.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.model import Finding, FixKind, Project, Publisher, Severity, Snapshot, Status
from bot.project import read as read_packaging

UNREADABLE = "unreadable-file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What a snapshot means."""

    snapshot: Snapshot
    projects: tuple[Project, ...]
    publishers: tuple[Publisher, ...]
    status: Status
    problems: tuple[Finding, ...]
    watched: frozenset[str]
    """Paths that this survey depends on and that `interest.matters` does not claim by itself."""


def survey(snapshot: Snapshot) -> Survey:
    """What `snapshot` means; never raises."""
    packaging = read_packaging(snapshot.files, snapshot.tree)
    problems = tuple(_problem(path, reason) for path, reason in packaging.problems.items())
    return Survey(
        snapshot=snapshot,
        projects=packaging.projects,
        publishers=(),
        status=Status.UNKNOWN if problems or not snapshot.complete else _without_uploads(packaging.projects),
        problems=problems,
        watched=frozenset(),
    )


def _problem(path: str, reason: str) -> Finding:
    return Finding(
        rule=UNREADABLE, severity=Severity.LOW, message=f"{path} {reason}.", fix=FixKind.NONE, file=path, line=1
    )


def _without_uploads(projects: tuple[Project, ...]) -> Status:
    if not projects:
        return Status.NOT_A_PACKAGE
    return Status.PRIVATE if all(project.private for project in projects) else Status.MISSING
