"""The shape of a codemod: what it looks at, what it answers."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from bot.bumping.catalogue import Action, Manifest, Tag
from bot.bumping.pins import Pin
from bot.bumping.places import Place
from bot.bumping.targets import Target
from bot.survey import Survey
from bot.workflow import Job, Step
from bot.yaml import Add, Op, Raw


class Crossing(Struct, frozen=True, kw_only=True):
    """One bump: from a pin to a version. All but `survey` and `place` is the same wherever the line stands."""

    survey: Survey
    place: Place
    pin: Pin
    action: Action
    tag: Tag
    start: tuple[int, ...]
    """The highest version that the pin may stand for, to compare by."""
    end: tuple[int, ...]
    """The version that it is raised to."""
    before: Manifest | None
    after: Manifest | None

    @property
    def job(self) -> Job:
        return self.place.job

    @property
    def step(self) -> Step:
        assert self.place.step is not None, "a called workflow has no inputs that we know"
        return self.place.step

    def passes(self, major: int, minor: int = 0) -> bool:
        """Claims that the bump passes or reaches this version from below it; from no known version it passes all."""
        return self.start < (major, minor, 0, 0) <= self.end

    def given(self, name: str) -> str | None:
        """An input's value, whatever its name's case; None where it is not given."""
        for key, value in self.step.inputs.items():
            if key.lower() == name:
                return value
        return None

    def spelt(self, name: str) -> str:
        """An input's name as it is written here."""
        return next(key for key in self.step.inputs if key.lower() == name)

    def adding(self, name: str, value: str) -> Op:
        """One input more, in a `with:` that is there or is made for it."""
        if self.step.node.get("with") is not None:
            return Add((*self.step.path, "with", name), Raw(value))
        return Add((*self.step.path, "with"), {name: Raw(value)}, after="uses")


_TOP = 999_999


def crossing(survey: Survey, place: Place, pin: Pin, action: Action, target: Target) -> Crossing:
    """The bump of a line to a version."""
    return Crossing(
        survey=survey,
        place=place,
        pin=pin,
        action=action,
        tag=target.tag,
        start=_start(pin, action),
        end=target.version.order,
        before=action.manifest(place.uses.path, pin.tag) if pin.tag is not None else None,
        after=target.manifest,
    )


def _start(pin: Pin, action: Action) -> tuple[int, ...]:
    """`v4` may stand for any version below 5."""
    if pin.version is None:
        return (-1,)
    floats = pin.tag is None or len(pin.version.numbers) < action.width
    return (*pin.version.numbers, *(_TOP,) * 4)[:4] if floats else pin.version.order


class Rewrite(Struct, frozen=True, kw_only=True):
    """`said`: what the pull request tells of it; `covers`: inputs, in lower case, that it takes care of."""

    ops: tuple[Op, ...] = ()
    said: tuple[str, ...] = ()
    covers: frozenset[str] = frozenset()


NOTHING = Rewrite()


class Codemod(Protocol):
    """The shape of a codemod's module."""

    ACTIONS: frozenset[str]
    """`owner/repo` in lower case."""

    def rewrite(self, crossing: Crossing) -> Rewrite:
        """What has to change in the step. Raises Refused."""
        ...
