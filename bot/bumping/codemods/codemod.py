"""The shape of a codemod: what it looks at, what it answers."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from bot.bumping.catalogue import Action, Tag
from bot.bumping.pins import Pin
from bot.bumping.places import Place
from bot.bumping.versions import Version
from bot.survey import Survey
from bot.workflow import Job, Step
from bot.yaml import Add, Op, Raw


class Crossing(Struct, frozen=True, kw_only=True):
    """One bump: from a pin to a version."""

    survey: Survey
    place: Place
    pin: Pin
    action: Action
    tag: Tag
    version: Version

    @property
    def job(self) -> Job:
        return self.place.job

    @property
    def step(self) -> Step:
        assert self.place.step is not None, "a called workflow has no inputs that we know"
        return self.place.step

    def passes(self, *numbers: int) -> bool:
        """Claims that the bump passes or reaches this version from below it; from no known version it passes all."""
        bound = (*numbers, 0, 0, 0, 0)[:4]
        before = self.pin.version
        start = (-1,) if before is None else (*before.numbers, *(_TOP,) * 4)[:4] if self._floats else before.order
        return start < bound <= self.version.order

    def given(self, name: str) -> str | None:
        """An input's value, whatever its name's case; None where it is not given."""
        return next((value for key, value in self.step.inputs.items() if key.lower() == name), None)

    def spelt(self, name: str) -> str:
        """An input's name as it is written here."""
        return next(key for key in self.step.inputs if key.lower() == name)

    def adding(self, name: str, value: str) -> Op:
        """One input more, in a `with:` that is there or is made for it."""
        if self.step.node.get("with") is not None:
            return Add((*self.step.path, "with", name), Raw(value))
        return Add((*self.step.path, "with"), {name: Raw(value)}, after="uses")

    @property
    def _floats(self) -> bool:
        """`v4` may stand for any version below 5."""
        return self.pin.tag is None or len(self.pin.version.numbers if self.pin.version else ()) < self.action.width


_TOP = 999_999


class Rewrite(Struct, frozen=True, kw_only=True):
    """`said`: what the pull request tells of it; `covers`: inputs, in lower case, that it takes care of."""

    ops: tuple[Op, ...] = ()
    said: tuple[str, ...] = ()
    covers: frozenset[str] = frozenset()


class Codemod(Protocol):
    """The shape of a codemod's module."""

    ACTIONS: frozenset[str]
    """`owner/repo` in lower case."""

    def rewrite(self, crossing: Crossing) -> Rewrite:
        """What has to change in the step. Raises Refused."""
        ...
