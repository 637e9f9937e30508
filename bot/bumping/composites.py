"""The repository's own composite actions below `.github`, seen as workflows of one job: their steps are raised too.

What runs them is what their callers run on and are started by. Actions elsewhere in the repository are made for others
to use, and what they need of a newer version nobody here can see.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from bot.bumping.templates import expand
from bot.errors import Unparsable
from bot.survey import Survey
from bot.workflow import Job, Trigger, UsesKind, Workflow, read_action
from bot.yaml import parse

JOB = "runs"
_LOCAL = UsesKind.LOCAL
_BELOW = ".github/"
_NAMES = ("action.yml", "action.yaml")
_Caller = tuple[Workflow, Job]


def composites(survey: Survey, workflows: Sequence[Workflow]) -> tuple[Workflow, ...]:
    """Those that these workflows use, also by way of each other; one that cannot be read is left out."""
    callers: dict[str, list[_Caller]] = {}
    waiting = [(path, (workflow, job)) for workflow in workflows for job, path in _used(survey, workflow)]
    found: dict[str, Workflow] = {}
    while waiting:
        path, caller = waiting.pop(0)
        seen = path in callers
        callers.setdefault(path, []).append(caller)
        if not seen and (action := _read(survey, path)) is not None:
            found[path] = action
            waiting += [(inner, caller) for _, inner in _used(survey, action)]
    return tuple(_of(found[path], callers[path]) for path in sorted(found))


def _used(survey: Survey, workflow: Workflow) -> Iterator[tuple[Job, str]]:
    for job in workflow.jobs.values():
        for step in job.steps:
            uses = step.uses
            if uses is not None and uses.kind is _LOCAL and uses.path.startswith(_BELOW):
                path = _file(survey, uses.path)
                if path is not None:
                    yield job, path


def _file(survey: Survey, folder: str) -> str | None:
    return next((file for name in _NAMES if (file := f"{folder}/{name}") in survey.snapshot.files), None)


def _read(survey: Survey, path: str) -> Workflow | None:
    try:
        document = parse(survey.snapshot.files[path])
    except Unparsable:
        return None
    action = read_action(path, document)
    node = document.root.get("runs") if document.root is not None else None
    if action.using != "composite" or node is None:
        return None
    job = Job(id=JOB, path=("runs",), line=node.line, node=node, steps=action.steps)
    return Workflow(path=path, document=document, name=None, triggers={}, permissions=None, env={}, jobs={JOB: job})


def _of(action: Workflow, callers: Sequence[_Caller]) -> Workflow:
    """The action with what is known of its callers: all events, all labels of runners."""
    triggers: dict[str, Trigger] = {}
    labels: dict[str, None] = {}
    for workflow, job in callers:
        triggers.update(workflow.triggers)
        for label in job.runs_on:
            labels.update(dict.fromkeys(sorted(expand(label, job) or (label,))))
    job = msgspec.structs.replace(action.jobs[JOB], runs_on=tuple(labels))
    return msgspec.structs.replace(action, triggers=triggers, jobs={JOB: job})
