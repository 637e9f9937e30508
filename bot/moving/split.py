"""A job that builds and uploads, split: one job does all that it did but upload, the other uploads and nothing else.

The new build job keeps the text of the old one; the uploading job is new text under the old id, so that whatever waits
for it still does. A TestPyPI upload in the same job gets a third job.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from bot.moving import pins, scopes
from bot.moving.artifacts import Artifact, artifacts_of, indexes_of, tolerance
from bot.moving.crossing import check
from bot.moving.deliveries import Delivery, Form
from bot.moving.draft import Draft, Piece, at_once, one_by_one
from bot.moving.jobs import (
    ARTIFACT,
    LABELS,
    Task,
    artifact_name,
    credential_variables,
    drop_variables,
    free_id,
    mentions,
    unconfigure,
    without_upload,
)
from bot.moving.nouns import Unmovable
from bot.moving.restate import restate
from bot.moving.uploading import name_stays, publishing_jobs
from bot.workflow import Permissions
from bot.yaml import Add, Insert, Op, Remove, Rename, Replace, Value

BUILD_IDS = ("build", "build-dist", "build-distributions", "build-package")


def split(task: Task) -> Draft:
    """The operations that split a job; raises `Unmovable` where what crosses the border is not understood."""
    check(task)
    new = _build_id(task)
    artifacts = artifacts_of(task)
    groups = {
        index: tuple(each for each in artifacts if index in indexes_of(each))
        for index in dict.fromkeys(delivery.index for delivery in task.deliveries)
    }
    outputs: dict[str, Value] = {}
    publishing = publishing_jobs(task, new, groups, outputs)
    pieces = [*_pieces(task, artifacts), Piece([*_build_ops(task, outputs), Rename(task.path, new)])]
    places = [new, *(key for key, _ in publishing)]
    inserts = [Insert(task.path, value, where="after", key=key) for key, value in publishing]
    names = [f"`{key}`" for key, _ in publishing]
    does = "only downloads the files and uploads them" if len(names) == 1 else "only download the files and upload them"
    does += ", and the steps after the upload went along" if task.tail else ""
    return Draft(
        ops=[*at_once(pieces), *inserts],
        slowly=[
            *one_by_one(pieces),
            *([replace(each, path=("jobs", after))] for after, each in zip(places, inserts, strict=False)),
        ],
        notes=(
            f"the job `{task.job.id}` was split: `{new}` builds as before, and {' and '.join(names)} {does}",
            *(note for delivery in task.deliveries for note in delivery.notes),
            *_changed_tools(task),
        ),
    )


def _build_id(task: Task) -> str:
    taken = {key.lower() for key in task.workflow.jobs}
    own = f"{task.job.id}-build"
    options = (*BUILD_IDS, own) if artifact_name(task) == ARTIFACT else (own,)
    return next((name for name in options if name.lower() not in taken), None) or free_id(task, own)


def _pieces(task: Task, artifacts: tuple[Artifact, ...]) -> Iterator[Piece]:
    """The operations on each step, from the last step to the first."""
    yield from (Piece([Remove(step.path)]) for step in reversed(task.tail))
    stored = {artifact.delivery.step.index: artifact for artifact in artifacts}
    for delivery in reversed(task.deliveries):
        ops = list(_step_ops(task, delivery, stored.get(delivery.step.index)))
        yield Piece(ops, None if delivery.stays else delivery.step.path)
    yield from map(Piece, unconfigure(task))


def _build_ops(task: Task, outputs: Mapping[str, Value]) -> Iterator[Op]:
    job = task.job
    for name in credential_variables(task, job.env):
        if not mentions(task.others, name):
            yield from drop_variables(job.path, (name,))
    if job.node.get("environment") is not None:
        yield Remove((*job.path, "environment"))
    if job.name is not None and not name_stays(task):
        yield Replace((*job.path, "name"), "Build the distribution packages")
    if job.name is None and name_stays(task):
        yield Add((*job.path, "name"), job.id, before="runs-on")  # what pull requests know it by
    yield from _build_permissions(task)
    if job.node.get("outputs") is not None:
        yield from (Add((*job.path, "outputs", name), value) for name, value in outputs.items())
    elif outputs:
        yield Add((*job.path, "outputs"), dict(outputs), before="steps")


def _step_ops(task: Task, delivery: Delivery, artifact: Artifact | None) -> Iterator[Op]:
    path = delivery.step.path
    if delivery.stays:
        yield from without_upload(delivery)
    for build in delivery.build_steps:
        yield Insert(path, _under(delivery.condition, build), where="before")
    if artifact is not None:
        yield Insert(path, _store(task, artifact), where="after" if delivery.stays else "before")


def _under(condition: str | None, step: Value) -> Value:
    if condition is None or not isinstance(step, Mapping):
        return step
    return {"name": step["name"], "if": condition} | dict(step)


def _store(task: Task, artifact: Artifact) -> Value:
    delivery = artifact.delivery
    folder = (delivery.folder or "dist").rstrip("/")
    base = "" if folder == "." else f"{folder}/"
    paths = [f"{base}{pattern}" for pattern in delivery.patterns] or [base or "."]
    step: dict[str, Value] = {"name": "Store the distribution packages"}
    if delivery.condition is not None:
        node = delivery.step.node.get("if")
        same = node is not None and not delivery.asks_for_token
        step["if"] = restate(task.workflow.document, node) if node is not None and same else delivery.condition
    step |= tolerance(task, artifact)
    step["uses"] = pins.pinned(pins.UPLOAD, task.style)
    step["with"] = {
        "name": _stored_name(task, artifact),
        "path": paths[0] if len(paths) == 1 else "\n".join(paths) + "\n",
        "if-no-files-found": "error",
    }
    return step


def _stored_name(task: Task, artifact: Artifact) -> str:
    return f"{artifact.name}-${{{{ strategy.job-index }}}}" if task.job.has_matrix else artifact.name


def _build_permissions(task: Task) -> Iterator[Op]:
    """What the build job may do: all that it may today but ask for identity tokens, if its own steps need none."""
    job, workflow = task.job, task.workflow
    path = (*job.path, "permissions")
    found: Mapping[str, str] | None = scopes.needed(task.survey.snapshot.files, workflow, job, task.others)
    if job.permissions is not None:
        if job.permissions.level("id-token") != "write" or job.permissions.every is not None:
            return
        if found is None or "id-token" in found:
            return
        if len(job.permissions.scopes) == 1:
            yield Replace(path, found or {"contents": "read"})
        else:
            yield Remove((*path, "id-token"))
        return
    current = workflow.permissions
    if found is None or (current is not None and not _covers(current, found)):
        found = _without_identity(task, found)
    if found is not None:
        never = "" if workflow.may_mint(job) else "id-token"  # what it could not ask for it does not need
        yield Add(path, {scope: level for scope, level in sorted(found.items()) if scope != never}, after="runs-on")


def _without_identity(task: Task, found: Mapping[str, str] | None) -> Mapping[str, str] | None:
    """What a job may do today, said for itself; None where that stands nowhere."""
    current = task.workflow.permissions
    if current is None:
        return None
    if current.every is None:
        gone = "" if found is not None and "id-token" in found else "id-token"
        return {scope: level for scope, level in current.scopes.items() if scope != gone}
    if current.every == "write" and len(task.workflow.jobs) == 1:
        raise Unmovable("the identity token of the whole workflow would reach a second job", path=task.path)
    return None


def _covers(current: Permissions, needed: Mapping[str, str]) -> bool:
    return all(scopes.rank(current.level(scope)) >= scopes.rank(level) for scope, level in needed.items())


def _changed_tools(task: Task) -> Iterator[str]:
    for delivery in task.deliveries:
        if delivery.form is Form.COMMAND:
            yield f"{pins.PYPA} uploads to {LABELS[delivery.index]} instead of {delivery.publishers[0].via}"
