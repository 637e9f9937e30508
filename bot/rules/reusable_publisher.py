"""An upload inside a reusable workflow or a composite action: move it into the workflow that starts the release.

PyPI does not support it. What one of the same repository does today works by accident: PyPI happens to look at the
file that is called, while the attestations name the one that calls. The day PyPI looks at the caller, the next release
fails.
https://docs.pypi.org/trusted-publishers/troubleshooting/#reusable-workflows-on-github

Before::

    on: workflow_call
    jobs:
      publish:
        runs-on: ubuntu-latest
        permissions:
          id-token: write
        steps:
          - uses: actions/download-artifact@v8
          - uses: pypa/gh-action-pypi-publish@release/v1

After::

    on:
      release:
        types: [published]
    jobs:
      publish:
        runs-on: ubuntu-latest
        permissions:
          id-token: write
        steps:
          - uses: actions/download-artifact@v8
          - uses: pypa/gh-action-pypi-publish@release/v1
"""

from __future__ import annotations

from bot.messages import code
from bot.model import (
    TRUSTED_PUBLISHING_BRANCH,
    Credential,
    Finding,
    FixKind,
    Index,
    Method,
    Publisher,
    Refusal,
    Severity,
)
from bot.rules.rule import Context
from bot.survey import Survey
from bot.workflow import UsesKind, Workflow

ID = "reusable-publisher"
BRANCH = TRUSTED_PUBLISHING_BRANCH
WHY = "PyPI does not support it: what works today fails the day PyPI looks at the calling workflow"


def find(context: Context) -> tuple[Finding, ...]:
    """One finding for each job that uploads by trusted publishing from where that is not supported."""
    survey = context.survey
    found: dict[tuple[str, str], Finding] = {}
    for publisher in survey.publishers:
        workflow = survey.workflows[publisher.workflow]
        place = (publisher.workflow, publisher.job)
        if place in found or publisher.credential is not Credential.OIDC or publisher.index is Index.OTHER:
            continue
        message = _message(survey, workflow, publisher)
        if message is not None:
            found[place] = _finding(workflow, publisher, message)
    return tuple(found.values())


def fix(_context: Context, finding: Finding) -> Refusal:
    """Never: only people know when they mean to release."""
    return Refusal(
        rule=ID,
        file=finding.file,
        path=finding.path,
        line=finding.line,
        reason="Which workflow starts the releases is for its maintainers to decide.",
    )


def _message(survey: Survey, workflow: Workflow, publisher: Publisher) -> str | None:
    if publisher.step is None:
        return None  # it calls a workflow of somebody else: what that does is not seen
    name = code(publisher.job)
    if "workflow_call" in workflow.triggers:
        caller = _caller(survey, workflow)
        if caller is not None:
            return (
                f"the job {name} uploads from a reusable workflow, which {code(caller)} calls: it works today, and will"
                " break when PyPI looks at the caller; move it into the calling workflow"
            )
        if set(workflow.triggers) <= {"workflow_call"}:
            return (
                f"the job {name} uploads from a reusable workflow, which PyPI does not support for other repositories"
            )
    if _is_composite(workflow, publisher):
        return f"the job {name} uploads from inside a composite action, which pypa's action does not support"
    return None


def _caller(survey: Survey, workflow: Workflow) -> str | None:
    """The first workflow of the repository that calls this one."""
    for path, each in survey.workflows.items():
        uses = (job.uses for job in each.jobs.values() if job.uses is not None)
        if any(called.kind is UsesKind.LOCAL and called.path == workflow.path for called in uses):
            return path
    return None


def _is_composite(workflow: Workflow, publisher: Publisher) -> bool:
    if publisher.method is not Method.GH_ACTION:
        return False
    steps = workflow.jobs[publisher.job].steps
    step = next((each for each in steps if each.index == publisher.step), None)
    return step is not None and step.uses is not None and step.uses.kind is UsesKind.LOCAL


def _finding(workflow: Workflow, publisher: Publisher, message: str) -> Finding:
    job = workflow.jobs[publisher.job]
    return Finding(
        rule=ID,
        severity=Severity.MEDIUM,
        message=message,
        fix=FixKind.NONE,
        file=workflow.path,
        path=job.path,
        line=publisher.line,
    )
