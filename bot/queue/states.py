"""The words of `book.py`: a job's states, an attempt at it, and how one may end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.model import Job

WAITING: Final = "waiting"
QUEUED: Final = "queued"
RUNNING: Final = "running"
DONE: Final = "done"
FAILED: Final = "failed"
DROPPED: Final = "dropped"

TEXT_LIMIT: Final = 500
"""Characters of an error or a summary that are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What the engine is given to carry."""

    job: str
    number: int
    lane: str

    @property
    def workflow(self) -> str:
        return self.job if self.number == 1 else f"{self.job}~{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    job: Job
    tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The work is done, or there is nothing left to do it for."""

    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Postponed:
    """Again after `seconds`; `failed` when this attempt counts as a failure."""

    seconds: float
    reason: str
    failed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    error: str


Ending = Finished | Postponed | SetAside
