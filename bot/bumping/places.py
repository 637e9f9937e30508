"""Every `uses:` of a workflow with where it stands, the comment beside it, and what surrounds it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from bot.bumping.comments import Comment
from bot.bumping.surroundings import foreign_runner
from bot.interest import WORKFLOW
from bot.model import YamlPath
from bot.workflow import Job, Step, Uses, UsesKind, Workflow
from bot.yaml import Node
from bot.yaml.lines import BREAKS

_REMOTE = UsesKind.REMOTE
_BESIDE = re.compile(rf"[ \t]*(?:(#[^{BREAKS}]*)|([^{BREAKS}]))?")
"""A comment, or anything else before the line ends."""


class Place(Struct, frozen=True, kw_only=True):
    """One `uses:`. `step` is None where a job as a whole calls a workflow."""

    workflow: Workflow
    job: Job
    step: Step | None
    uses: Uses
    node: Node
    """The value of `uses:`."""
    comment: Comment | None
    commentable: bool
    """A comment may stand beside it: nothing else follows on its line."""
    name: str
    """`owner/repo` in lower case."""
    in_action: bool
    """It stands in an action of the repository's own."""
    runner: str | None
    """A label of its job that is no runner of GitHub's own."""

    @property
    def path(self) -> YamlPath:
        return (*(self.job.path if self.step is None else self.step.path), "uses")

    @property
    def key(self) -> tuple[str, YamlPath]:
        """The file, and the place in it."""
        return self.workflow.path, self.path

    @property
    def is_workflow(self) -> bool:
        return self.step is None


def remote(workflow: Workflow) -> Iterator[tuple[Job, Step | None, Uses, Node]]:
    """What names a repository and a ref, in the order of the file; local files and images are not ours to bump."""
    for job in workflow.jobs.values():
        uses = job.uses
        if uses is not None and uses.kind is _REMOTE and uses.ref and (node := job.node.get("uses")) is not None:
            yield job, None, uses, node
        for step in job.steps:
            uses = step.uses
            if uses is not None and uses.kind is _REMOTE and uses.ref and (node := step.node.get("uses")) is not None:
                yield job, step, uses, node


def places(workflow: Workflow) -> list[Place]:
    """Those of `remote`, with what stands around them."""
    in_action = not WORKFLOW.match(workflow.path)
    text = workflow.document.text
    found: list[Place] = []
    last: Job | None = None
    runner: str | None = None
    for job, step, uses, node in remote(workflow):
        if job is not last:
            last, runner = job, foreign_runner(job)
        beside = _BESIDE.match(text, node.end)
        assert beside is not None, "nothing at all fits too"
        comment, other = beside.groups()
        found.append(
            Place(
                workflow=workflow,
                job=job,
                step=step,
                uses=uses,
                node=node,
                comment=Comment(comment.rstrip()) if comment is not None else None,
                commentable=other is None,
                name=uses.name,
                in_action=in_action,
                runner=runner,
            )
        )
    return found
