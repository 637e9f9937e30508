"""Credentials that the whole workflow is given: gone when no job that is left needs them."""

from __future__ import annotations

from collections.abc import Callable

from bot.model import Credential
from bot.moving.jobs import Task, credential_variables, mentions
from bot.moving.nouns import CREDENTIALS
from bot.survey import Survey
from bot.yaml import Op, Remove, edit

Resurvey = Callable[[Survey, str, str], Survey]


def drop_workflow_variables(after: Survey, path: str, task: Task, resurvey: Resurvey) -> Survey:
    """The same without those variables of the workflow that only the moved uploads read."""
    workflow = after.workflows[path]
    fresh = set(workflow.jobs) - set(task.workflow.jobs)
    others = [each for each in after.publishers if each.workflow == path and each.job not in {task.job.id, *fresh}]
    if any(each.credential is not Credential.OIDC or each.indirect for each in others):
        return after  # they may go to another index with the same variables
    if any(each.path == path for each in after.suspects):
        return after  # what may be another upload may need them
    ops: list[Op] = [
        Remove(("env", name), prune=True, about=CREDENTIALS)
        for name in credential_variables(task, workflow.env)
        if not any(mentions(job.steps, name) for job in workflow.jobs.values())
    ]
    return resurvey(after, path, edit(workflow.document, ops)) if ops else after
