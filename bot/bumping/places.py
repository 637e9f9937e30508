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
    name: str
    """`owner/repo` in lower case."""
    in_action: bool
    """It stands in an action of the repository's own."""

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


def places(workflow: Workflow) -> Iterator[Place]:
    """Those that name a repository and a ref, in the order of the file; local files and images are not ours to bump."""
    in_action = not WORKFLOW.match(workflow.path)
    for job in workflow.jobs.values():
        for step in (None, *job.steps):
            uses = job.uses if step is None else step.uses
            if uses is not None and uses.kind is UsesKind.REMOTE and uses.ref:
                node = (job if step is None else step).node.get("uses")
                if node is not None:
                    yield _place(workflow, job, step, uses, node, in_action=in_action)


def _place(workflow: Workflow, job: Job, step: Step | None, uses: Uses, node: Node, *, in_action: bool) -> Place:
    text = workflow.document.text
    beside = text[node.end : lines.line_end(text, node.end)].strip(" \t")
    comment = Comment(beside.rstrip()) if beside.startswith("#") else None
    free = comment is not None or not beside
    return Place(
        workflow=workflow,
        job=job,
        step=step,
        uses=uses,
        node=node,
        comment=comment,
        commentable=free,
        name=uses.name,
        in_action=in_action,
    )
