"""An input of PyPI's publish action under its old name: write it with dashes.

The names with underscores warn at every run, and the third major version of the action will not know them: an upload
that is told where its packages lie by an unknown name looks into `dist/` and finds nothing.
https://github.com/pypa/gh-action-pypi-publish/pull/125

Before::

    on: release
    jobs:
      publish:
        runs-on: ubuntu-latest
        permissions:
          id-token: write
        steps:
          - uses: pypa/gh-action-pypi-publish@release/v1
            with:
              packages_dir: wheels/ # built before
              skip_existing: true

After::

    on: release
    jobs:
      publish:
        runs-on: ubuntu-latest
        permissions:
          id-token: write
        steps:
          - uses: pypa/gh-action-pypi-publish@release/v1
            with:
              packages-dir: wheels/ # built before
              skip-existing: true
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.errors import Refused
from bot.messages import code
from bot.model import ACTIONS_BRANCH, Change, Credential, Finding, FixKind, Index, Refusal, Severity
from bot.rules.rule import Context
from bot.survey import Survey
from bot.workflow import Job, Step, Workflow
from bot.yaml import Rename, edit

ID = "deprecated-input"
BRANCH = ACTIONS_BRANCH

_OLD = ("packages_dir", "print_hash", "repository_url", "skip_existing", "verify_metadata")
_FORKS = ("gh-action-pypi-publish", "pypa-gh-action-pypi-publish")
# The names with dashes came with v1.7.0; before it they are unknown, and the old ones are no mistake.
_SINCE = (1, 7)
_MOVING = frozenset({"release/v1", "unstable/v1"})
_SHA = re.compile(r"[0-9a-f]{40}\Z")
_VERSION = re.compile(r"(?:release/)?v?(\d+)\.(\d+)(?:\.\d+)*\Z")
_BESIDE = re.compile(r"[^\n]*?#\s*(\S+)")


def find(context: Context) -> tuple[Finding, ...]:
    """One finding for each workflow that gives the action inputs under their old names."""
    return tuple(
        finding
        for _, workflow in sorted(context.survey.workflows.items())
        if (finding := _of_workflow(context.survey, workflow)) is not None
    )


def changes(context: Context, finding: Finding) -> tuple[Change, ...] | Refusal:
    """The workflow with today's names; or why that is left to a person."""
    workflow = context.survey.workflows[finding.file or ""]
    text = _mended(context.survey, workflow)
    if isinstance(text, str):
        return (Change(file=workflow.path, before=workflow.document.text, after=text),)
    return Refusal(rule=ID, file=finding.file, path=finding.path, line=finding.line, reason=text.reason)


def _of_workflow(survey: Survey, workflow: Workflow) -> Finding | None:
    if "pypi-publish" not in workflow.document.text:
        return None
    steps = list(_steps(workflow))
    if not steps:
        return None
    names = dict.fromkeys(name for _, _, names in steps for name in names)
    shown = ", ".join(map(code, names))
    now = ", ".join(code(name.replace("_", "-")) for name in names)
    input_of = steps[0][1].node.get("with")
    return Finding(
        rule=ID,
        severity=Severity.LOW,
        message=f"{shown} of the publish action will stop to work; today's spelling is {now}",
        fix=FixKind.SAFE if isinstance(_mended(survey, workflow), str) else FixKind.MANUAL,
        file=workflow.path,
        path=(*steps[0][1].path, "with"),
        line=input_of.line if input_of is not None else steps[0][1].line,
    )


def _steps(workflow: Workflow) -> Iterator[tuple[Job, Step, tuple[str, ...]]]:
    """Steps of the action with inputs under their old names, where the new ones are known for certain."""
    for job in workflow.jobs.values():
        for step in job.steps:
            old = tuple(name for name in step.inputs if name.lower() in _OLD)
            if old and _knows_dashes(workflow, step):
                yield job, step, old


def _knows_dashes(workflow: Workflow, step: Step) -> bool:
    uses = step.uses
    if uses is None or uses.repo.lower() not in _FORKS:
        return False
    if uses.ref in _MOVING:
        return True
    said = uses.ref
    if _SHA.match(uses.ref):
        node = step.node.get("uses")
        beside = _BESIDE.match(workflow.document.text, node.end) if node is not None else None
        said = beside[1] if beside is not None else ""
    found = _VERSION.match(said)
    return said in _MOVING or (found is not None and (int(found[1]), int(found[2])) >= _SINCE)


def _mended(survey: Survey, workflow: Workflow) -> str | Refused:
    """Safe, because the action reads both names of an input alike, and the engine proves that nothing else changes."""
    mine = [each for each in survey.publishers if each.workflow == workflow.path and each.index is not Index.OTHER]
    if any(each.credential in (Credential.TOKEN, Credential.PASSWORD) for each in mine):
        return Refused("The workflow uploads with a stored token; moving that upload renames its inputs as well.")
    names = [((*step.path, "with", name), name.replace("_", "-")) for _, step, old in _steps(workflow) for name in old]
    try:
        return edit(workflow.document, [Rename(path, new) for path, new in names])
    except Refused as refused:
        return refused
