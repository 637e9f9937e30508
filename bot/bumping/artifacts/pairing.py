"""What the steps of one run need when their artifacts move to version 4 or newer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from bot.bumping.artifacts import files
from bot.bumping.artifacts.renaming import may_be, rename, setting
from bot.bumping.artifacts.uploads import BUILDER, Download, Upload, downloads, families, given, uploads
from bot.bumping.pins import Pin
from bot.bumping.places import Place
from bot.bumping.reasons import DOWNLOAD, UPLOAD
from bot.bumping.surroundings import components
from bot.bumping.targets import Target
from bot.errors import Refused
from bot.model import YamlPath
from bot.survey import Survey
from bot.workflow import Workflow
from bot.yaml import Op

ACTIONS = frozenset({UPLOAD, DOWNLOAD, BUILDER})

_TODAY = {UPLOAD: 4, DOWNLOAD: 4, BUILDER: 2}
"""The first version of each that speaks of today's artifacts."""
_HIDDEN = (4, 4, 0, 0)
_SINGLE = 5
_ELSEWHERE = ("dawidd6/action-download-artifact", "listWorkflowRunArtifacts", "artifacts_url")

Key = tuple[str, YamlPath]
"""A workflow's path, and a place in it."""


class Member(Struct, frozen=True, kw_only=True):
    """One step that has to do with artifacts; `target` None: it stays, or nothing is there to go to."""

    place: Place
    pin: Pin
    target: Target | None

    @property
    def is_old(self) -> bool:
        return self.pin.version is None or self.pin.version.major < _TODAY[self.place.name]

    @property
    def ends_new(self) -> bool:
        if self.target is None:
            return not self.is_old
        return self.target.version.major >= _TODAY[self.place.name]

    @property
    def moves_over(self) -> bool:
        """Claims that it goes from yesterday's artifacts to today's."""
        return self.is_old and self.target is not None and self.ends_new


class Part(Struct, frozen=True, kw_only=True):
    """What all these bumps need together, by file, and what has to be said of it."""

    ops: Mapping[str, tuple[Op, ...]] = {}
    said: tuple[str, ...] = ()


def rewrite(survey: Survey, members: Sequence[Member]) -> Mapping[Key, Part | Refused]:
    """By place, for the members that may run together: one part for all that move to version 4, or why none may."""
    moving = [one for one in members if one.moves_over]
    single = {one.place.key: part for one in members if not one.moves_over for part in _alone(one)}
    if not moving:
        return single
    try:
        part = _part(survey, members, moving)
    except Refused as refused:
        reason = refused.with_traceback(None)  # which holds all that was at hand where it was raised
        return {**single, **{one.place.key: reason for one in moving}}
    return {**single, **{one.place.key: part for one in moving}}


def _alone(member: Member) -> Iterator[Part | Refused]:
    """What a bump needs that stays among today's artifacts."""
    step, target, version = member.place.step, member.target, member.pin.version
    if step is None or target is None or version is None:
        return
    if member.place.name == UPLOAD and len(version.numbers) > 1 and version.order < _HIDDEN <= target.version.order:
        try:
            found = list(files.needs(member))
        except Refused as refused:
            yield refused
            return
        if found:
            path = member.place.workflow.path
            yield Part(ops={path: tuple(op for op, _ in found)}, said=tuple(said for _, said in found))
    # https://github.com/actions/download-artifact/releases/tag/v5.0.0
    passes = member.place.name == DOWNLOAD and version.major < _SINGLE <= target.version.major
    if passes and given(step, "pattern") and given(step, "merge-multiple") not in ("true", "${{ true }}"):
        yield Refused(
            "Since download-artifact 5 a pattern that matches one artifact alone puts it right into the path and not "
            "into a folder of its name; say `merge-multiple: true` or name the artifact, then raise the action."
        )


def _part(survey: Survey, members: Sequence[Member], moving: Sequence[Member]) -> Part:
    _require_all(members)
    paths = sorted(components(survey)[moving[0].place.workflow.path])
    workflows = [survey.workflows[path] for path in paths]
    _require_no_local_action(survey, workflows)
    sent, fetched = list(uploads(workflows)), list(downloads(workflows))
    shared = families(sent)
    if shared:
        _require_nobody_else(survey)
        _require_called_once(workflows, shared)
    else:
        _require_called_once(workflows, [[one] for one in sent])
    _require_known_sources(moving, sent, fetched)
    ops: dict[str, list[Op]] = {path: [] for path in paths}
    said: list[str] = []
    for family in shared:
        rename(family, sent, fetched, ops)
        said.append(_told(family, fetched))
    for member in moving:
        for op, sentence in files.needs(member):
            ops[member.place.workflow.path].append(op)
            said.append(sentence)
    _explicit_folders(moving, ops)
    return Part(ops={path: tuple(own) for path, own in ops.items() if own}, said=tuple(dict.fromkeys(said)))


def _told(family: Sequence[Upload], fetched: Sequence[Download]) -> str:
    name = family[0].name
    read = any(one.name == name or one.name is None for one in fetched)
    return f"uploads that shared the name `{name}` get one each" + (
        ", and are downloaded together by a pattern" if read else ""
    )


def _require_all(members: Sequence[Member]) -> None:
    left = next((one for one in members if not one.ends_new), None)
    if left is not None:
        raise Refused(
            f"`{left.place.uses.text}` cannot be raised to version {_TODAY[left.place.name]}, and artifacts of the "
            "versions before and after 4 cannot read each other; raise all of them together."
        )


def _require_no_local_action(survey: Survey, workflows: Sequence[Workflow]) -> None:
    texts = survey.snapshot.files
    for workflow in workflows:
        for job in workflow.jobs.values():
            for step in job.steps:
                if step.uses is None or step.uses.owner or not step.uses.text.startswith("./"):
                    continue
                names = [f"{step.uses.path}/{name}".lstrip("/") for name in ("action.yml", "action.yaml")]
                if any("-artifact@" in texts.get(name, "") for name in names):
                    raise Refused(
                        f"The action in `{step.uses.path}` moves artifacts too; raise what it uses together with this "
                        "workflow."
                    )


def _require_nobody_else(survey: Survey) -> None:
    for path, workflow in survey.workflows.items():
        if any(word in workflow.document.text for word in _ELSEWHERE):
            raise Refused(
                f"Artifacts of this run are fetched by name in `{path}`, and some of these names have to change; "
                "raise both by hand."
            )


def _require_called_once(workflows: Sequence[Workflow], groups: Sequence[Sequence[Upload]]) -> None:
    """A workflow that is called twice in a run uploads each of its names twice."""
    counts: dict[str, int] = {}
    for workflow in workflows:
        for job in workflow.jobs.values():
            if job.uses is not None and not job.uses.owner:
                counts[job.uses.path] = counts.get(job.uses.path, 0) + (2 if job.has_matrix else 1)
    for group in groups:
        for upload in group:
            if counts.get(upload.workflow.path, 0) > 1 and "inputs." not in upload.name:
                raise Refused(
                    f"`{upload.workflow.path}` is called more than once in a run, and since upload-artifact 4 "
                    f"the name `{upload.name}` can be uploaded once; make the name an input, then raise the actions."
                )


def _require_known_sources(moving: Sequence[Member], sent: Sequence[Upload], fetched: Sequence[Download]) -> None:
    steps = {one.place.key for one in moving}
    for one in fetched:
        if (one.workflow.path, (*one.step.path, "uses")) not in steps or one.name is None:
            continue
        if not any(may_be(one.name, upload) for upload in sent):
            raise Refused(
                f"The artifact `{one.name}` is uploaded by nothing that can be seen in this run, and version 4 cannot "
                "read what older versions upload; raise both sides together."
            )


def _explicit_folders(moving: Sequence[Member], ops: dict[str, list[Op]]) -> None:
    """Version 1 downloaded into a folder of the artifact's name."""
    for one in moving:
        step = one.place.step
        first = one.pin.version is not None and one.pin.version.major == 1
        if step is None or one.place.name != DOWNLOAD or not first or given(step, "path"):
            continue
        name = given(step, "name")
        if name is not None:
            ops[one.place.workflow.path].append(setting(step, "path", name))
