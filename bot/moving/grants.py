"""What a job is given: its identity token, the permissions that its steps need, and an environment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.model import Index, Visibility, YamlPath
from bot.moving import scopes
from bot.moving.jobs import Task
from bot.moving.nouns import Unmovable
from bot.moving.restate import restate
from bot.workflow import Job, Step
from bot.yaml import Add, Commented, Op, Replace, Value

ENVIRONMENTS = {Index.PYPI: "pypi", Index.TESTPYPI: "testpypi"}
ID_TOKEN_COMMENT = "mandatory for trusted publishing"  # noqa: S105 - a comment, no token
ID_TOKEN = Commented("write", beside=ID_TOKEN_COMMENT)


def grant(task: Task, steps: Sequence[Step]) -> Iterator[Op]:
    """Gives a job its identity token without taking from it what `steps` need; raises `Unmovable`."""
    job, workflow = task.job, task.workflow
    if workflow.may_mint(job):
        return
    path = (*job.path, "permissions")
    if job.permissions is not None and job.permissions.every is None:
        yield from _grant_in_block(job, path)
        return
    allowed = _allowed(task, steps)
    block: Value = {**allowed, "id-token": id_token(task)}
    if job.permissions is not None:
        yield Replace(path, block)
    else:
        yield Add(path, block, after="runs-on")


def id_token(task: Task) -> Value:
    """The permission with a comment, which cannot stand inside brackets."""
    jobs = task.workflow.document.find(("jobs",))
    return "write" if task.job.node.flow or (jobs is not None and jobs.flow) else ID_TOKEN


def _grant_in_block(job: Job, path: YamlPath) -> Iterator[Op]:
    node = job.node.get("permissions")
    assert node is not None
    if node.get("id-token") is not None:
        yield Replace((*path, "id-token"), "write")
    elif node.entries and node.flow:
        yield Add((*path, "id-token"), "write")
    else:
        yield Add((*path, "id-token"), "write", comment=ID_TOKEN_COMMENT)


def _allowed(task: Task, steps: Sequence[Step]) -> Mapping[str, str]:
    """What a job may do today, spelt out; what its steps need, where today's permissions are not spelt out."""
    current = task.workflow.permissions_of(task.job)
    if current is not None and current.every is None:
        return current.scopes
    found = scopes.needed(task.survey.snapshot.files, task.workflow, task.job, steps)
    if found is None:
        raise Unmovable(
            "a permissions block would take away what one of its steps may need; write out the permissions that the "
            "job needs, and pubflow adds the identity token to them"
        )
    return capped(task, found)


def capped(task: Task, needed: Mapping[str, str]) -> Mapping[str, str]:
    """What steps need, as far as the job may do it today: nobody is given more than that."""
    current = task.workflow.permissions_of(task.job)
    today = {scope: current.level(scope) if current is not None else level for scope, level in needed.items()}
    lower = {scope: min(level, today[scope], key=scopes.rank) for scope, level in sorted(needed.items())}
    return {scope: level for scope, level in lower.items() if scopes.rank(level)}


def environment_ops(task: Task, index: Index) -> Iterator[Op]:
    """The environment that a job gets when it has none."""
    if task.job.node.get("environment") is None and (environment := environment_of(task, index)) is not None:
        yield Add((*task.job.path, "environment"), environment, after="runs-on")


def environment_of(task: Task, index: Index) -> Value | None:
    """The environment for an upload: the job's own, else one by the name of the index.

    None in a private repository, whose plan may not have environments:
    https://docs.github.com/en/actions/reference/workflows-and-actions/deployments-and-environments
    """
    node = task.job.node.get("environment")
    if node is not None:
        return restate(task.workflow.document, node)
    return None if task.survey.snapshot.repo.visibility is Visibility.PRIVATE else ENVIRONMENTS[index]
