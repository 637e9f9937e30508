"""A job that builds and uploads, split: one job does all that it did but upload, the other uploads and nothing else.

The new build job keeps the text of the old one; the uploading job is new text under the old id, so that whatever waits
for it still does. A TestPyPI upload in the same job gets a third job.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.model import Index
from bot.moving import conditions, pins, scopes
from bot.moving.jobs import (
    ENVIRONMENTS,
    ID_TOKEN,
    LABELS,
    Draft,
    Task,
    anchored,
    credential_variables,
    cut_script,
    drop_variables,
    fresh_upload,
    is_pypa,
    mentions,
    publishing_runner,
    restated_action,
    unconfigure,
)
from bot.moving.nouns import Unmovable
from bot.moving.restate import restate
from bot.moving.uploads import STEP_PATH, Delivery, Form
from bot.workflow import Job, Step
from bot.yaml import Add, Insert, Op, Raw, Remove, Rename, Replace, Value

ARTIFACT = "python-package-distributions"
BUILD_IDS = ("build", "build-dist", "build-distributions", "build-package")
_IDLE = re.compile(r"\s*(?:(?:echo|ls|sleep|git clean|tree|df|date)\b[^\n;&|`$]*(?:\n\s*|\Z))*\Z")
_IDLE_ACTIONS = frozenset({"actions/upload-artifact", "codecov/codecov-action", "actions/cache"})
_BUILDS = re.compile(
    r"\b(?:python\S*\s+(?:-\w+\s+)*-m\s+build|pyproject-build|setup\.py|(?:poetry|hatch|flit|pdm|uv|rye|pyproject)\s+build|"
    r"maturin|cibuildwheel|pip3?\s+wheel|make|pipx\s+run\s+build|uvx\s+build|tox|nox|invoke|just)\b"
)
_ENV = re.compile(r"\benv\.([A-Za-z_]\w*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """What the build job stores at the place of one upload."""

    name: str
    delivery: Delivery
    sometimes: bool
    """It may be absent although the uploading job runs."""


def is_publish_only(task: Task) -> bool:
    """Claims that a job builds nothing: it fetches what others built and uploads it."""
    fetches = any(_fetches(step) for step in task.others)
    builds = any(_BUILDS.search(step.run or "") or _is_builder(step) for step in task.others)
    rebuilds = any(delivery.build_steps or any(cut.new for cut in delivery.cuts or ()) for delivery in task.deliveries)
    script = any(_BUILDS.search(delivery.step.run or "") for delivery in task.deliveries if not delivery.empty)
    return fetches and not builds and not rebuilds and not script


def split(task: Task) -> Draft:
    """The operations that split a job; raises `Unmovable` where what crosses the border is not understood."""
    _check_job(task)
    _check_steps(task)
    new = _build_id(task)
    artifacts = _artifacts(task)
    groups = {
        index: tuple(each for each in artifacts if index in _indexes_of(task, each))
        for index in dict.fromkeys(delivery.index for delivery in task.deliveries)
    }
    outputs: dict[str, Value] = {}
    publishing = _publishing_jobs(task, new, groups, outputs)
    # From the last step to the first, so that paths hold; one by one, for neighbours would touch each other.
    passes = [list(ops) for ops in _steps_ops(task, artifacts)]
    passes += unconfigure(task)
    passes.append([*_build_ops(task, outputs), Rename(task.path, new)])
    after = new
    for key, value in publishing:
        passes.append([Insert(("jobs", after), value, where="after", key=key)])
        after = key
    names = [key for key, _ in publishing]
    does = "only downloads the files and uploads them" if len(names) == 1 else "only download the files and upload them"
    return Draft(
        passes=tuple(passes),
        notes=(
            f"the job {task.job.id} was split: {new} builds as before, and {' and '.join(names)} {does}",
            *(note for delivery in task.deliveries for note in delivery.notes),
            *_changed_tools(task),
        ),
    )


# ---------------------------------------------------------------- what must be understood


def _check_job(task: Task) -> None:
    job, node = task.job, task.job.node
    if anchored(node):
        raise Unmovable("it uses YAML anchors or aliases", path=task.path)
    if node.get("concurrency") is not None:
        raise Unmovable("it has a concurrency group of its own, which two jobs cannot share", path=task.path)
    permissions = task.workflow.permissions
    if permissions is not None and len(task.workflow.jobs) == 1 and permissions.level("id-token") == "write":
        raise Unmovable("the identity token of the whole workflow would reach a second job", path=task.path)
    if node.get("outputs") is not None:
        raise Unmovable("it has outputs", path=task.path)
    if conditions.asks_for_status(job.condition):
        raise Unmovable("its condition decides itself what happens after a failure", path=task.path)
    if any(label.startswith("self-hosted") or "self-hosted" in label for label in job.runs_on):
        raise Unmovable("it runs on a self-hosted runner", path=task.path)
    if "pull_request" in task.workflow.triggers and job.name is None and not _skips_pulls(job):
        raise Unmovable("it also runs on pull requests, where its id may be a required check", path=task.path)
    _check_environment(task)
    for other in task.workflow.jobs.values():
        if other.id != job.id and any(_fetches_everything(step) for step in other.steps):
            raise Unmovable(f"the job {other.id} downloads every artifact of the run", path=task.path)


def _check_environment(task: Task) -> None:
    environment = task.job.environment
    if environment is None:
        return
    texts = [task.workflow.document.text[step.node.start : step.node.end] for step in task.others]
    if any(re.search(r"\b(?:secrets\.(?!GITHUB_TOKEN)|vars\.)", text) for text in texts):
        raise Unmovable("other steps may use secrets of its environment", path=task.path)
    if "steps." in (environment.url or ""):
        raise Unmovable("the address of its environment comes from a step", path=task.path)


def _check_steps(task: Task) -> None:
    for delivery in task.deliveries:
        if delivery.folder is None:
            raise Unmovable("where the distributions lie cannot be told", path=delivery.step.path)
        if delivery.form is Form.COMMAND and delivery.cuts is None:
            raise Unmovable("the command that uploads is part of a larger one", path=delivery.step.path)
        if delivery.trailing:
            raise Unmovable("the script goes on after the upload", path=delivery.step.path)
        if delivery.form is Form.ACTION and not is_pypa(delivery.step):
            raise Unmovable("its action builds and uploads", path=delivery.step.path)
        _check_crossing(task, delivery)
    first = min(delivery.step.index for delivery in task.deliveries)
    last = max(delivery.step.index for delivery in task.deliveries)
    for step in task.others:
        if step.index > last and not _is_idle(step):
            raise Unmovable("steps follow the upload that may rely on it", path=step.path)
        if first < step.index < last and not (_is_idle(step) or _same_target(task)):
            raise Unmovable("other steps stand between its uploads", path=step.path)


def _same_target(task: Task) -> bool:
    """All uploads send what one folder holds in the end, so that one upload at the end is as good."""
    keys = {(delivery.index, delivery.folder, delivery.condition) for delivery in task.deliveries}
    return len(keys) == 1


def _check_crossing(task: Task, delivery: Delivery) -> None:
    """Nothing but files may cross from the build to the upload."""
    step = delivery.step
    if delivery.form is not Form.ACTION:
        return
    text = task.workflow.document.text[step.node.start : step.node.end]
    condition = step.condition or ""
    text = text.replace(condition, "") if condition else text
    text = STEP_PATH.sub("", text)
    seen = conditions.contexts(text)
    if seen & {"steps", "matrix", "strategy", "job", "needs"}:
        raise Unmovable("its inputs come from other steps", path=step.path)
    for name in _ENV.findall(text):
        if name not in task.workflow.env:
            raise Unmovable("its inputs come from variables of the job", path=step.path)


def _skips_pulls(job: Job) -> bool:
    return (
        job.condition is not None
        and re.search(r"refs/tags|'push'|'release'|ref_type|refs/heads", job.condition) is not None
    )


def _is_idle(step: Step) -> bool:
    if step.uses is not None:
        return step.uses.name in _IDLE_ACTIONS
    return _IDLE.match(step.run or "") is not None


def _fetches(step: Step) -> bool:
    return step.uses is not None and step.uses.repo.lower().endswith("download-artifact")


def _fetches_everything(step: Step) -> bool:
    if step.uses is None or step.uses.name != pins.DOWNLOAD:
        return False
    inputs = step.inputs
    pattern = inputs.get("pattern", "")
    named = inputs.get("name") or inputs.get("artifact-ids") or inputs.get("run-id")
    return not named and pattern.replace("*", "") in ("", "python", "python-")


def _is_builder(step: Step) -> bool:
    names = ("cibuildwheel", "maturin-action", "build-and-inspect-python-package", "python-wheels-manylinux-build")
    return step.uses is not None and step.uses.repo.lower() in names


# ---------------------------------------------------------------- the build job


def _build_id(task: Task) -> str:
    taken = {key.lower() for key in task.workflow.jobs}
    options = (*BUILD_IDS, f"{task.job.id}-build", *(f"build-{number}" for number in range(2, 99)))
    return next(name for name in options if name.lower() not in taken)


def _artifacts(task: Task) -> tuple[Artifact, ...]:
    """One for each folder, choice of files and condition: stored where the last of the uploads that share it stood."""
    last: dict[tuple[str | None, tuple[str, ...], str | None], Delivery] = {}
    for delivery in task.deliveries:
        last[_key(delivery)] = delivery
    base = ARTIFACT
    if ARTIFACT in task.workflow.document.text:
        base = f"{ARTIFACT}-{re.sub(r'[^A-Za-z0-9_.-]', '-', task.job.id)}"
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


def _indexes_of(task: Task, artifact: Artifact) -> set[Index]:
    return {delivery.index for delivery in task.deliveries if _key(delivery) == _key(artifact.delivery)}


def _steps_ops(task: Task, artifacts: tuple[Artifact, ...]) -> Iterator[Iterator[Op]]:
    stored = {artifact.delivery.step.index: artifact for artifact in artifacts}
    for delivery in reversed(task.deliveries):
        stays = delivery.form is Form.COMMAND and not delivery.empty
        ops = list(_step_ops(task, delivery, stored.get(delivery.step.index), stays=stays))
        yield iter(ops)
        if not stays:
            yield iter([Remove((*delivery.step.path[:-1], delivery.step.index + len(ops)))])


def _build_ops(task: Task, outputs: Mapping[str, Value]) -> Iterator[Op]:
    job = task.job
    for name in credential_variables(task, job.env):
        if not mentions(task.others, name):
            yield from drop_variables(job.path, (name,))
    if job.node.get("environment") is not None:
        yield Remove((*job.path, "environment"))
    if job.name is not None and not _name_stays(task):
        yield Replace((*job.path, "name"), "Build the distribution packages")
    yield from _build_permissions(task)
    if outputs:
        yield Add((*job.path, "outputs"), dict(outputs), before="steps")


def _step_ops(task: Task, delivery: Delivery, artifact: Artifact | None, *, stays: bool) -> Iterator[Op]:
    path = delivery.step.path
    if stays:
        yield from cut_script(delivery, delivery.cuts or ())
    for build in delivery.build_steps:
        yield Insert(path, _under(delivery.condition, build), where="before")
    if artifact is not None:
        yield Insert(path, _store(task, artifact), where="after" if stays else "before")


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
        step["if"] = restate(task.workflow.document, node) if node is not None else delivery.condition
    step["uses"] = pins.pinned(pins.UPLOAD, task.style)
    step["with"] = {
        "name": _stored_name(task, artifact),
        "path": paths[0] if len(paths) == 1 else "\n".join(paths) + "\n",
        "if-no-files-found": "error",
    }
    return step


def _stored_name(task: Task, artifact: Artifact) -> str:
    return f"{artifact.name}-${{{{ strategy.job-index }}}}" if task.job.has_matrix else artifact.name


def _name_stays(task: Task) -> bool:
    """The name goes with the work where it tells of a leg, or where pull requests may wait for a check of that name."""
    job = task.job
    pulls = "pull_request" in task.workflow.triggers and not _skips_pulls(job)
    return pulls or bool(conditions.contexts(job.name or "") & {"matrix", "strategy"})


def _build_permissions(task: Task) -> Iterator[Op]:
    job, workflow = task.job, task.workflow
    path = (*job.path, "permissions")
    found = scopes.needed(task.survey.snapshot.files, workflow, job, task.others)
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
    if found is None or (current is not None and current.every is not None):
        return
    if current is not None and not _covers(current.scopes, found):
        return
    yield Add(path, dict(sorted(found.items())), after="runs-on")


def _covers(allowed: Mapping[str, str], needed: Mapping[str, str]) -> bool:
    order = ("none", "read", "write")
    return all(order.index(allowed.get(scope, "none")) >= order.index(level) for scope, level in needed.items())


# ---------------------------------------------------------------- the uploading jobs


def _publishing_jobs(
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


def free_id(task: Task, wanted: str) -> str:
    """An id that no job of the workflow has."""
    taken = {key.lower() for key in task.workflow.jobs}
    return next(
        name for name in (wanted, *(f"{wanted}-{number}" for number in range(2, 99))) if name.lower() not in taken
    )


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
    if node is not None and main and not _name_stays(task):
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
    environment = job.node.get("environment")
    found["environment"] = restate(document, environment) if environment is not None else ENVIRONMENTS[index]
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
        raise Unmovable("it uploads from several folders; give each upload a job of its own", path=task.path)
    own = [delivery for delivery in deliveries if delivery.form is Form.ACTION]
    if not own:
        return [fresh_upload(task, deliveries[-1], "dist")]
    if len(own) < len(deliveries) or len({repr(sorted(each.step.inputs.items())) for each in own}) > 1:
        raise Unmovable("its uploads have different options; give each a job of its own", path=task.path)
    return [restated_action(task, own[0].step, _target(own[0]))]


def _changed_tools(task: Task) -> Iterator[str]:
    for delivery in task.deliveries:
        if delivery.form is Form.COMMAND:
            yield f"{pins.PYPA} uploads to {LABELS[delivery.index]} instead of {delivery.publishers[0].via}"
