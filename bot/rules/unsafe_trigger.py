"""An upload that a pull request can start: publish from tags, releases or by hand instead.

Whoever opens a pull request decides what is built. On `pull_request_target` and `workflow_run` such a build has the
repository's secrets and identity, and what it uploads bears the project's name; PyPI refuses identity tokens of
`pull_request_target` altogether. Where a condition keeps the upload from such runs, or may do so, nothing is said.
https://docs.github.com/en/actions/reference/security/secure-use

Before::

    on: [push, pull_request]
    jobs:
      publish:
        runs-on: ubuntu-latest
        permissions:
          id-token: write
        steps:
          - uses: actions/checkout@v6
          - run: pipx run build
          - uses: pypa/gh-action-pypi-publish@release/v1

After::

    on: [push, pull_request]
    jobs:
      publish:
        if: github.event_name == 'push' && startsWith(github.ref, 'refs/tags/')
        runs-on: ubuntu-latest
        permissions:
          id-token: write
        steps:
          - uses: actions/checkout@v6
          - run: pipx run build
          - uses: pypa/gh-action-pypi-publish@release/v1
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

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
from bot.rules.occasions import PULL_REQUEST, PULL_REQUEST_TARGET, WORKFLOW_RUN, Facts, all_of, holds, runs
from bot.rules.rule import Context
from bot.survey import Survey
from bot.workflow import Job, Step, UsesKind, Workflow

ID = "unsafe-trigger"
BRANCH = TRUSTED_PUBLISHING_BRANCH
WHY = "Whoever opens a pull request decides what is built, and it would bear the project's name"

_LABELS = {Index.PYPI: "PyPI", Index.TESTPYPI: "TestPyPI"}
_BRANCHING = re.compile(r"\b(?:if|case|exit|test|unless)\b|\[\[?\s|&&|\|\||\$\{\{|\?")
"""A script in which one of these stands may decide for itself whether it uploads."""
_RUN = r"github\.event\.workflow_run\."
_OF_HEAD = re.compile(_RUN + r"(?:head_sha|head_branch|head_commit|pull_requests)", re.IGNORECASE)
_OF_RUN = re.compile(_RUN + "id", re.IGNORECASE)


class _Danger(Struct, frozen=True, kw_only=True):
    """What an event lets strangers do: half a sentence after "The job x uploads to y"."""

    facts: Facts
    severity: Severity
    what: str


_DANGERS: Mapping[str, _Danger] = {
    "pull_request_target": _Danger(
        facts=PULL_REQUEST_TARGET,
        severity=Severity.HIGH,
        what="on pull_request_target, with the rights of this repository; PyPI refuses identity tokens of such runs",
    ),
    "pull_request": _Danger(
        facts=PULL_REQUEST,
        severity=Severity.MEDIUM,
        what="on every pull request, so that what is published was never merged",
    ),
    "workflow_run": _Danger(
        facts=WORKFLOW_RUN,
        severity=Severity.HIGH,
        what="what a run for somebody's pull request left behind, without a look at where that run came from",
    ),
}


def find(context: Context) -> tuple[Finding, ...]:
    """One finding for each job and event that uploads on behalf of a pull request for certain."""
    found: dict[tuple[str, str, str], Finding] = {}
    for publisher in context.survey.publishers:
        workflow = context.survey.workflows[publisher.workflow]
        for event in _DANGERS:
            if event not in workflow.triggers:
                continue
            place = (publisher.workflow, publisher.job, event)
            if place not in found and _is_broken(context.survey, workflow, publisher, event):
                found[place] = _finding(workflow, publisher, event)
    return tuple(found.values())


def fix(_context: Context, finding: Finding) -> Refusal:
    """Never: only people know when they mean to release."""
    return Refusal(
        rule=ID,
        file=finding.file,
        path=finding.path,
        line=finding.line,
        reason="When this uploads is for its maintainers to decide.",
    )


def _is_broken(survey: Survey, workflow: Workflow, publisher: Publisher, event: str) -> bool:
    if publisher.index not in _LABELS or publisher.credential is Credential.NONE:
        return False
    if publisher.indirect or publisher.method is Method.SEMANTIC_RELEASE:  # these look at the branch for themselves
        return False
    job = workflow.jobs[publisher.job]
    step = next((each for each in job.steps if each.index == publisher.step), None)
    if step is None or _decides(step) or _uploads(workflow, job, step, event) is not True:
        return False
    return event != "workflow_run" or _takes_from_strangers(survey, workflow, job)


def _uploads(workflow: Workflow, job: Job, step: Step, event: str) -> bool | None:
    facts = _DANGERS[event].facts
    return all_of([runs(workflow, job, facts), holds(step.condition, facts)])


def _decides(step: Step) -> bool:
    """Claims that a step may look for itself whether to upload."""
    if step.uses is not None:
        return step.uses.kind is not UsesKind.REMOTE
    return _BRANCHING.search(step.run or "") is not None


def _takes_from_strangers(survey: Survey, workflow: Workflow, job: Job) -> bool:
    """Claims that a job, or one that it needs, builds or fetches what came out of a run for a pull request."""
    names = workflow.triggers["workflow_run"].filters.get("workflows", ())
    before = [each for each in survey.workflows.values() if (each.name or each.path) in names]
    if not any({"pull_request", "pull_request_target"} & set(each.triggers) for each in before):
        return False
    return any(_takes(step) for each in _with_needs(workflow, job) for step in each.steps)


def _with_needs(workflow: Workflow, job: Job) -> Iterator[Job]:
    seen: dict[str, None] = {}
    waiting = [job.id]
    while waiting:
        name = waiting.pop()
        if name in workflow.jobs and name not in seen:
            seen[name] = None
            waiting += workflow.jobs[name].needs
    return (workflow.jobs[name] for name in seen)


def _takes(step: Step) -> bool:
    given = " ".join(step.inputs.values())
    if step.uses is None:
        return "gh run download" in (step.run or "") and _OF_RUN.search(step.run or "") is not None
    if step.uses.name == "actions/checkout":
        return _OF_HEAD.search(step.inputs.get("ref", "")) is not None
    return "download" in step.uses.name and _OF_RUN.search(given) is not None


def _finding(workflow: Workflow, publisher: Publisher, event: str) -> Finding:
    danger, trigger = _DANGERS[event], workflow.triggers[event]
    is_trial = publisher.index is Index.TESTPYPI and event == "pull_request"
    return Finding(
        rule=ID,
        severity=Severity.LOW if is_trial else danger.severity,
        message=f"the job {code(publisher.job)} uploads to {_LABELS[publisher.index]} {danger.what}",
        fix=FixKind.NONE,
        file=workflow.path,
        path=trigger.path,
        line=trigger.line,
    )
