"""The uploads and downloads of workflows that run together, and which of the uploads share a name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from bot.bumping.reasons import DOWNLOAD, UPLOAD
from bot.bumping.templates import expand, is_unique_per_leg
from bot.errors import Refused
from bot.workflow import Job, Step, Workflow

BUILDER = "hynek/build-and-inspect-python-package"
"""Uploads by itself, under a name that it is known for."""
_BUILT = "Packages"
_USUAL = "artifact"


class Upload(Struct, frozen=True, kw_only=True):
    """One step that uploads. `name` may hold expressions."""

    workflow: Workflow
    job: Job
    step: Step
    name: str
    ours: bool = True
    """Its name stands in this step, so that we can change it."""

    @property
    def possible(self) -> frozenset[str] | None:
        return expand(self.name, self.job)

    @property
    def is_alone(self) -> bool:
        """Claims that this step uploads its name once in a run."""
        return is_unique_per_leg(self.name, self.job)


class Download(Struct, frozen=True, kw_only=True):
    workflow: Workflow
    job: Job
    step: Step
    name: str | None
    pattern: str | None


def given(step: Step, name: str) -> str | None:
    """An input's value, whatever its name's case; None where it is not given or empty."""
    for key, value in step.inputs.items():
        if value and key.lower() == name:
            return value
    return None


def uploads(workflows: Sequence[Workflow]) -> Iterator[Upload]:
    """Every upload, those of actions that upload by themselves too."""
    for workflow in workflows:
        for job in workflow.jobs.values():
            for step in job.steps:
                name = step.uses.name if step.uses is not None else ""
                if name == UPLOAD and step.uses is not None and not step.uses.path:
                    yield Upload(workflow=workflow, job=job, step=step, name=given(step, "name") or _USUAL)
                if name == BUILDER:
                    suffix = given(step, "upload-name-suffix") or ""
                    yield Upload(workflow=workflow, job=job, step=step, name=_BUILT + suffix, ours=False)


def downloads(workflows: Sequence[Workflow]) -> Iterator[Download]:
    for workflow in workflows:
        for job in workflow.jobs.values():
            for step in job.steps:
                if step.uses is not None and step.uses.name == DOWNLOAD and not step.uses.path:
                    yield Download(
                        workflow=workflow,
                        job=job,
                        step=step,
                        name=given(step, "name"),
                        pattern=given(step, "pattern") or given(step, "artifact-ids"),
                    )


def families(found: Sequence[Upload]) -> tuple[tuple[Upload, ...], ...]:
    """Uploads that would meet under one name: all of one text. Raises Refused where that cannot be told."""
    by_name: dict[str, list[Upload]] = {}
    for upload in found:
        by_name.setdefault(upload.name, []).append(upload)
    texts = list(by_name)
    for index, text in enumerate(texts):
        for other in texts[index + 1 :]:
            if any(_may_meet(left, right) for left in by_name[text] for right in by_name[other]):
                raise Refused(
                    f"Whether the artifacts `{text}` and `{other}` can have one name cannot be told, and since "
                    "upload-artifact 4 each name can be uploaded once; give them names that differ, then raise both "
                    "actions."
                )
    return tuple(tuple(group) for group in by_name.values() if len(group) > 1 or not group[0].is_alone)


def _may_meet(left: Upload, right: Upload) -> bool:
    one, two = left.possible, right.possible
    if one is not None and two is not None:
        return bool(one & two)
    before, behind = _ends(left.name), _ends(right.name)
    return _fit(before[0], behind[0], str.startswith) and _fit(before[1], behind[1], str.endswith)


def _ends(template: str) -> tuple[str, str]:
    if "${{" not in template:
        return template, template
    return template.split("${{", 1)[0], template.rsplit("}}", 1)[-1]


def _fit(one: str, two: str, test: object) -> bool:
    assert callable(test)
    return bool(test(one, two) or test(two, one))
