"""A step with pypa's action: freed of its password where it stands, said again for another job, or made new."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.moving import pins
from bot.moving.deliveries import Delivery, inputs_of, is_pypa
from bot.moving.jobs import LABELS, Task
from bot.moving.nouns import CREDENTIALS, Unmovable
from bot.moving.restate import left_over, restate, restate_keys, said_at, under
from bot.workflow import Step
from bot.yaml import Comment, Commented, Document, Op, Raw, Remove, Rename, Replace, Value

_VERSION = re.compile(r"v?\d+(?:\.\d+)*|release/v1\S*|master|main")
_DEPRECATED = ("packages_dir", "repository_url", "verify_metadata", "skip_existing", "print_hash")


def clean_action(task: Task, delivery: Delivery) -> Iterator[Op]:
    """Takes the credentials from a step with pypa's action, and mends what would keep it from uploading."""
    step = delivery.step
    for key in _credential_keys(step):
        yield Remove((*step.path, "with", key), prune=True, about=CREDENTIALS)
    if not is_pypa(step):
        yield from _raise_deploy_pypi(step)
        return
    for key in step.inputs:
        if key.lower() in _DEPRECATED and key.replace("_", "-") not in step.inputs:
            yield Rename((*step.path, "with", key), key.replace("_", "-"))
    raised = raised_ref(task, step)
    if raised is not None:
        text, comment = raised
        yield Replace((*step.path, "uses"), text)
        if comment is not None or comment_beside(task, step) is not None:
            yield Comment((*step.path, "uses"), comment or "", where="beside", replace=True)


def restated_action(task: Task, step: Step, folder: str, *, moved: bool = False) -> dict[str, Value]:
    """The same step as a value for another job, its condition left out; `folder` is where the files lie there.

    `moved`: that is `dist`, and not where the step looked before.
    """
    document = task.workflow.document
    inputs = _restated_inputs(document, step, folder, moved=moved)
    comment = left_over(document, step.node, "with", _credential_keys(step))
    if comment is not None and inputs:
        last = list(inputs)[-1]
        inputs[last] = under(comment, inputs[last])
    changed: dict[str, Value | None] = {"if": None}
    if step.node.get("with") is not None:
        changed["with"] = inputs or None
    if moved and step.name is not None:
        changed["name"] = "Publish the distribution packages"
    raised = raised_ref(task, step)
    if raised is not None:
        text, beside = raised
        changed["uses"] = Commented(Raw(text), beside=beside) if beside else Raw(text)
    found = restate_keys(document, step.node, changed)
    return found | {"uses": under(comment, found["uses"])} if comment is not None and not inputs else found


def _restated_inputs(document: Document, step: Step, folder: str, *, moved: bool) -> dict[str, Value]:
    given = step.node.get("with")
    if given is None:
        return {}
    inputs = restate_keys(document, given, dict.fromkeys(_credential_keys(step)))
    renamed = {(key.replace("_", "-") if key in _DEPRECATED else key): value for key, value in inputs.items()}
    if "steps." in step.inputs.get("packages-dir", step.inputs.get("packages_dir", "")):
        renamed["packages-dir"] = folder  # a step of the build job told it
    if moved:
        renamed.pop("packages-dir", None)
    return renamed


def raised_ref(task: Task, step: Step) -> tuple[str, str | None] | None:
    """The reference that a step should have instead of a dead one, and the comment beside it."""
    uses = step.uses
    if uses is None or not pins.must_be_raised(uses, comment_beside(task, step)):
        return None
    style = task.style_of(uses.ref)
    stricter = style is pins.PinStyle.MOVING and task.style is pins.PinStyle.COMMIT
    text, version = pins.written(pins.PYPA, task.style if stricter else style)
    return text, _new_comment(comment_beside(task, step), version)


def _new_comment(old: str | None, version: str | None) -> str | None:
    """The comment beside a new reference: its version, and what stood there besides the old one."""
    words = (old or "").lstrip("# ").split()
    kept = words[1:] if words and _VERSION.fullmatch(words[0]) else words
    return " ".join([version, *kept] if version else kept) or None


def comment_beside(task: Task, step: Step) -> str | None:
    """The comment beside a step's `uses:`."""
    node = step.node.get("uses")
    if node is None:
        return None
    text = task.workflow.document.text
    end = text.find("\n", node.end)
    rest = text[node.end : len(text) if end < 0 else end].strip()
    return rest if rest.startswith("#") else None


def _raise_deploy_pypi(step: Step) -> Iterator[Op]:
    """casperdcl/deploy-pypi asks for an identity token since 2.4."""
    assert step.uses is not None
    if re.fullmatch(r"v2|v2\.4\.\d+|v(?:[3-9]|\d\d)(?:\.\d+)*", step.uses.ref):
        return
    if not re.fullmatch(r"v[12](?:\.\d+)*", step.uses.ref):
        raise Unmovable(
            "this version of casperdcl/deploy-pypi may be too old for trusted publishing; use v2", path=step.path
        )
    yield Replace((*step.path, "uses"), f"{step.uses.owner}/{step.uses.repo}@v2")


def _credential_keys(step: Step) -> list[str]:
    return [key for key in step.inputs if key.lower() in ("user", "password", "username")]  # the last means nothing


def fresh_upload(task: Task, delivery: Delivery, folder: str) -> dict[str, Value]:
    """A step with pypa's action that does what commands did before; `folder` is where the files lie."""
    inputs: dict[str, Value] = {}
    if folder not in ("dist", "dist/"):
        inputs["packages-dir"] = folder
    inputs |= inputs_of(delivery)
    name = delivery.step.name
    title = name if name and delivery.empty and "${{" not in name else f"Publish to {LABELS[delivery.index]}"
    steps = task.job.node.get("steps")
    comment = said_at(task.workflow.document, steps, delivery.step.index) if steps and not delivery.stays else None
    step: dict[str, Value] = {"name": under(comment, title) if comment is not None else title}
    tolerant = delivery.step.node.get("continue-on-error")
    if tolerant is not None:
        step["continue-on-error"] = restate(task.workflow.document, tolerant)
    elif delivery.forgiven:
        step["continue-on-error"] = True
    step["uses"] = pins.pinned(pins.PYPA, task.style)
    return step | ({"with": inputs} if inputs else {})
