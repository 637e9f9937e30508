"""A job that fetches what others built and uploads it to TestPyPI and to PyPI: one job for each index."""

from __future__ import annotations

import re

from msgspec.structs import replace

from bot.model import Index
from bot.moving import conditions, pins, scopes
from bot.moving.crossing import is_idle, only_fetches
from bot.moving.deliveries import Delivery, Form
from bot.moving.draft import Draft
from bot.moving.grants import ENVIRONMENTS, capped, environment_of, id_token
from bot.moving.inplace import move_in_place
from bot.moving.jobs import LABELS, Task, anchored, free_id, publishing_runner
from bot.moving.nouns import Unmovable
from bot.moving.pypa import fresh_upload, restated_action
from bot.moving.restate import restate, restate_item, restate_keys
from bot.workflow import Step
from bot.yaml import Append, Insert, Op, Remove, Replace, Value

_REMOVES = re.compile(r"\s*rm(?:\s++-[rfv]++)*+(?:\s++[\w./*-]++)++\s*\Z")


def fork(task: Task) -> Draft:
    """The PyPI upload stays in the job, the one to TestPyPI gets a job of its own; raises `Unmovable`."""
    trials = [delivery for delivery in task.deliveries if delivery.index is Index.TESTPYPI]
    rest = tuple(delivery for delivery in task.deliveries if delivery.index is not Index.TESTPYPI)
    if len(trials) != 1 or not rest:
        raise Unmovable("its uploads cannot be told apart by their index", path=task.path)
    (trial,) = trials
    if anchored(task.job.node) or task.job.has_matrix or conditions.asks_for_status(task.job.condition):
        raise Unmovable("its uploads to TestPyPI and PyPI cannot be given a job each", path=task.path)
    raised = conditions.raise_to_job(trial.condition, legs=False)
    later = [step for step in task.others if step.index > trial.step.index]
    if not raised.exact or not all(is_idle(step) or _makes_room(step) or only_fetches(task, step) for step in later):
        raise Unmovable("the upload to TestPyPI depends on other steps of the job", path=task.path)
    key = free_id(task, f"{task.job.id}-{ENVIRONMENTS[Index.TESTPYPI]}")
    waits = _wait_for(task, key) if _stops(trial, rest) else []
    own = [
        *waits,
        Remove(trial.step.path),
        Insert(task.path, _trial(task, trial, raised.text), where="before", key=key),
    ]
    inner = move_in_place(replace(task, deliveries=rest))
    return Draft(
        ops=[*inner.ops, *own],
        slowly=[*inner.slowly, *([op] for op in own)],
        notes=(
            f"the upload to TestPyPI has a job of its own, `{key}`, because pypa's action cannot run twice in one job",
            *inner.notes,
        ),
        warnings=inner.warnings,
    )


def _makes_room(step: Step) -> bool:
    """Claims that a step only takes away files, which those that are fetched after it come to lie in the place of."""
    return step.condition is None and _REMOVES.match(step.run or "") is not None


def _stops(trial: Delivery, rest: tuple[Delivery, ...]) -> bool:
    """Claims that a trial that fails keeps the others from being uploaded. Raises `Unmovable` where it does so only if
    it is tried: whoever waits for a job that is skipped is skipped as well.
    """
    after = [one for one in rest if not conditions.exclude(one.condition, trial.condition)]
    if not after or not _comes_first(trial, rest):
        return False
    if not all(conditions.implies(each.condition, trial.condition) for each in rest):
        raise Unmovable(
            "a failed upload to TestPyPI would stop the one to PyPI no longer; give both the same condition",
            path=trial.step.path,
        )
    return True


def _comes_first(trial: Delivery, rest: tuple[Delivery, ...]) -> bool:
    return trial.step.index < rest[0].step.index and trial.step.node.get("continue-on-error") is None


def _wait_for(task: Task, key: str) -> list[Op]:
    node = task.job.node.get("needs")
    path = (*task.path, "needs")
    if node is None:
        raise Unmovable("it waits for no job that builds", path=task.path)
    return [Append(path, key)] if node.elements is not None else [Replace(path, [node.value, key])]


def _trial(task: Task, trial: Delivery, condition: str | None) -> Value:
    job, document = task.job, task.workflow.document
    found: dict[str, Value] = {"name": f"Publish to {LABELS[Index.TESTPYPI]}"}
    combined, own = conditions.both(job.condition, condition), job.node.get("if")
    if combined is not None:
        found["if"] = restate(document, own) if own is not None and condition is None else combined
    needs = job.node.get("needs")
    if needs is not None:
        found["needs"] = restate(document, needs)
    found["runs-on"] = publishing_runner(job)
    environment = environment_of(task, Index.TESTPYPI)
    if environment is not None:
        found["environment"] = environment
    earlier = [step for step in task.others if step.index < trial.step.index]
    needed = scopes.needed(task.survey.snapshot.files, task.workflow, task.job, earlier)
    if needed is None:
        raise Unmovable("what the steps before the upload to TestPyPI may do is not known", path=task.path)
    found["permissions"] = {**capped(task, needed), "id-token": id_token(task)}
    steps: list[Value] = [_before(task, step) for step in earlier]
    action = trial.form is Form.ACTION
    steps.append(
        restated_action(task, trial.step, trial.folder or "dist")
        if action
        else fresh_upload(task, trial, trial.folder or "dist")
    )
    found["steps"] = steps
    return found


def _before(task: Task, step: Step) -> Value:
    """A step before the upload, once more; an artifact is fetched with the version that can still be run tomorrow."""
    document, uses = task.workflow.document, step.uses
    old = re.fullmatch(r"v?([4-7])(?:\.\d+)*", uses.ref) if uses is not None and uses.name == pins.DOWNLOAD else None
    plain = any(step.inputs.get(name) for name in ("name", "pattern"))
    if uses is None or old is None or not plain:
        return restate_item(document, step.node)
    fresh = pins.pinned(pins.DOWNLOAD, task.style_of(uses.ref))
    return restate_keys(document, step.node, {"uses": fresh})
