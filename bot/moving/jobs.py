"""What every way of moving a job needs: its uploads, the operations on an upload step, permissions, environment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct, field, structs

from bot.model import Index, Publisher, YamlPath
from bot.moving import conditions, pins, scripts
from bot.moving.deliveries import Delivery, is_pypa
from bot.moving.hindrances import hidden_login, second_upload, settings_elsewhere, shared_script, unseen_variables
from bot.moving.nouns import CREDENTIALS, Unmovable, is_token_upload
from bot.moving.options import TOOLS
from bot.moving.question import without_question
from bot.moving.stored import settings_of
from bot.moving.thirdparty import DEPLOY_PYPI, of_other_action
from bot.moving.uploads import MOVABLE, of_action, of_repeated_script, of_script
from bot.script import read, shell_of
from bot.survey import Survey
from bot.workflow import Job, Step, UsesKind, Workflow
from bot.yaml import Node, Op, Remove, Replace

LABELS = {Index.PYPI: "PyPI", Index.TESTPYPI: "TestPyPI"}
ARTIFACT = "python-package-distributions"
_REPEATERS = frozenset({"nick-fields/retry", "nick-invision/retry"})
_LINUX = re.compile(r"ubuntu-(?:latest|\d\d\.\d\d)\Z", re.IGNORECASE)
"""Machines that run actions in Docker; `ubuntu-slim` is a container itself."""
_GONE = frozenset({"ubuntu-16.04", "ubuntu-18.04", "ubuntu-20.04"})


class Task(Struct, frozen=True, kw_only=True):
    """One job that is to be moved."""

    survey: Survey
    workflow: Workflow
    job: Job
    deliveries: tuple[Delivery, ...]
    style: pins.PinStyle
    """Of what is inserted."""
    commits: bool = False
    """As in `move`: also what is there and changes becomes a commit."""
    relaunches: bool = False
    """Commands may give way to others where nothing better is left."""
    tail: tuple[Step, ...] = ()
    """Steps that go along with the uploads when the job is split, and `tail_needs`: their permissions."""
    tail_needs: Mapping[str, str] = field(default_factory=dict)

    @property
    def path(self) -> YamlPath:
        return self.job.path

    def style_of(self, ref: str) -> pins.PinStyle:
        """How a ref that is there is written anew."""
        return pins.PinStyle.COMMIT if self.commits else pins.style_of_ref(ref)

    @property
    def others(self) -> tuple[Step, ...]:
        """The steps that upload nothing and stay where they are."""
        uploading = {delivery.step.index for delivery in self.deliveries} | {step.index for step in self.tail}
        return tuple(step for step in self.job.steps if step.index not in uploading)

    @property
    def indexes(self) -> frozenset[Index]:
        return frozenset(publisher.index for delivery in self.deliveries for publisher in delivery.publishers)

    @property
    def dependants(self) -> tuple[Job, ...]:
        return tuple(other for other in self.workflow.jobs.values() if self.job.id in other.needs)


def task_of(survey: Survey, workflow: Workflow, job: Job, *, commits: bool) -> Task:
    """The uploads of a job that are to be moved; raises `Unmovable`. `commits` as in `move`."""
    style = pins.PinStyle.COMMIT if commits else pins.style_of(workflow)
    if job.uses is not None:
        raise Unmovable(_WHY_NOT["reusable"], path=job.path)
    mine = [
        publisher
        for publisher in survey.publishers
        if publisher.workflow == workflow.path and publisher.job == job.id and is_token_upload(publisher)
    ]
    if (reason := second_upload(survey, workflow, job, mine) or hidden_login(survey, job, mine)) is not None:
        raise Unmovable(reason, path=job.path)
    if (reason := shared_script(survey, workflow, job, mine) or settings_elsewhere(survey, job, mine)) is not None:
        raise Unmovable(reason, path=job.path)
    if (reason := unseen_variables(job, mine)) is not None:
        raise Unmovable(reason, path=job.path)
    uploading = {publisher.step for publisher in mine}
    deliveries = [
        structs.replace(delivery, condition=without_question(workflow, job, delivery))
        for delivery in (_of_step(workflow, job, step, mine, style) for step in job.steps if step.index in uploading)
    ]
    return Task(survey=survey, workflow=workflow, job=job, deliveries=tuple(deliveries), style=style, commits=commits)


def _of_step(workflow: Workflow, job: Job, step: Step, mine: list[Publisher], style: pins.PinStyle) -> Delivery:
    here = tuple(publisher for publisher in mine if publisher.step == step.index)
    indirect = next((publisher for publisher in here if publisher.indirect), None)
    if indirect is not None:
        what = f"the upload happens inside {indirect.via}, which is not edited blindly"
        raise Unmovable(f"{what}; let it only build, and upload with {pins.PYPA} in a job of its own", path=step.path)
    unknown = next((publisher for publisher in here if publisher.method not in MOVABLE), None)
    if unknown is not None:
        raise Unmovable(
            _WHY_NOT.get(unknown.method.value, f"{unknown.via} cannot be moved automatically"), path=step.path
        )
    job = structs.replace(job, env={**workflow.env, **job.env})
    if step.uses is None:
        return of_script(job, step, here)
    if step.uses.kind is UsesKind.DOCKER:
        raise Unmovable(f"the image {step.uses.path} is run directly; use {pins.PYPA} as an action", path=step.path)
    if is_pypa(step) or step.uses.name == DEPLOY_PYPI:
        return of_action(job, step, here[0])
    if step.uses.name in _REPEATERS and (script := step.inputs.get("command")):
        return of_repeated_script(job, step, script, here)
    return of_other_action(job, step, here[0], style)


_WHY_NOT = {
    "semantic-release": "python-semantic-release uploads up to version 7 only and takes no identity token; move to "
    "version 10, let the release job build, and upload in a job of its own when its output `released` is true",
    "reusable": "a workflow of another repository uploads; let that one only build, and upload in this file",
}


def on_linux(job: Job, condition: str | None = None) -> bool:
    """Claims that every leg of a job on which a condition holds runs on GitHub's x86-64 Linux and in no container."""
    return job.container is None and bool(job.runs_on) and all(map(_LINUX.match, runners(job, condition)))


def artifact_name(task: Task) -> str:
    """What a job's files are stored as. No name begins with that of another job's: downloads go by patterns."""
    uploading = {
        each.job for each in task.survey.publishers if each.workflow == task.workflow.path and is_token_upload(each)
    }
    alone = len(uploading) == 1 and ARTIFACT not in task.workflow.document.text
    return ARTIFACT if alone else f"{task.job.id}-distributions"


def runners(job: Job, condition: str | None = None) -> tuple[str, ...]:
    """The labels on which a job may run where a condition holds; an expression that is not spelt out stays one."""
    found: list[str] = []
    for label in dict.fromkeys(job.runs_on):  # each may stand for every value of a matrix
        inner = re.fullmatch(r"\s*\$\{\{\s*matrix\.([\w.-]+)\s*\}\}\s*", label)
        known = job.matrix.get(inner[1]) if inner is not None else None
        found += conditions.runners_of(condition, inner[1], known) if inner is not None and known else (label,)
    return tuple(found)


def publishing_runner(job: Job) -> str:
    """Where the job that only uploads runs: where the old one did, if that can run pypa's action."""
    old = job.runs_on[0] if len(job.runs_on) == 1 else ""
    usable = _LINUX.match(old) is not None and old.lower() not in _GONE
    return old if usable else "ubuntu-latest"


# ---------------------------------------------------------------- scripts


def cut_script(delivery: Delivery, cuts: Sequence[scripts.Cut]) -> Iterator[Op]:
    """Takes the uploads (or their credentials) from a script, and the variables that only they read."""
    path = (*delivery.step.path, "run")
    yield from scripts.operations(path, delivery.step.run or "", list(cuts))
    yield from drop_variables(delivery.step.path, delivery.drops)


def unconfigure(task: Task) -> list[list[Op]]:
    """Takes out the steps, or the commands of them, that only store the credentials of the uploads; last step first."""
    passes: list[list[Op]] = []
    for step in reversed(task.others):
        if step.run is None:
            continue
        shell = shell_of(step.shell or task.job.shell, task.job.runs_on[0] if task.job.runs_on else "")
        cuts = settings_of(step.run, shell)
        if cuts is None:
            raise Unmovable("a step stores the credential together with something else", path=step.path)
        if not cuts:
            continue
        rest = scripts.apply(step.run, list(cuts))
        if any(command.words for command in read(rest, shell).commands):
            gone = [name for name in step.env if not re.search(rf"\b{re.escape(name)}\b", rest)]
            path = (*step.path, "run")
            passes.append([*scripts.operations(path, step.run, list(cuts)), *drop_variables(step.path, gone)])
        elif step.id is not None:
            raise Unmovable("a step that stores the credential is referred to elsewhere", path=step.path)
        else:
            passes.append([Remove(step.path)])
    return passes


def without_upload(delivery: Delivery) -> Iterator[Op]:
    """What makes of a step one that does all that it did but upload."""
    if delivery.rewrites:
        yield from delivery.rewrites
        yield from drop_variables(delivery.step.path, delivery.drops)
    else:
        yield from cut_script(delivery, delivery.cuts or ())
    yield from settle_condition(delivery)


def settle_condition(delivery: Delivery) -> Iterator[Op]:
    """Takes the question whether there is a token out of the condition of a step that stays."""
    if delivery.asks_for_token:
        path = (*delivery.step.path, "if")
        yield Remove(path) if delivery.condition is None else Replace(path, delivery.condition)


def drop_variables(path: YamlPath, names: Sequence[str]) -> Iterator[Op]:
    """Removes variables from the `env:` at a place."""
    for name in names:
        yield Remove((*path, "env", name), prune=True, about=CREDENTIALS)


def credential_variables(task: Task, env: Mapping[str, str]) -> tuple[str, ...]:
    """Variables of a job or of the workflow that say who uploads, and only that."""
    tools = [TOOLS[tool] for delivery in task.deliveries for tool in delivery.tools if tool in TOOLS]
    known = {name for tool in tools for name in tool.variables}
    secrets = {
        f"secrets.{name}".lower() for delivery in task.deliveries for one in delivery.publishers for name in one.secrets
    }
    return tuple(
        name for name, value in env.items() if name in known or any(secret in value.lower() for secret in secrets)
    )


def mentions(steps: Sequence[Step], name: str) -> bool:
    """Claims that a step's text names a variable, outside the `env:` that would set it."""
    pattern = re.compile(rf"\b{re.escape(name)}\b")
    return any(
        pattern.search(text)
        for step in steps
        for text in (step.run or "", step.condition or "", *step.inputs.values(), *step.env.values())
    )


def anchored(node: Node) -> bool:
    """Claims that an anchor or an alias stands at a node or below it."""
    stack = [node]
    while stack:
        each = stack.pop()
        if each.anchor is not None or each.alias is not None:
            return True
        stack += each.children
    return False


def free_id(task: Task, wanted: str) -> str:
    """An id that no job of the workflow has."""
    taken = {key.lower() for key in task.workflow.jobs}
    return next(
        name for name in (wanted, *(f"{wanted}-{number}" for number in range(2, 99))) if name.lower() not in taken
    )
