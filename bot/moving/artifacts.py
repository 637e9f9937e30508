"""What a build job stores for the jobs that upload: which files, where, under which name."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from bot.model import Index
from bot.moving import conditions
from bot.moving.deliveries import Delivery
from bot.moving.jobs import Task, artifact_name
from bot.moving.keeping import only_adds
from bot.moving.restate import restate
from bot.yaml import Value


class Artifact(Struct, frozen=True, kw_only=True):
    """What the build job stores for some uploads, at the place of one of them."""

    name: str
    delivery: Delivery
    """The upload where it is stored."""
    deliveries: tuple[Delivery, ...]
    sometimes: bool
    """It may be absent although the uploading job runs."""


def tolerance(task: Task, artifact: Artifact) -> dict[str, Value]:
    """`continue-on-error` where a step that builds and uploads has it: then its files may be missing."""
    nodes = [each.step.node.get("continue-on-error") for each in artifact.deliveries if each.stays]
    if not nodes or len(nodes) < len(artifact.deliveries) or nodes[0] is None or None in nodes:
        return {}
    return {"continue-on-error": restate(task.workflow.document, nodes[0])}


def artifacts_of(task: Task) -> tuple[Artifact, ...]:
    """One for each folder and choice of files, and for each condition where none of them covers the others."""
    groups: dict[tuple[str | None, tuple[str, ...]], list[Delivery]] = {}
    for delivery in task.deliveries:
        groups.setdefault((delivery.folder, delivery.patterns), []).append(delivery)
    always = all(step.condition is None for step in task.others)
    found = [stored for group in groups.values() for stored in _stored(task, group, always=always)]
    base = artifact_name(task)
    conditions_differ = len({delivery.condition for delivery, _ in found}) > 1
    return tuple(
        Artifact(
            name=base if len(found) == 1 else f"{base}-{number}",
            delivery=delivery,
            deliveries=tuple(group),
            sometimes=conditions_differ and delivery.condition is not None,
        )
        for number, (delivery, group) in enumerate(found, start=1)
    )


def _stored(task: Task, group: list[Delivery], *, always: bool) -> list[tuple[Delivery, list[Delivery]]]:
    """Where files are stored, and for which uploads: once where an upload happens whenever one of the others does.

    Where something happens between two uploads each stores its own, for the files of the first may be gone by then.
    `always`: the job builds whatever happens, so that what several uploads share can be stored without a condition.
    """
    if not _nothing_between(task, group):
        return [(one, [one]) for one in group]
    if len({delivery.condition for delivery in group}) > 1:
        widest = next(
            (one for one in group if all(conditions.implies(each.condition, one.condition) for each in group)), None
        )
        if widest is not None:
            return [(widest, group)]
        plain = not any(each.build_steps or each.stays or conditions.chooses_leg(each.condition) for each in group)
        if always and plain:
            return [(replace(group[0], condition=None), group)]
    last = {delivery.condition: delivery for delivery in group}
    return [(one, [each for each in group if each.condition == one.condition]) for one in last.values()]


def _nothing_between(task: Task, group: list[Delivery]) -> bool:
    """Claims that all that was uploaded is still there when the last upload comes."""
    first, last = group[0].step.index, group[-1].step.index
    return all(only_adds(step.run) for step in task.job.steps if first < step.index <= last)


def indexes_of(artifact: Artifact) -> set[Index]:
    return {delivery.index for delivery in artifact.deliveries}
