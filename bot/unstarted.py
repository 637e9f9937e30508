"""Why a run never began, as far as the workflow itself shows: such a run has no jobs, and so nothing was written.

Pure. GitHub says only that it failed at startup; whatever the file does not prove stays unspoken.
"""

from __future__ import annotations

from bot.allowing import forbidden
from bot.diagnosis import AILMENTS, UNSTARTED, Diagnosis
from bot.survey import UNREADABLE, Survey
from bot.workflow import Job, UsesKind, Workflow

_AILMENTS = {ailment.id: ailment for ailment in (*AILMENTS, *UNSTARTED)}


def why(found: Survey, path: str) -> Diagnosis | None:
    """`found`: the repository at the commit of the run; None for a reason that is not known."""
    broken = next((each for each in found.problems if (each.rule, each.file) == (UNREADABLE, path)), None)
    if broken is not None:
        return _of("unreadable-workflow", f"line {broken.line}")
    workflow = found.workflows.get(path)
    if workflow is None:
        return None
    uses = forbidden(workflow, found)
    return _of("action-not-allowed", uses.text) if uses is not None else _not_granted(workflow, found)


def _not_granted(workflow: Workflow, found: Survey) -> Diagnosis | None:
    """A called workflow gets no more than its caller has, and one that asks for more does not start.

    https://docs.github.com/en/actions/reference/workflows-and-actions/reusing-workflow-configurations
    """
    for job in workflow.jobs.values():
        if workflow.may_mint(job) is False and _wants_identity(job, found):
            return _of("identity-not-granted", job.id)
    return None


def _wants_identity(job: Job, found: Survey) -> bool:
    called = found.workflows.get(job.uses.path) if job.uses is not None and job.uses.kind is UsesKind.LOCAL else None
    return called is not None and any(called.may_mint(each) for each in called.jobs.values())


def _of(name: str, about: str) -> Diagnosis:
    return Diagnosis(ailment=_AILMENTS[name], about=about)
