"""Every `uses:` of a workflow with where it stands, the comment beside it, and what surrounds it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from bot.bumping.comments import Comment
from bot.interest import WORKFLOW
from bot.model import YamlPath
from bot.workflow import Job, Step, Uses, UsesKind, Workflow
from bot.yaml import Node, lines


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

    @property
    def path(self) -> YamlPath:
        return (*(self.job.path if self.step is None else self.step.path), "uses")

    @property
    def key(self) -> tuple[str, YamlPath]:
        """The file, and the place in it."""
        return self.workflow.path, self.path

    @property
    def name(self) -> str:
        """`owner/repo` in lower case."""
        return self.uses.name

    @property
    def is_workflow(self) -> bool:
        return self.step is None

    @property
    def in_action(self) -> bool:
        """Claims that it stands in an action of the repository's own."""
        return not WORKFLOW.match(self.workflow.path)


def places(workflow: Workflow) -> Iterator[Place]:
    """Those that name a repository and a ref, in the order of the file; local files and images are not ours to bump."""
    for job in workflow.jobs.values():
        if job.uses is not None:
            yield from _place(workflow, job, None, job.uses, job.node.get("uses"))
        for step in job.steps:
            if step.uses is not None:
                yield from _place(workflow, job, step, step.uses, step.node.get("uses"))


def _place(workflow: Workflow, job: Job, step: Step | None, uses: Uses, node: Node | None) -> Iterator[Place]:
    if uses.kind is not UsesKind.REMOTE or not uses.ref or node is None:
        return
    text = workflow.document.text
    beside = text[node.end : lines.line_end(text, node.end)].strip(" \t")
    comment = Comment(beside.rstrip()) if beside.startswith("#") else None
    free = comment is not None or not beside
    yield Place(workflow=workflow, job=job, step=step, uses=uses, node=node, comment=comment, commentable=free)
