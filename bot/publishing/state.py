"""What is known half-way through a job: what was found, what earlier steps left behind, where we stand."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from bot.model import Publisher
from bot.publishing.ambient import Ambient, sections
from bot.publishing.names import Vocabulary
from bot.publishing.repository import Repository
from bot.publishing.upload import Scene, Upload
from bot.publishing.values import secrets_in
from bot.workflow import Job, Step, Workflow

DEPTH = 3
"""Composite actions and targets below a step that are followed."""
MOST_FOLLOWED = 2_000
"""Commands and steps below those of one job: a short script that starts itself on each line would come to millions."""


class Walk(Struct, kw_only=True):
    """One job, and what its steps turn out to do."""

    repository: Repository
    workflow: Workflow
    job: Job
    mints: bool
    said: Vocabulary
    """The words of all scripts of the workflow."""
    ambient: Ambient = field(default_factory=Ambient)
    publishers: list[Publisher] = field(default_factory=list)
    leftovers: list[Publisher] = field(default_factory=list)
    """Steps that hold a secret of PyPI's while no upload of theirs was recognised."""
    suspects: list[tuple[int, str]] = field(default_factory=list)
    """(line, what) of that which may be an upload."""
    followed: int = 0
    """Commands and steps below those of the job that were read."""
    _stopped: bool = False
    _choices: Mapping[str, tuple[str, ...]] | None = None
    _secret_names: Mapping[str, str] | None = None

    def scene(self, env: Mapping[str, str], inputs: Mapping[str, tuple[str, ...]], folder: str = "") -> Scene:
        """What a command sees now, with `env` of its step and `inputs` of the action around it."""
        ambient = self.ambient
        choices = self._all_choices()
        if inputs or ambient.exported:
            choices = {**choices, **_open_exports(ambient, env), **inputs}
        return Scene(
            variables={**self.workflow.env, **self.job.env, **_exported(ambient), **env},
            choices=choices,
            mints=self.mints,
            minted=frozenset(ambient.minted),
            foreign=frozenset(ambient.foreign),
            elsewhere=frozenset(ambient.elsewhere),
            settings=dict(ambient.settings),
            pypirc=sections(ambient.pypirc) if ambient.pypirc else {},
            tools=self.repository.tools(folder),
            secret_names=self._all_secret_names(),
            own=env,
        )

    def add(self, place: Place, line: int, upload: Upload) -> None:
        """Records an upload once; below an action or a target it is indirect, and reported at the step."""
        if place.through:
            upload = replace(upload, via=place.through, indirect=True)
        found = self.publisher(place.step.index, line if place.depth == 0 else place.step.line, upload)
        if found not in self.publishers:
            self.publishers.append(found)

    def publisher(self, step: int | None, line: int, upload: Upload) -> Publisher:
        """An upload with the place where it happens."""
        environment = self.job.environment
        return Publisher(
            workflow=self.workflow.path,
            job=self.job.id,
            step=step,
            line=line,
            method=upload.method,
            via=upload.via,
            index=upload.index,
            credential=upload.credential,
            secrets=upload.secrets,
            environment=environment.name if environment is not None else None,
            indirect=upload.indirect,
        )

    def follows(self, count: int, line: int, name: str) -> bool:
        """Claims that so many commands or steps of something below a step are still read; else it is suspected once."""
        self.followed += count + 1
        if self.followed <= MOST_FOLLOWED:
            return True
        if not self._stopped:
            self._stopped = True
            self.suspects.append((line, f"“{name}” starts more than could be read"))
        return False

    def can_authenticate(self) -> bool:
        """Claims that the job is given what any upload needs: a secret, or an identity token."""
        text = self.workflow.document.text[self.job.node.start : self.job.node.end]
        return self.mints or any(secrets_in(given) for given in (text, *self.workflow.env.values()))

    def _all_choices(self) -> Mapping[str, tuple[str, ...]]:
        """The same for every step, and asked for by each."""
        if self._choices is None:
            self._choices = _choices(self)
        return self._choices

    def _all_secret_names(self) -> Mapping[str, str]:
        if self._secret_names is None:
            self._secret_names = _secret_names(self)
        return self._secret_names


class Place(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where a command stands, and the step of the workflow itself at which it is reported."""

    step: Step
    line: int
    inputs: Mapping[str, tuple[str, ...]] = {}
    env: Mapping[str, str] = {}
    """Of the steps around it."""
    folder: str = ""
    through: str = ""
    """The local action or target below which the command lies; `""` for the step's own."""
    depth: int = 0


def _exported(ambient: Ambient) -> Mapping[str, str]:
    if not ambient.exported:
        return {}
    return {name: values[0] if len(values) == 1 else f"${name}" for name, values in ambient.exported.items()}


def _open_exports(ambient: Ambient, env: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
    several = {name: values for name, values in ambient.exported.items() if len(values) > 1 and name not in env}
    return {f"env.{name}": values for name, values in several.items()}


def _choices(walk: Walk) -> Mapping[str, tuple[str, ...]]:
    found = {f"matrix.{key}": values for key, values in walk.job.matrix.items()}
    for trigger in walk.workflow.triggers.values():
        for name, values in trigger.inputs.items():
            found[f"inputs.{name}"] = (*found.get(f"inputs.{name}", ()), *values)
    for _, caller in walk.repository.callers(walk.workflow.path):
        for name, value in caller.inputs.items():
            found[f"inputs.{name}"] = (*found.get(f"inputs.{name}", ()), value)
    return {key: values for key, values in found.items() if values}


def _secret_names(walk: Walk) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for _, caller in walk.repository.callers(walk.workflow.path):
        for name, text in caller.secrets.items():
            if given := secrets_in(text):
                found.setdefault(name, given[0])
    return found
