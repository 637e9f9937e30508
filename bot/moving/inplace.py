"""A job moved where it stands: no credential, an identity token, and every permission that its steps need."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from bot.model import Credential
from bot.moving import conditions, scripts
from bot.moving.deliveries import Delivery, Form, is_pypa
from bot.moving.draft import Draft, Piece, at_once, one_by_one
from bot.moving.grants import environment_ops, grant
from bot.moving.jobs import (
    LABELS,
    Task,
    credential_variables,
    drop_variables,
    mentions,
    on_linux,
    runners,
    settle_condition,
    unconfigure,
    without_upload,
)
from bot.moving.nouns import Unmovable
from bot.moving.pypa import clean_action, fresh_upload
from bot.moving.trial import trial
from bot.moving.versions import UPGRADE, can_be_upgraded, is_able
from bot.workflow import Trigger
from bot.yaml import Insert, Op, Value

COLLECTED = "dist"
_NO_CREDENTIALS = ("_URL", "_REPOSITORY", "_INDEX", "_REPO", "_INTERACTIVE")
_ELSEWHERE = re.compile(r"windows|macos|arm", re.IGNORECASE)
_HOSTED = re.compile(r"(?:ubuntu|windows|macos)-(?:latest|\d[\d.]*)(?:-(?:arm|intel|x?large))?\Z", re.IGNORECASE)
_PLAIN_GLOB = re.compile(r"[A-Za-z0-9_*][A-Za-z0-9_./*-]*\Z")


def move_in_place(task: Task, trials: frozenset[int] = frozenset()) -> Draft:
    """The operations that move a job where it stands; raises `Unmovable`. `trials`: steps that twine uploads for."""
    job = task.job
    pieces: list[Piece] = []
    uploading: list[tuple[Delivery, bool]] = []
    # From the last step to the first, so that paths hold also where neighbours would touch each other.
    kept = _better_kept(task)
    for delivery in reversed(task.deliveries):
        if delivery.step.index in trials:
            changed, with_pypa = trial(task, delivery), False
        else:
            changed, with_pypa = _step(task, delivery, keep=delivery in kept)
        pieces += changed
        uploading.insert(0, (delivery, with_pypa))
    pieces += map(Piece, unconfigure(task))
    ops: list[Op] = []
    _check_runner(task, uploading)
    _check_once(task, uploading)
    for name in credential_variables(task, job.env):
        if mentions(task.others, name):
            raise Unmovable(f"its variable {name} is used by another step as well", path=(*job.path, "env"))
        ops += drop_variables(job.path, (name,))
    indexes = set(task.indexes)
    warnings: tuple[str, ...] = ()
    if job.node.get("environment") is None:
        if len(indexes) == 1 and _always_uploads(task):
            ops += environment_ops(task, indexes.pop())
        else:
            reason = "because it uploads to two indexes"
            reason = reason if len(indexes) > 1 else "because it also runs when it uploads nothing"
            warnings = (f"the job `{job.id}` got no environment, {reason}; a job of its own could have one",)
    ops += grant(task, job.steps)
    pieces.append(Piece(ops))
    return Draft(
        ops=at_once(pieces),
        slowly=list(one_by_one(pieces)),
        notes=tuple(_notes(task, uploading, trials)),
        warnings=warnings,
    )


def can_relaunch(task: Task) -> bool:
    """Claims that something could be gained by `relaunches`; cheap."""
    return any(delivery.relaunched is not None for delivery in task.deliveries)


def _better_kept(task: Task) -> list[Delivery]:
    """The commands that stay although pypa's action could take over, because it cannot do so twice in one job."""
    converted = [each for each in task.deliveries if each.form is not Form.COMMAND or _converts(task, each)]
    if all(conditions.exclude(first.condition, second.condition) for first, second in combinations(converted, 2)):
        return []
    return [each for each in converted if each.form is Form.COMMAND and each.kept is not None]


def _step(task: Task, delivery: Delivery, *, keep: bool) -> tuple[list[Piece], bool]:
    """The operations on one step, and whether pypa's action uploads after them."""
    if delivery.form is Form.ACTION:
        return [Piece([*clean_action(task, delivery), *settle_condition(delivery)])], is_pypa(delivery.step)
    if delivery.form is Form.COMMAND and (keep or not _converts(task, delivery)):
        return _staying(task, delivery), False
    if delivery.rewrites and _is_covered(task, delivery):
        return [Piece(delivery.rewrites)], False
    return [Piece(list(_converted(task, delivery)), None if delivery.stays else delivery.step.path)], True


def _staying(task: Task, delivery: Delivery) -> list[Piece]:
    """A script that goes on uploading, by the tool that it has or by a new twine; raises `Unmovable`."""
    path = delivery.step.path
    if any(publisher.credential is Credential.NONE for publisher in delivery.publishers):
        what = "its credential comes from somewhere that the workflow does not show, and would still be used"
        raise Unmovable(what, path=path)
    cuts, upgrade = _staying_cuts(task, delivery)
    if cuts is None:
        raise Unmovable(_how_to(delivery), path=path)
    gone = [name for name in delivery.drops if not name.endswith(_NO_CREDENTIALS)]
    script = scripts.operations((*path, "run"), delivery.step.run or "", list(cuts))
    ops = [*script, *drop_variables(path, gone), *settle_condition(delivery)]
    return [Piece(ops), *map(Piece, upgrade)]


def _staying_cuts(task: Task, delivery: Delivery) -> tuple[tuple[scripts.Cut, ...] | None, list[list[Op]]]:
    """The cuts of a script that goes on uploading, and passes that make its tool new enough; None where it cannot."""
    if delivery.kept is not None and (upgrade := _upgrade(task, delivery)) is not None:
        return delivery.kept, upgrade
    if not task.relaunches:
        return None, []
    hosted = all(_HOSTED.match(label) for label in runners(task.job, delivery.condition))  # such machines have pipx
    return delivery.relaunched if hosted and task.job.container is None else None, []


def _is_covered(task: Task, delivery: Delivery) -> bool:
    """Claims that a later step uploads the same with an identity token already."""
    return any(
        (each.workflow, each.job, each.index) == (task.workflow.path, task.job.id, delivery.index)
        and each.credential is Credential.OIDC
        and (each.step or 0) > delivery.step.index
        for each in task.survey.publishers
    )


def _upgrade(task: Task, delivery: Delivery) -> list[list[Op]] | None:
    """A pass that installs a new enough twine, none where there is one; None where that cannot be done."""
    if is_able(task.workflow, task.job, delivery):
        return []
    if not can_be_upgraded(task.job, delivery):
        return None
    step: dict[str, Value] = {"name": "Install a twine that knows trusted publishing"}
    if delivery.condition is not None:
        step["if"] = delivery.condition
    return [[Insert(delivery.step.path, step | {"run": UPGRADE}, where="before")]]


def _converts(task: Task, delivery: Delivery) -> bool:
    """Claims that pypa's action can take over from the commands of a step, in this very job."""
    possible = (
        delivery.cuts is not None and delivery.folder is not None and not delivery.patterns and not delivery.trailing
    )
    if not possible or delivery.computed or not on_linux(task.job, delivery.condition):
        return False
    return delivery.tools != ("uv",) or not is_able(task.workflow, task.job, delivery)


def _converted(task: Task, delivery: Delivery) -> Iterator[Op]:
    """Steps that build, and pypa's action after them."""
    step = delivery.step
    upload = fresh_upload(task, delivery, delivery.folder or COLLECTED)
    if delivery.condition is not None:
        upload = {"name": upload["name"], "if": delivery.condition} | upload
    if step.id is not None and not delivery.stays:  # later steps may ask how it ended
        upload = {"name": upload["name"], "id": step.id} | upload
    if delivery.stays:
        yield from without_upload(delivery)
        yield Insert(step.path, upload, where="after")
        return
    for build in (*delivery.build_steps, *_collecting(task, delivery)):
        yield Insert(step.path, build, where="before")
    yield Insert(step.path, upload, where="before")


def _collecting(task: Task, delivery: Delivery) -> Iterator[Value]:
    """A step that brings files of several folders into one, for pypa's action reads a single folder."""
    if delivery.folder is not None:
        return
    elsewhere = task.job.working_directory or delivery.step.working_directory
    checks_out = any(step.uses is not None and step.uses.name == "actions/checkout" for step in task.job.steps)
    if elsewhere or checks_out or not delivery.patterns or not all(map(_PLAIN_GLOB.match, delivery.patterns)):
        raise Unmovable("where its distributions lie cannot be told", path=delivery.step.path)
    step: dict[str, Value] = {"name": "Collect the distribution packages"}
    if delivery.condition is not None:
        step["if"] = delivery.condition
    yield step | {"run": f"mkdir {COLLECTED}\ncp {' '.join(delivery.patterns)} {COLLECTED}/\n"}


def _how_to(delivery: Delivery) -> str:
    if delivery.kept is not None:
        tool = delivery.tools[0]
        return f"the version of {tool} that uploads is not known to be new enough for trusted publishing"
    if delivery.cuts is None:
        return f"`{delivery.publishers[0].via}` does not stand on a line of its own with options that are understood"
    return (
        f"`{delivery.publishers[0].via}` takes no identity token, and its files cannot be handed to pypa's action here"
    )


def _check_runner(task: Task, uploading: list[tuple[Delivery, bool]]) -> None:
    for delivery, with_pypa in uploading:
        self_hosted = "self-hosted" in task.job.runs_on
        if with_pypa and task.job.container is not None:
            raise Unmovable("pypa's action does not run in a job that has a container", path=task.path)
        condition = delivery.condition
        elsewhere = any(_ELSEWHERE.search(label) for label in runners(task.job, condition))
        if with_pypa and (
            elsewhere or (delivery.form is not Form.ACTION and not on_linux(task.job, condition) and not self_hosted)
        ):
            raise Unmovable("pypa's action runs on GitHub's x86-64 Linux runners alone", path=task.path)


def _check_once(task: Task, uploading: list[tuple[Delivery, bool]]) -> None:
    """pypa's action run twice in one job finds the attestations of its first run and stops."""
    twice = [delivery for delivery, with_pypa in uploading if with_pypa]
    for first, second in combinations(twice, 2):
        if not conditions.exclude(first.condition, second.condition):
            raise Unmovable(
                "pypa's action cannot run twice in one job",
                path=task.path,
            )


def _always_uploads(task: Task) -> bool:
    return any(not _is_conditional(delivery) for delivery in task.deliveries) or not _runs_often(task)


def _is_conditional(delivery: Delivery) -> bool:
    """Claims that the step or its script may upload nothing."""
    inside = delivery.form is Form.COMMAND and delivery.cuts is None
    return inside or delivery.condition is not None or "${{" in delivery.step.inputs.get("upload", "")


def _runs_often(task: Task) -> bool:
    """Claims that a job whose upload has a condition also runs on other occasions than releases."""
    return any(not _releases(trigger) for trigger in task.workflow.triggers.values())


def _releases(trigger: Trigger) -> bool:
    if trigger.event == "push":
        return set(trigger.filters) == {"tags"}
    return trigger.event in ("release", "workflow_dispatch")


def _notes(task: Task, uploading: list[tuple[Delivery, bool]], trials: frozenset[int]) -> Iterator[str]:
    job = task.job.id
    for delivery, with_pypa in uploading:
        indexes = sorted({publisher.index for publisher in delivery.publishers})
        target = " and ".join(LABELS.get(index, index.value) for index in indexes)
        if delivery.step.index in trials:
            yield f"the job `{job}` uploads to {target} with twine, because pypa's action cannot run twice in one job"
        elif delivery.form is Form.ACTION:
            yield f"the job `{job}` uploads to {target} without a password"
        elif with_pypa:
            yield f"the job `{job}` uploads to {target} with pypa's action instead of `{delivery.publishers[0].via}`"
        elif delivery.form is Form.COMMAND and _staying_cuts(task, delivery)[0] is not delivery.kept:
            yield f"the job `{job}` uploads to {target} with a new twine instead of `{delivery.publishers[0].via}`"
        else:
            yield f"the job `{job}` keeps `{delivery.publishers[0].via}`, which asks for an identity token now"
        yield from delivery.notes
    yield f"the job `{job}` may ask for an identity token, and keeps the permissions that its steps need"
