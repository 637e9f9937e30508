"""An identity token for jobs that upload nothing: let only the job that uploads ask for one.

`id-token: write` lets every step of a job speak to PyPI in the project's name. Given to a whole workflow, a test
dependency or a compromised action in any job can upload a release.
https://docs.pypi.org/trusted-publishers/security-model/

Before::

    on: release
    permissions:
      contents: read
      id-token: write
    jobs:
      build:
        runs-on: ubuntu-latest
        steps:
          - uses: actions/checkout@v6
          - run: python -m build
          - uses: actions/upload-artifact@v7
            with: {name: dist, path: dist/}
      publish:
        needs: build
        runs-on: ubuntu-latest
        steps:
          - uses: actions/download-artifact@v8
            with: {name: dist, path: dist/}
          - uses: pypa/gh-action-pypi-publish@release/v1

After::

    on: release
    permissions:
      contents: read
    jobs:
      build:
        runs-on: ubuntu-latest
        steps:
          - uses: actions/checkout@v6
          - run: python -m build
          - uses: actions/upload-artifact@v7
            with: {name: dist, path: dist/}
      publish:
        needs: build
        runs-on: ubuntu-latest
        permissions:
          contents: read
          id-token: write  # this job needs an identity token
        steps:
          - uses: actions/download-artifact@v8
            with: {name: dist, path: dist/}
          - uses: pypa/gh-action-pypi-publish@release/v1
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.errors import Refused
from bot.messages import Mend, code
from bot.model import ACTIONS_BRANCH, Change, Finding, FixKind, Index, Refusal, Severity
from bot.rules.identity import Use, use_of
from bot.rules.rule import Context, Fix
from bot.survey import Survey
from bot.workflow import Job, Permissions, Workflow, read_workflow
from bot.yaml import Add, Commented, Op, Remove, Value, edit, parse

ID = "excess-permission"
BRANCH = ACTIONS_BRANCH
WHY = "With an identity token, any step of a job could upload in the name of this project"

_SCOPE = "id-token"
_WHY = "this job needs an identity token"
_Uses = Mapping[str, Use]


def find(context: Context) -> tuple[Finding, ...]:
    """One finding for each workflow that uploads and lets more jobs ask for an identity token than need one."""
    return tuple(
        finding
        for path in sorted({each.workflow for each in context.survey.publishers if each.index is not Index.OTHER})
        if (finding := _of_workflow(context.survey, context.survey.workflows[path])) is not None
    )


def fix(context: Context, finding: Finding) -> Fix | Refusal:
    """The workflow with the permission at exactly the jobs that need it; or why that is left to a person."""
    survey = context.survey
    workflow = survey.workflows[finding.file or ""]
    uses = _uses(survey, workflow)
    reason = _hindrance(workflow, uses)
    if reason is not None:
        return _refusal(finding, reason)
    try:
        text = _mended(workflow, uses)
    except Refused as refused:
        return _refusal(finding, refused.reason)
    return Fix(
        changes=(Change(file=workflow.path, before=workflow.document.text, after=text),),
        subject=(ID, workflow.path),
        message=Mend(
            file=workflow.path,
            what="Only the jobs that need an identity token may ask for one",
            why="With it, any step of a job could upload in the name of this project",
        ),
    )


def _of_workflow(survey: Survey, workflow: Workflow) -> Finding | None:
    for block in _blocks(workflow):
        if block.every == "write":
            message = "a workflow that uploads is given every permission that there is; give each job what it needs"
            return _finding(workflow, block, message, FixKind.MANUAL)
    uploading = {each.job for each in survey.publishers if each.workflow == workflow.path}
    if all(job.id in uploading for job in workflow.jobs.values() if _mints(workflow, job)):
        return None
    uses = _uses(survey, workflow)
    idle = [job for job in workflow.jobs.values() if _mints(workflow, job) and uses[job.id] is Use.UNUSED]
    if not idle:
        return None
    granting = workflow.permissions_of(idle[0])
    assert granting is not None, "what grants the permission is a block"
    names = ", ".join(code(job.id) for job in idle[:5])
    whom = f"the job {names} needs" if len(idle) == 1 else f"the jobs {names} need"
    message = f"{whom} no identity token, and {'its' if len(idle) == 1 else 'their'} steps could upload with it"
    fixable = _hindrance(workflow, uses) is None and _can_be_mended(workflow, uses)
    return _finding(workflow, granting, message, FixKind.SAFE if fixable else FixKind.MANUAL)


def _finding(workflow: Workflow, block: Permissions, message: str, fix: FixKind) -> Finding:
    return Finding(
        rule=ID,
        severity=Severity.MEDIUM,
        message=message,
        fix=fix,
        file=workflow.path,
        path=block.path,
        line=block.line,
    )


def _blocks(workflow: Workflow) -> Iterator[Permissions]:
    for block in (workflow.permissions, *(job.permissions for job in workflow.jobs.values())):
        if block is not None:
            yield block


def _uses(survey: Survey, workflow: Workflow) -> _Uses:
    """Of the jobs that may ask for a token; what the others would do with one does not matter."""
    return {
        job.id: use_of(survey, workflow, job) if _mints(workflow, job) else Use.UNKNOWN
        for job in workflow.jobs.values()
    }


def _mints(workflow: Workflow, job: Job) -> bool:
    block = workflow.permissions_of(job)
    return block is not None and block.scopes.get(_SCOPE) == "write"


def _hindrance(workflow: Workflow, uses: _Uses) -> str | None:
    """Why nothing is changed by us: one sentence; None where the change is certain."""
    if any(block.every == "write" for block in _blocks(workflow)):
        return "What its jobs do with all their permissions cannot be told; list for each job what it needs."
    inherits = [job for job in workflow.jobs.values() if job.permissions is None]
    unclear = [job.id for job in inherits if _mints(workflow, job) and uses[job.id] is Use.UNKNOWN]
    if unclear:
        names = ", ".join(map(code, unclear[:5]))
        return f"Whether {names} asks for an identity token cannot be told; move `id-token: write` to the jobs that do."
    return None


def _can_be_mended(workflow: Workflow, uses: _Uses) -> bool:
    try:
        return _mended(workflow, uses) != workflow.document.text
    except Refused:
        return False


def _mended(workflow: Workflow, uses: _Uses) -> str:
    """Safe, because it is read again: every job that needs a token gets one as before, and all else is as it was."""
    text = edit(workflow.document, list(_operations(workflow, uses)))
    after = read_workflow(workflow.path, parse(text))
    for job in workflow.jobs.values():
        wanted = _levels(workflow, job)
        if wanted is not None and uses[job.id] is Use.UNUSED:
            wanted.pop(_SCOPE, None)
        if _levels(after, after.jobs[job.id]) != wanted:
            raise Refused("The permissions would not be the same for every job.", path=job.path)
    return text


def _levels(workflow: Workflow, job: Job) -> dict[str, str] | None:
    """None where the settings of the repository say what a job may."""
    block = workflow.permissions_of(job)
    return None if block is None else dict(block.scopes)


def _operations(workflow: Workflow, uses: _Uses) -> Iterator[Op]:
    top = workflow.permissions
    inheriting = [job for job in workflow.jobs.values() if job.permissions is None]
    if top is not None and _SCOPE in top.scopes and any(uses[job.id] is Use.UNUSED for job in inheriting):
        yield Remove((*top.path, _SCOPE))
        for job in inheriting:
            if uses[job.id] is Use.NEEDED:
                yield _own_block(job, top)
    for job in workflow.jobs.values():
        if job.permissions is not None and _mints(workflow, job) and uses[job.id] is Use.UNUSED:
            yield Remove((*job.permissions.path, _SCOPE))


def _own_block(job: Job, top: Permissions) -> Op:
    """A job's own block takes away all that it does not list, so it lists what the workflow's does."""
    scopes: dict[str, Value] = {**top.scopes}
    scopes[_SCOPE] = Commented(top.scopes[_SCOPE], beside=_WHY) if job.uses is None else top.scopes[_SCOPE]
    place = next((key for key in ("environment", "runs-on", "needs") if job.node.get(key) is not None), None)
    return Add((*job.path, "permissions"), scopes, after=place)


def _refusal(finding: Finding, reason: str) -> Refusal:
    return Refusal(rule=ID, file=finding.file, path=finding.path, line=finding.line, reason=reason)
