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
from bot.publishing.state import Walk
from bot.publishing.walk import walks
from bot.workflow import Job, Workflow

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


class Walked(Struct, frozen=True):
    """What one job uploads, and what of it may be an upload."""

    publishers: tuple[Publisher, ...]
    suspects: tuple[Suspect, ...]


_NOTHING = Walked((), ())
Jobs = Mapping[str, Walked]
"""Those of a workflow, by id."""


class Publishing(Struct, frozen=True, kw_only=True):
    """`read_files`: paths outside the workflows on which the answer rests."""

    publishers: tuple[Publisher, ...]
    suspects: tuple[Suspect, ...]
    read_files: frozenset[str]
    repository: Repository
    """Of which it was read, for `read_again`; as `jobs`, by path."""
    jobs: Mapping[str, Jobs]

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
    repository = Repository(workflows=workflows, files=files, tree=tree, projects=projects)
    return _joined(repository, {path: _read(repository, each, {}) for path, each in sorted(workflows.items())})


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
    apart = not (before.connected or repository.connected()) and before.read_files.isdisjoint(changed)
    jobs: dict[str, Jobs] = {}
    for path, workflow in sorted(workflows.items()):
        known = before.jobs.get(path) if apart else None
        if known is None:
            jobs[path] = _read(repository, workflow, {})
        elif path in changed:
            jobs[path] = _read(repository, workflow, _unchanged(known, before.repository.workflows[path], workflow))
        else:
            jobs[path] = known
    return _joined(repository, jobs)


def _joined(repository: Repository, jobs: Mapping[str, Jobs]) -> Publishing:
    walked = [each for one in jobs.values() for each in one.values()]
    return Publishing(
        publishers=tuple([publisher for each in walked for publisher in each.publishers]),
        suspects=tuple([suspect for each in walked for suspect in each.suspects]),
        read_files=frozenset(repository.looked_at),
        repository=repository,
        jobs=jobs,
    )


def _read(repository: Repository, workflow: Workflow, known: Jobs) -> Jobs:
    """What each job does; `known`: those that need no other look."""
    jobs = {walk.job.id: _walked(walk) for walk in walks(repository, workflow, known)}
    return {name: known[name] if name in known else jobs[name] for name in workflow.jobs} if known else jobs


def _walked(walk: Walk) -> Walked:
    if not walk.publishers and not walk.suspects:
        return _NOTHING
    path = walk.workflow.path
    return Walked(
        tuple(walk.publishers), tuple([Suspect(path=path, line=line, what=what) for line, what in walk.suspects])
    )


def _unchanged(known: Jobs, before: Workflow, after: Workflow) -> Jobs:
    """Those of a workflow's jobs that stand where they stood, as they stood, with the same around them."""
    if before.document.aliased or after.document.aliased or before.env != after.env:
        return {}
    if [each.inputs for each in before.triggers.values()] != [each.inputs for each in after.triggers.values()]:
        return {}
    jobs = before.jobs
    return {
        name: known[name]
        for name, job in after.jobs.items()
        if name in jobs and _stands_as(before, jobs[name], after, job)
    }


def _stands_as(before: Workflow, job: Job, after: Workflow, other: Job) -> bool:
    old, new = job.node, other.node
    return (
        (job.line, old.line, old.column) == (other.line, new.line, new.column)
        and before.document.text[old.start : old.end] == after.document.text[new.start : new.end]
        and (job.shell, job.working_directory) == (other.shell, other.working_directory)
        and before.may_mint(job) == after.may_mint(other)
    )
