"""Who uploads what, to which index, with which credential, called through what.

Every workflow is walked job by job and step by step: commands by the readers of `tools.TOOLS`, actions by those of
`actions`, called workflows by `reusable`, targets of make, tox and their like by `targets`. Only what would run counts:
not a comment, not an `echo`, not a dry run, not a step or job with `if: false` (that is a `Suspect`).
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from bot.model import Project, Publisher, TreeEntry
from bot.publishing.names import has_upload_words, is_pypi_secret, is_suspicious
from bot.publishing.repository import Repository
from bot.publishing.walk import walks
from bot.workflow import Workflow

__all__ = [
    "Publishing",
    "Suspect",
    "has_upload_words",
    "is_pypi_secret",
    "is_suspicious",
    "publishers",
    "read",
    "read_again",
]


class Suspect(Struct, frozen=True, kw_only=True):
    """A place that may upload and could not be understood."""

    path: str
    line: int
    what: str


class Publishing(Struct, frozen=True, kw_only=True):
    """`read_files`: paths outside the workflows on which the answer rests."""

    publishers: tuple[Publisher, ...]
    suspects: tuple[Suspect, ...]
    read_files: frozenset[str]
    repository: Repository
    """Of which it was read, for `read_again`."""

    @property
    def connected(self) -> bool:
        """Claims that a workflow calls another one of this repository: what the one does may depend on the other."""
        return self.repository.connected()


def publishers(
    workflows: Mapping[str, Workflow],
    files: Mapping[str, str],
    tree: Mapping[str, TreeEntry],
    projects: tuple[Project, ...],
) -> tuple[Publisher, ...]:
    """Every place that uploads distributions, in the order of files, jobs and steps; never raises."""
    return read(workflows, files, tree, projects).publishers


def read(
    workflows: Mapping[str, Workflow],
    files: Mapping[str, str],
    tree: Mapping[str, TreeEntry],
    projects: tuple[Project, ...],
) -> Publishing:
    """The same, with the places that may upload and could not be understood."""
    return _read(Repository(workflows=workflows, files=files, tree=tree, projects=projects), workflows)


def read_again(
    before: Publishing,
    workflows: Mapping[str, Workflow],
    files: Mapping[str, str],
    tree: Mapping[str, TreeEntry],
    changed: frozenset[str],
) -> Publishing:
    """The same after the workflows at `changed` changed, came or went, and nothing else.

    `read_files` may name files that only an earlier text of a workflow rested upon.
    """
    repository = before.repository.with_workflows(workflows, files, tree)
    if before.connected or repository.connected():
        return _read(repository, workflows)
    new = _read(repository, {path: each for path, each in workflows.items() if path in changed})
    old = [each for each in before.publishers if each.workflow not in changed]
    return Publishing(
        publishers=tuple(sorted((*old, *new.publishers), key=lambda each: each.workflow)),
        suspects=tuple(
            sorted(
                (*(each for each in before.suspects if each.path not in changed), *new.suspects),
                key=lambda each: each.path,
            )
        ),
        read_files=before.read_files | new.read_files,
        repository=repository,
    )


def _read(repository: Repository, workflows: Mapping[str, Workflow]) -> Publishing:
    walked = [(workflow, walk) for _, workflow in sorted(workflows.items()) for walk in walks(repository, workflow)]
    return Publishing(
        publishers=tuple(publisher for _, walk in walked for publisher in walk.publishers),
        suspects=tuple(
            Suspect(path=workflow.path, line=line, what=what)
            for workflow, walk in walked
            for line, what in walk.suspects
        ),
        read_files=frozenset(repository.looked_at),
        repository=repository,
    )
