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
from bot.messages import Mend, code
from bot.model import ACTIONS_BRANCH, Change, Finding, FixKind, Refusal, Severity
from bot.rules.rule import Context, Fix
from bot.workflow import Step, Uses, Workflow
from bot.yaml import Rename, edit

ID = "deprecated-input"
BRANCH = ACTIONS_BRANCH
WHY = "The old names warn at every run, and the third major version of the action will not know them"

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
        if (finding := _of_workflow(workflow)) is not None
    )


def fix(context: Context, finding: Finding) -> Fix | Refusal:
    """The workflow with today's names; or why that is left to a person."""
    workflow = context.survey.workflows[finding.file or ""]
    text = _mended(workflow)
    if isinstance(text, Refused):
        return Refusal(rule=ID, file=finding.file, path=finding.path, line=finding.line, reason=text.reason)
    names = dict.fromkeys(name for _, old in _steps(workflow) for name in old)
    shown = ", ".join(code(name.replace("_", "-")) for name in names)
    return Fix(
        changes=(Change(file=workflow.path, before=workflow.document.text, after=text),),
        subject=(ID, workflow.path),
        message=Mend(
            file=workflow.path,
            what=f"The publish action is given {shown} by today's name",
            why="The old names warn at every run, and its third major version will not know them",
        ),
    )


def _of_workflow(workflow: Workflow) -> Finding | None:
    if "pypi-publish" not in workflow.document.text:
        return None
    steps = list(_steps(workflow))
    if not steps:
        return None
    names = dict.fromkeys(name for _, names in steps for name in names)
    shown = ", ".join(map(code, names))
    now = ", ".join(code(name.replace("_", "-")) for name in names)
    input_of = steps[0][0].node.get("with")
    return Finding(
        rule=ID,
        severity=Severity.LOW,
        message=f"{shown} of the publish action will stop working; today's spelling is {now}",
        fix=FixKind.SAFE if isinstance(_mended(workflow), str) else FixKind.MANUAL,
        file=workflow.path,
        path=(*steps[0][0].path, "with"),
        line=input_of.line if input_of is not None else steps[0][0].line,
    )


def _steps(workflow: Workflow) -> Iterator[tuple[Step, tuple[str, ...]]]:
    """Steps of the action with inputs under their old names, where the new ones are known for certain."""
    for job in workflow.jobs.values():
        for step in job.steps:
            uses = step.uses
            if uses is not None and step.inputs and uses.repo.lower() in _FORKS:
                old = tuple([name for name in step.inputs if name.lower() in _OLD])
                if old and _knows_dashes(workflow, step, uses):
                    yield step, old


def _knows_dashes(workflow: Workflow, step: Step, uses: Uses) -> bool:
    if uses.ref in _MOVING:
        return True
    said = uses.ref
    if _SHA.match(uses.ref):
        node = step.node.get("uses")
        beside = _BESIDE.match(workflow.document.text, node.end) if node is not None else None
        said = beside[1] if beside is not None else ""
    found = _VERSION.match(said)
    return said in _MOVING or (found is not None and (int(found[1]), int(found[2])) >= _SINCE)


def _mended(workflow: Workflow) -> str | Refused:
    """Safe, because the action reads both names of an input alike, and the engine proves that nothing else changes."""
    names = [((*step.path, "with", name), name.replace("_", "-")) for step, old in _steps(workflow) for name in old]
    try:
        return edit(workflow.document, [Rename(path, new) for path, new in names])
    except Refused as refused:
        return refused.with_traceback(None)  # which holds all that was at hand where it was raised
