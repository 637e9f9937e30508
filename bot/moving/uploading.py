"""The jobs that only upload: they fetch what the build job stored and hand it to pypa's action."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.model import Index
from bot.moving import conditions, pins
from bot.moving.crossing import skips_pulls
from bot.moving.deliveries import Delivery, Form
from bot.moving.grants import ENVIRONMENTS, ID_TOKEN, environment_of
from bot.moving.jobs import LABELS, Task, artifact_name, free_id, publishing_runner
from bot.moving.nouns import Unmovable
from bot.moving.pypa import fresh_upload, restated_action
from bot.moving.restate import restate
from bot.yaml import Raw, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """What the build job stores at the place of one upload."""

    name: str
    delivery: Delivery
    sometimes: bool
    """It may be absent although the uploading job runs."""


def artifacts_of(task: Task) -> tuple[Artifact, ...]:
    """One for each folder, choice of files and condition: stored where the last of the uploads that share it stood."""
    last: dict[tuple[str | None, tuple[str, ...], str | None], Delivery] = {}
    for delivery in task.deliveries:
        last[_key(delivery)] = delivery
    base = artifact_name(task)
    found = list(last.values())
    conditions_differ = len({delivery.condition for delivery in found}) > 1
    return tuple(
        Artifact(
            name=base if len(found) == 1 else f"{base}-{number}",
            delivery=delivery,
            sometimes=conditions_differ and delivery.condition is not None,
        )
        for number, delivery in enumerate(found, start=1)
    )


def _key(delivery: Delivery) -> tuple[str | None, tuple[str, ...], str | None]:
    return delivery.folder, delivery.patterns, delivery.condition


def indexes_of(task: Task, artifact: Artifact) -> set[Index]:
    return {delivery.index for delivery in task.deliveries if _key(delivery) == _key(artifact.delivery)}


def name_stays(task: Task) -> bool:
    """The name goes with the work where it tells of a leg, or where pull requests may wait for a check of that name."""
    job = task.job
    pulls = "pull_request" in task.workflow.triggers and not skips_pulls(job)
    return pulls or bool(conditions.contexts(job.name or "") & {"matrix", "strategy"})


def publishing_jobs(
    task: Task, build: str, groups: Mapping[Index, tuple[Artifact, ...]], outputs: dict[str, Value]
) -> list[tuple[str, Value]]:
    """(id, job) in the order of their uploads; the PyPI job has the old id, unless there is none."""
    main = Index.PYPI if Index.PYPI in groups else next(iter(groups))
    found: list[tuple[str, Value]] = []
    earlier: list[tuple[str, str | None]] = []
    for index in sorted(groups, key=lambda index: index is main):
        key = task.job.id if index is main else free_id(task, f"{task.job.id}-{ENVIRONMENTS[index]}")
        deliveries = [delivery for delivery in task.deliveries if delivery.index is index]
        condition = _condition(task, build, index, deliveries, outputs)
        needs = [
            build,
            *(name for name, before in earlier if _gates(task, index, main) and conditions.implies(condition, before)),
        ]
        found.append((key, _publishing_job(task, index, groups[index], condition, needs, main=index is main)))
        earlier.append((key, condition))
    return found


def _gates(task: Task, index: Index, main: Index) -> bool:
    """Claims that the other index's upload came first and would have stopped this one."""
    if index is not main:
        return False
    positions = {delivery.index: delivery.step.index for delivery in reversed(task.deliveries)}
    tolerant = any(
        delivery.step.node.get("continue-on-error") is not None
        for delivery in task.deliveries
        if delivery.index is not main
    )
    return not tolerant and all(positions[other] <= positions[main] for other in positions)


def _condition(
    task: Task, build: str, index: Index, deliveries: list[Delivery], outputs: dict[str, Value]
) -> str | None:
    """The job's own condition, and what its steps' conditions say."""
    raised: list[str | None] = []
    for delivery in deliveries:
        if conditions.asks_for_status(delivery.condition):
            raise Unmovable("the condition of the upload asks how earlier steps ended", path=delivery.step.path)
        answer = conditions.raise_to_job(delivery.condition, legs=task.job.has_matrix)
        if answer.exact:
            raised.append(answer.text)
            continue
        if task.job.has_matrix:
            raise Unmovable("whether it uploads depends on the leg of the matrix", path=delivery.step.path)
        if "${{" in conditions.bare(delivery.condition or ""):
            raise Unmovable("its condition is put together from several expressions", path=delivery.step.path)
        name = f"upload-to-{ENVIRONMENTS[index]}"
        name = name if name not in outputs else f"{name}-{len(outputs)}"
        outputs[name] = Raw(f"${{{{ {conditions.bare(delivery.condition or '')} }}}}")
        raised.append(f"needs.{build}.outputs.{name} == 'true'")
    step = conditions.either(raised)
    if step is not None and task.dependants:
        raise Unmovable("other jobs wait for it even when it uploads nothing", path=task.path)
    return step


def _publishing_job(
    task: Task, index: Index, artifacts: tuple[Artifact, ...], condition: str | None, needs: list[str], *, main: bool
) -> Value:
    job, document = task.job, task.workflow.document
    found: dict[str, Value] = {}
    node = job.node.get("name")
    if node is not None and main and not name_stays(task):
        found["name"] = restate(document, node)
    elif node is not None or not main:
        found["name"] = f"Publish to {LABELS[index]}"
    combined = conditions.both(job.condition, condition)
    own = job.node.get("if")
    if combined is not None:
        found["if"] = restate(document, own) if own is not None and condition is None else combined
    referred = [name for name in job.needs if re.search(rf"\bneeds\.{re.escape(name)}\b", combined or "")]
    waits = [*referred, *needs]
    found["needs"] = waits[0] if len(waits) == 1 else waits
    found["runs-on"] = publishing_runner(job)
    environment = environment_of(task, index)
    if environment is not None:
        found["environment"] = environment
    found["permissions"] = {"id-token": ID_TOKEN}
    if job.node.get("continue-on-error") is not None:
        raise Unmovable("its failure is ignored (continue-on-error)", path=task.path)
    found["steps"] = [*(_fetch(task, each) for each in artifacts), *_uploads(task, index, artifacts)]
    return found


def _fetch(task: Task, artifact: Artifact) -> Value:
    several = task.job.has_matrix or artifact.sometimes
    inputs: dict[str, Value] = {
        "pattern": f"{artifact.name}{'-*' if task.job.has_matrix else '*'}",
        "merge-multiple": True,
    }
    if not several:
        inputs = {"name": artifact.name}
    return {
        "name": "Download the distribution packages",
        "uses": pins.pinned(pins.DOWNLOAD, task.style),
        "with": inputs | {"path": _target(artifact.delivery)},
    }


def _target(delivery: Delivery) -> str:
    """Where the files come to lie: where pypa's action is told to look, or where it looks by itself."""
    given = next(
        (value for key, value in delivery.step.inputs.items() if key.lower().replace("_", "-") == "packages-dir"), None
    )
    if delivery.form is Form.ACTION and given:
        folder = (delivery.folder or "dist").rstrip("/")
        return f"{folder}/"
    return "dist/"


def _uploads(task: Task, index: Index, artifacts: tuple[Artifact, ...]) -> list[Value]:
    """One step with pypa's action: the repository's own where there is one."""
    deliveries = [delivery for delivery in task.deliveries if delivery.index is index]
    if len({_target(artifact.delivery) for artifact in artifacts}) > 1:
        raise Unmovable("it uploads from several folders", path=task.path)
    own = [delivery for delivery in deliveries if delivery.form is Form.ACTION]
    if not own:
        return [fresh_upload(task, deliveries[-1], "dist")]
    if len(own) < len(deliveries) or len({repr(sorted(each.step.inputs.items())) for each in own}) > 1:
        raise Unmovable("its uploads have different options", path=task.path)
    return [restated_action(task, own[0].step, _target(own[0]))]
