"""The jobs that only upload: they fetch what the build job stored and hand it to pypa's action."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from bot.model import Index
from bot.moving import conditions, pins
from bot.moving.artifacts import Artifact, tolerance
from bot.moving.deliveries import Delivery, Form
from bot.moving.grants import ENVIRONMENTS, capped, environment_of, id_token
from bot.moving.jobs import LABELS, Task, free_id, publishing_runner
from bot.moving.nouns import Unmovable
from bot.moving.pypa import fresh_upload, restated_action
from bot.moving.restate import noted, restate, restate_item
from bot.yaml import Raw, Value


class _Plan(Struct, frozen=True, kw_only=True):
    """One job that is to be written. `main`: it has the old id. `inside`: the condition that its steps have instead."""

    build: str
    index: Index
    main: bool
    artifacts: tuple[Artifact, ...]
    needs: tuple[str, ...]
    loose: tuple[str, ...] = ()
    """Those of `needs` that may be skipped, and then stop nobody."""
    condition: str | None = None
    inside: str | None = None


def name_stays(task: Task) -> bool:
    """The name goes with the work where it tells of a leg, or where pull requests may wait for a check of that name."""
    job = task.job
    pulls = "pull_request" in task.workflow.triggers and not conditions.skips_pulls(job.condition)
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
        gates = [one for one in earlier if _gates(task, index, main) and not conditions.exclude(condition, one[1])]
        plan = _Plan(
            build=build,
            index=index,
            main=index is main,
            artifacts=groups[index],
            needs=(build, *(name for name, _ in gates)),
            loose=tuple(name for name, before in gates if not conditions.implies(condition, before)),
        )
        # What waits for a job that is skipped is skipped as well; steps that are skipped stop nobody.
        waited_for = index is main and bool(task.dependants)
        if waited_for and (condition is not None or plan.loose) and gates:
            raise Unmovable("other jobs wait for it even when it uploads nothing", path=task.path)
        plan = replace(plan, inside=condition) if waited_for else replace(plan, condition=condition)
        found.append((key, _publishing_job(task, plan)))
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
        outputs[name] = Raw(_output(conditions.bare(delivery.condition or "")))
        raised.append(f"needs.{build}.outputs.{name} == 'true'")
    return conditions.either(raised)


def _output(condition: str) -> str:
    """A job's output that is `true` when a condition holds; any text but an empty one counts as true in a condition."""
    if conditions.is_boolean(condition):
        return f"${{{{ {condition} }}}}"
    whole = f"({condition})" if "&&" in condition or "||" in condition else condition
    return f"${{{{ {whole} && 'true' || 'false' }}}}"


def _publishing_job(task: Task, plan: _Plan) -> Value:
    job, document = task.job, task.workflow.document
    found: dict[str, Value] = {}
    node = job.node.get("name")
    if node is not None and plan.main and not name_stays(task):
        found["name"] = restate(document, node)
    elif node is not None or not plan.main or name_stays(task):
        found["name"] = f"Publish to {LABELS[plan.index]}"
    combined = conditions.both(job.condition, plan.condition)
    if plan.loose:
        combined = conditions.both(_none_failed(task, plan), combined)
    own = job.node.get("if")
    if combined is not None:
        told = next((one.step.node for one in task.deliveries if one.index is plan.index and one.condition), job.node)
        copied = own is not None and plan.condition is None and not plan.loose
        found["if"] = restate(document, own) if own is not None and copied else noted(document, told, "if", combined)
    referred = [name for name in job.needs if re.search(rf"\bneeds\.{re.escape(name)}\b", combined or "")]
    waits = [*referred, *plan.needs]
    found["needs"] = waits[0] if len(waits) == 1 else waits
    found["runs-on"] = publishing_runner(job)
    if plan.inside is None or job.environment is not None:
        environment = environment_of(task, plan.index)
        found |= (
            {"environment": noted(document, job.node, "environment", environment)} if environment is not None else {}
        )
    needed = capped(task, task.tail_needs) if plan.main else {}
    found["permissions"] = {**needed, "id-token": id_token(task)}
    if plan.main and (outputs := job.node.get("outputs")) is not None:
        found["outputs"] = {key.value: _passed_on(plan.build, key.value) for key, _ in outputs.items()}
    if job.node.get("continue-on-error") is not None:
        raise Unmovable("its failure is ignored (continue-on-error)", path=task.path)
    target = _common_target(plan.artifacts)
    steps = [*(_fetch(task, each, target) for each in plan.artifacts), *_uploads(task, plan.index, plan.artifacts)]
    if plan.inside is not None and task.tail:
        raise Unmovable("steps follow an upload that other jobs wait for", path=task.path)
    tail: list[Value] = [restate_item(document, step.node) for step in task.tail if plan.main]
    found["steps"] = [*(steps if plan.inside is None else [_under(plan.inside, step) for step in steps]), *tail]
    return found


def _none_failed(task: Task, plan: _Plan) -> str:
    """What is asked without being said, but for jobs that were skipped: `needs` alone would skip this one as well."""
    if conditions.asks_for_status(task.job.condition):
        raise Unmovable("its condition asks how other jobs ended", path=task.path)
    ended = (f"needs.{name}.result != 'failure'" for name in plan.loose)
    return " && ".join(["!cancelled()", f"needs.{plan.build}.result == 'success'", *ended])


def _passed_on(build: str, output: str) -> Value:
    return Raw(f"${{{{ needs.{build}.outputs.{output} }}}}")


def _under(condition: str, step: dict[str, Value]) -> Value:
    """A step of ours with a condition, which stands right after its name."""
    name = {"name": step["name"]} if "name" in step else {}
    return {**name, "if": condition, **step}


def _fetch(task: Task, artifact: Artifact, target: str) -> dict[str, Value]:
    several = task.job.has_matrix or artifact.sometimes
    inputs: dict[str, Value] = {
        "pattern": f"{artifact.name}{'-*' if task.job.has_matrix else '*'}",
        "merge-multiple": True,
    }
    if not several:
        inputs = {"name": artifact.name}
    return {
        "name": "Download the distribution packages",
        **tolerance(task, artifact),
        "uses": pins.pinned(pins.DOWNLOAD, task.style),
        "with": inputs | {"path": target},
    }


def _target(delivery: Delivery) -> str:
    """Where the files come to lie: where pypa's action is told to look, or where it looks by itself."""
    given = next((value for key, value in delivery.step.inputs.items() if _plain(key) == "packages-dir"), None)
    if delivery.form is Form.ACTION and given and not _is_chosen(delivery):
        folder = (delivery.folder or "dist").rstrip("/")
        return f"{folder}/"
    return "dist/"


def _plain(key: str) -> str:
    return key.lower().replace("_", "-")


def _common_target(artifacts: tuple[Artifact, ...]) -> str:
    """One folder for all files: pypa's action reads a single one."""
    targets = {_target(artifact.delivery) for artifact in artifacts}
    return targets.pop() if len(targets) == 1 else "dist/"


def _uploads(task: Task, index: Index, artifacts: tuple[Artifact, ...]) -> list[dict[str, Value]]:
    """One step with pypa's action: the repository's own where there is one."""
    deliveries = [delivery for delivery in task.deliveries if delivery.index is index]
    own = [delivery for delivery in deliveries if delivery.form is Form.ACTION]
    if len({_tolerance(each) for each in deliveries}) > 1:
        raise Unmovable("one of its uploads may fail and another one may not", path=task.path)
    if not own:
        return [fresh_upload(task, deliveries[-1], "dist")]
    if len(own) < len(deliveries) or len({_options(each) for each in own}) > 1:
        raise Unmovable("its uploads have different options", path=task.path)
    folder = _common_target(artifacts)
    moved = folder != _target(own[0]) or _is_chosen(own[0])
    return [restated_action(task, own[0].step, folder, moved=moved)]


def _is_chosen(delivery: Delivery) -> bool:
    """Claims that the folder has a part which means something in the building job alone."""
    return "${{" in (delivery.folder or "")


def _tolerance(delivery: Delivery) -> tuple[str, bool]:
    """What an upload passes over: its own failure, or files that the index has already."""
    node = delivery.step.node.get("continue-on-error")
    forgives = node.value if node is not None else str(delivery.forgiven).lower()
    return forgives, delivery.skip_existing


def _options(delivery: Delivery) -> str:
    """What an upload is told beside who uploads and from where."""
    given = {_plain(key): value for key, value in delivery.step.inputs.items()}
    return repr(sorted(item for item in given.items() if item[0] not in ("user", "password", "packages-dir")))
