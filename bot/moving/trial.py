"""An upload to TestPyPI before or after the one to PyPI, in a job that stays whole: twine takes it over.

pypa's action cannot run twice in one job, for it stops at the attestations that its first run left beside the files.
twine makes none, and passes over those of others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.model import Index
from bot.moving.deliveries import Delivery, Form
from bot.moving.draft import Piece
from bot.moving.jobs import Task, on_linux, without_upload
from bot.moving.nouns import Unmovable
from bot.moving.pypa import fresh_upload
from bot.moving.restate import restate_keys
from bot.publishing.actions import normal
from bot.yaml import Insert, Op, Value

_PLAIN = re.compile(r"[\w./-]+\Z")


def trials_of(task: Task) -> frozenset[int]:
    """The steps that upload to TestPyPI, where there are others; raises `Unmovable`."""
    found = {delivery.step.index for delivery in task.deliveries if delivery.index is Index.TESTPYPI}
    if not found or len(found) == len({delivery.step.index for delivery in task.deliveries}):
        raise Unmovable("its uploads cannot be told apart by their index", path=task.path)
    return frozenset(found)


def trial(task: Task, delivery: Delivery) -> list[Piece]:
    """The operations that let twine upload; raises `Unmovable`."""
    step, path = delivery.step, delivery.step.path
    if not on_linux(task.job, delivery.condition):  # GitHub's runners have pipx
        raise Unmovable("pypa's action cannot run twice in one job", path=task.path)
    if delivery.computed:
        raise Unmovable(
            "which index it uploads to is decided when it runs; give each index a step of its own", path=path
        )
    if delivery.form is Form.ACTION:
        script = _script(delivery, {key: value for key, value in normal(step.inputs).items() if value})
        changed: dict[str, Value | None] = {"uses": None, "with": None, "if": delivery.condition, **_run(task, script)}
        found: Value = restate_keys(task.workflow.document, step.node, _unchanged(delivery, changed))
        return [Piece([Insert(path, found, where="before")], path)]
    if delivery.patterns:
        raise Unmovable("where its distributions lie cannot be told", path=path)
    upload = fresh_upload(task, delivery, "dist")
    skips, tells = delivery.skip_existing, delivery.verbose
    given = {name: "true" for name, said in (("skip-existing", skips), ("verbose", tells)) if said}
    upload = {key: value for key, value in upload.items() if key not in ("uses", "with")}
    upload = {"name": upload["name"], **({"if": delivery.condition} if delivery.condition else {}), **upload}
    upload |= _run(task, _script(delivery, given))
    return [Piece(list(_after(delivery, upload)), None if delivery.stays else path)]


def _run(task: Task, script: str) -> dict[str, Value]:
    """A script that looks for its files where actions do, whatever folder the scripts of the job start in."""
    return {"working-directory": ".", "run": script} if task.job.working_directory else {"run": script}


def _unchanged(delivery: Delivery, changed: dict[str, Value | None]) -> dict[str, Value | None]:
    return changed if delivery.asks_for_token else {key: value for key, value in changed.items() if key != "if"}


def _after(delivery: Delivery, upload: Value) -> Iterator[Op]:
    if delivery.stays:
        yield from without_upload(delivery)
        yield Insert(delivery.step.path, upload, where="after")
        return
    yield from (Insert(delivery.step.path, build, where="before") for build in delivery.build_steps)
    yield Insert(delivery.step.path, upload, where="before")


def _script(delivery: Delivery, inputs: dict[str, str]) -> str:
    folder = delivery.folder
    switches = {name: inputs.pop(name, "false").strip().lower() for name in ("skip-existing", "verbose")}
    if folder is None or not _PLAIN.match(folder) or any(value not in ("true", "false") for value in switches.values()):
        raise Unmovable("where its distributions lie cannot be told", path=delivery.step.path)
    flags = [f"--{name}" for name, value in switches.items() if value == "true"]
    place = "*" if folder == "." else f"{folder}/*"
    return " ".join(['pipx run --spec "twine>=6.1" twine upload --repository testpypi', *flags, place])
