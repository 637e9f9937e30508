"""What only looks whether there is a token goes before the upload is moved: steps, parts of scripts, conditions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from bot.errors import Refused
from bot.moving import conditions, scripts
from bot.moving.looks import Look, is_all, looks_of
from bot.moving.nouns import is_token_upload
from bot.script import Shell, shell_of
from bot.survey import Survey
from bot.workflow import Job, Step, Workflow
from bot.yaml import Op, Remove, Replace, edit

_SECRET = re.compile(r"\s*\$\{\{\s*secrets\.(\w+)\s*\}\}\s*\Z", re.IGNORECASE)


class Unasked(Struct, frozen=True, kw_only=True):
    """A workflow in which nothing of a job looks for its token any more."""

    text: str
    quiet: bool
    """Without a token, the job did not fail before, but uploaded nothing."""


def unasked(survey: Survey, path: str, job_id: str) -> Unasked | None:
    """A workflow without what only looks for the token of a job; None where nothing does, or where more rests on it."""
    workflow = survey.workflows[path]
    job = workflow.jobs[job_id]
    mine = [each for each in survey.publishers if (each.workflow, each.job) == (path, job_id) and is_token_upload(each)]
    secrets = frozenset(name.upper() for each in mine for name in each.secrets)
    uploading = frozenset(each.step for each in mine)
    if not secrets or not _may_ask(workflow, job):
        return None
    operations: list[Op] = []
    quiet = False
    for step in reversed(job.steps):
        found = _of_step(workflow, job, step, secrets, uploads=step.index in uploading)
        if found is None:
            return None
        ops, silent = found
        operations += ops
        quiet = quiet or silent
    condition = conditions.without_token(job.condition, frozenset(_held(workflow.env, secrets)), secrets)
    if condition != job.condition:
        place = (*job.path, "if")
        operations.append(Remove(place) if condition is None else Replace(place, condition))
        quiet = True
    if not operations or (quiet and "pull_request" in workflow.triggers and not _skips_pulls(job, uploading)):
        return None
    try:
        return Unasked(text=edit(workflow.document, operations), quiet=quiet)
    except Refused:
        return None


def _may_ask(workflow: Workflow, job: Job) -> bool:
    """Cheap, and true of every job that asks."""
    text = workflow.document.text[job.node.start : job.node.end]
    return any(word in text for word in ("-z ", "-n ", "= ''", '= ""'))


def _skips_pulls(job: Job, uploading: frozenset[int | None]) -> bool:
    steps = [step for step in job.steps if step.index in uploading]
    return all(conditions.skips_pulls(job.condition, step.condition) for step in steps)


def _held(env: Mapping[str, str], secrets: frozenset[str]) -> Iterator[str]:
    """The variables that hold one of the secrets and nothing else."""
    for name, value in env.items():
        found = _SECRET.match(value)
        if found is not None and found[1].upper() in secrets:
            yield name


def _of_step(
    workflow: Workflow, job: Job, step: Step, secrets: frozenset[str], *, uploads: bool
) -> tuple[list[Op], bool] | None:
    """What takes the looks out of one step, and whether one of them was quiet; None where that cannot be done."""
    text = step.run or ""
    if "if " not in text and "||" not in text and "&&" not in text:
        return [], False
    if shell_of(step.shell or job.shell, *job.runs_on[:1]) is not Shell.BASH:
        return [], False
    variables = frozenset(_held({**workflow.env, **job.env, **step.env}, secrets))
    looks = list(looks_of(text, variables, secrets))
    if not looks:
        return [], False
    quiet = any(look.is_quiet for look in looks)
    if is_all(text, looks) and not uploads:
        answered = _answered(workflow, job, step, looks)
        return None if answered is None else ([*answered, Remove(step.path)], quiet)
    if any(look.tells for look in looks):
        return [], False
    return scripts.operations((*step.path, "run"), text, [look.cut for look in looks]), quiet


def _answered(workflow: Workflow, job: Job, step: Step, looks: list[Look]) -> list[Op] | None:
    """The conditions of the job freed of the answer of a step that goes; None where more depends on it."""
    if step.id is None:
        return []
    said = {name: value for look in looks for name, value in look.told[True].items()}
    yes = {f"steps.{step.id}.outputs.{name} == '{value}'" for name, value in said.items()}
    operations: list[Op] = []
    mentioned = 0
    for other in reversed(job.steps):
        if f"steps.{step.id}." not in (other.condition or ""):
            continue
        parts = list(conditions.conjuncts(conditions.bare(other.condition or "")))
        kept = [part for part in parts if part not in yes]
        mentioned += len(parts) - len(kept)
        place = (*other.path, "if")
        operations.append(Replace(place, " && ".join(kept)) if kept else Remove(place))
    text = workflow.document.text[job.node.start : job.node.end]
    everywhere = len(re.findall(rf"\bsteps\.{re.escape(step.id)}\b", text))
    return operations if everywhere == mentioned else None
