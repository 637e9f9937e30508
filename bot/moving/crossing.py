"""Whether a job can be split: what crosses from the build to the upload must be files and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from bot.moving import conditions, pins
from bot.moving.deliveries import STEP_PATH, Delivery, Form, is_pypa
from bot.moving.images import runs_actions
from bot.moving.jobs import Task, anchored, artifact_name, credential_variables
from bot.moving.nouns import Unmovable
from bot.workflow import Step

_IDLE = re.compile(r"\s*(?:(?:echo|ls|sleep|git clean|tree|df|date)\b[^\n;&|`$]*(?:\n\s*|\Z))*\Z")
_IDLE_ACTIONS = frozenset({"actions/upload-artifact", "codecov/codecov-action", "actions/cache"})
_BUILDS = re.compile(
    r"\b(?:python\S*\s+(?:-\w+\s+)*-m\s+build|pyproject-build|setup\.py|(?:poetry|hatch|flit|pdm|uv|rye|pyproject)\s+build|"
    r"maturin|cibuildwheel|pip3?\s+wheel|make|pipx\s+run\s+build|uvx\s+build|tox|nox|invoke|just)\b"
)
_ENV = re.compile(r"\benv\.([A-Za-z_]\w*)")


def is_publish_only(task: Task) -> bool:
    """Claims that a job builds nothing: it fetches what others built and uploads it, or does nothing but upload."""
    others = task.others
    if others and not any(map(_fetches, others)):
        return False
    if any(_BUILDS.search(step.run or "") or _is_builder(step) for step in others):
        return False
    rebuilds = any(delivery.build_steps or any(cut.new for cut in delivery.cuts or ()) for delivery in task.deliveries)
    script = any(_BUILDS.search(delivery.step.run or "") for delivery in task.deliveries if not delivery.empty)
    return not rebuilds and not script


def check(task: Task) -> None:
    """Raises `Unmovable` with what is not understood."""
    _check_job(task)
    _check_steps(task)


def _check_job(task: Task) -> None:
    job, node = task.job, task.job.node
    if anchored(node):
        raise Unmovable("it uses YAML anchors or aliases", path=task.path)
    if node.get("concurrency") is not None:
        raise Unmovable("it has a concurrency group of its own, which two jobs cannot share", path=task.path)
    _check_outputs(task)
    if conditions.asks_for_status(job.condition):
        raise Unmovable("its condition decides itself what happens after a failure", path=task.path)
    if any(label.startswith("self-hosted") or "self-hosted" in label for label in job.runs_on):
        raise Unmovable("it runs on a self-hosted runner", path=task.path)
    if not runs_actions(job):
        raise Unmovable("its container may be too old for the action that would hand the files over", path=task.path)
    _check_environment(task)
    name = artifact_name(task)
    for other in task.workflow.jobs.values():
        if other.id != job.id and any(_would_fetch(step, name) for step in other.steps):
            raise Unmovable(f"the job {other.id} downloads whatever artifacts the run has", path=task.path)


def _check_outputs(task: Task) -> None:
    """The uploading job passes on what the building one tells; of the uploads themselves nothing can be told there."""
    node = task.job.node.get("outputs")
    if node is None:
        return
    gone = {delivery.step.id for delivery in task.deliveries if not delivery.stays} - {None}
    text = task.workflow.document.text[node.start : node.end]
    if node.flow or any(re.search(rf"\bsteps\.{re.escape(name or '')}\b", text) for name in gone):
        raise Unmovable("one of its outputs comes from the upload", path=task.path)
    if task.job.has_matrix:
        raise Unmovable("its legs have outputs", path=task.path)


def _check_environment(task: Task) -> None:
    environment = task.job.environment
    if environment is None:
        return
    texts = [task.workflow.document.text[step.node.start : step.node.end] for step in task.others]
    texts += [value for name, value in task.job.env.items() if name not in credential_variables(task, task.job.env)]
    texts += [
        value
        for each in task.deliveries
        for name, value in each.step.env.items()
        if not each.empty and name not in each.drops
    ]
    if any(re.search(r"\b(?:secrets\.(?!GITHUB_TOKEN)|vars\.)", text) for text in texts):
        raise Unmovable("other steps may use secrets of its environment", path=task.path)
    if "steps." in (environment.url or ""):
        raise Unmovable("the address of its environment comes from a step", path=task.path)


def _check_steps(task: Task) -> None:
    for delivery in task.deliveries:
        if delivery.computed:
            raise Unmovable(
                "which index it uploads to is decided when it runs; give each index a step of its own",
                path=delivery.step.path,
            )
        if delivery.form is Form.COMMAND and delivery.cuts is None:
            what = "the command that uploads is part of a larger one or has options that are not understood"
            raise Unmovable(what, path=delivery.step.path)
        if delivery.folder is None or (delivery.folder == "." and not delivery.patterns):
            raise Unmovable("where the distributions lie cannot be told", path=delivery.step.path)
        if delivery.trailing:
            raise Unmovable("the script goes on after the upload", path=delivery.step.path)
        if delivery.form is Form.ACTION and not is_pypa(delivery.step):
            raise Unmovable("its action builds and uploads", path=delivery.step.path)
        _check_crossing(task, delivery)
    _check_others(task)


def _check_others(task: Task) -> None:
    """What stands between the uploads and after them must be as good before them."""
    first = min(delivery.step.index for delivery in task.deliveries)
    last = max(delivery.step.index for delivery in task.deliveries)
    for step in task.others:
        if step.index > last and not is_idle(step):
            raise Unmovable("steps follow the upload that may rely on it", path=step.path)
        if not first < step.index < last or is_idle(step) or _same_target(task):
            continue
        if not (_different_folders(task) and only_fetches(task, step)):
            raise Unmovable("other steps stand between its uploads", path=step.path)


def _same_target(task: Task) -> bool:
    """All uploads send what one folder holds in the end, so that one upload at the end is as good."""
    keys = {(delivery.index, delivery.folder, delivery.condition) for delivery in task.deliveries}
    return len(keys) == 1


def _different_folders(task: Task) -> bool:
    """Each upload has a folder of its own, so that what is fetched for one is not sent by another."""
    folders = [delivery.folder for delivery in task.deliveries]
    return len(set(folders)) == len(folders)


def _check_crossing(task: Task, delivery: Delivery) -> None:
    """Nothing but files may cross from the build to the upload."""
    step = delivery.step
    if delivery.form is not Form.ACTION:
        return
    text = STEP_PATH.sub("", "\n".join(_texts(task, step)))
    seen = conditions.contexts(text)
    if seen & {"steps", "matrix", "strategy", "job", "needs"}:
        raise Unmovable("its inputs come from other steps", path=step.path)
    for name in _ENV.findall(text):
        if name not in task.workflow.env:
            raise Unmovable("its inputs come from variables of the job", path=step.path)


def _texts(task: Task, step: Step) -> Iterator[str]:
    """What a step says beside its condition and who uploads."""
    source = task.workflow.document.text
    gone = ("user", "password", "packages-dir", "packages_dir")
    yield from (value for key, value in step.inputs.items() if key.lower() not in gone)
    yield from (source[value.start : value.end] for key, value in step.node.items() if key.value not in ("if", "with"))


def is_idle(step: Step) -> bool:
    """Claims that a step does nothing that an upload could rely on, or that could rely on one."""
    if step.uses is not None:
        return step.uses.name in _IDLE_ACTIONS
    return _IDLE.match(step.run or "") is not None


def only_fetches(task: Task, step: Step) -> bool:
    """Claims that a step fetches artifacts, whatever became of the uploads before it."""
    if not _fetches(step) or conditions.asks_for_status(step.condition):
        return False
    text = task.workflow.document.text[step.node.start : step.node.end]
    ids = [delivery.step.id for delivery in task.deliveries if delivery.step.id is not None]
    return not any(re.search(rf"\bsteps\.{re.escape(name)}\b", text) for name in ids)


def _fetches(step: Step) -> bool:
    return step.uses is not None and step.uses.repo.lower().endswith("download-artifact")


def _would_fetch(step: Step, name: str) -> bool:
    """Claims that a step downloads artifacts by a pattern, or all of them, and so a new one as well."""
    if step.uses is None or step.uses.name != pins.DOWNLOAD:
        return False
    inputs = step.inputs
    if inputs.get("name") or inputs.get("artifact-ids") or inputs.get("run-id"):
        return False
    pattern = inputs.get("pattern") or "*"
    return "${{" in pattern or any(fnmatchcase(each, pattern) for each in (name, f"{name}-0"))


def _is_builder(step: Step) -> bool:
    names = ("cibuildwheel", "maturin-action", "build-and-inspect-python-package", "python-wheels-manylinux-build")
    return step.uses is not None and step.uses.repo.lower() in names
