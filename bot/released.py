"""What an index shows of a project's releases, and what that proves of a publisher.

Absence proves nothing: a file without provenance may have been uploaded either way, so the answers are "proven",
"unknown" and "never released", and never "with a token".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.model import Attested, Sha
from bot.rollout import Proof

MOST_UPLOADS = 100
_SLACK_SECONDS = 120.0
"""Clocks of an index and of GitHub need not agree to the second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """`uploads`: when files came, newest first, at most `MOST_UPLOADS`; times in seconds since 1970."""

    name: str
    exists: bool | None
    """None: the index could not be asked."""
    uploads: tuple[float, ...] = ()
    attested: Attested | None = None
    """Of the newest file that has provenance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The publisher that the default branch needs: canonical `owner/name`, the workflow's file name, environment."""

    repository: str
    workflow: str
    environment: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GreenRun:
    """A run of the workflow that ended well. Seconds since 1970."""

    commit: Sha
    """On which it ran."""
    began: float
    ended: float

    def may_have_uploaded(self, released: Released) -> bool:
        """Claims that files appeared on the index while it ran."""
        return any(self.began - _SLACK_SECONDS <= at <= self.ended + _SLACK_SECONDS for at in released.uploads)


def proof_of(released: Released, expected: Expected, runs: Sequence[GreenRun] = ()) -> Proof:
    """Whether a release through `expected` was seen; `runs` must be of that workflow, on commits that have the move."""
    if released.exists is None:
        return Proof.UNKNOWN
    if not released.exists or not released.uploads:
        return Proof.NEVER_RELEASED
    if released.attested is not None and is_of(released.attested, expected):
        return Proof.PROVEN
    return Proof.PROVEN if any(run.may_have_uploaded(released) for run in runs) else Proof.UNKNOWN


def unconstrained(released: Released, expected: Expected) -> bool:
    """Claims that the publisher takes any environment, while the workflow has one that could be demanded."""
    attested = released.attested
    if attested is None or not is_of(attested, expected):
        return False
    return attested.environment is None and expected.environment is not None


def stranger(released: Released, repository: str) -> str | None:
    """The repository from which the newest attested file came, where it is another one: a fork or a mirror is read."""
    attested = released.attested
    if attested is None or attested.repository.casefold() == repository.casefold():
        return None
    return attested.repository


def is_of(attested: Attested, expected: Expected) -> bool:
    """Claims that a file came through the expected publisher.

    The index keeps environments in lower case, and GitHub does not tell their case apart.

    https://docs.pypi.org/trusted-publishers/troubleshooting/
    """
    environment = attested.environment
    fits = environment is None or environment.casefold() == (expected.environment or "").casefold()
    same = attested.repository.casefold() == expected.repository.casefold()
    return same and attested.workflow == expected.workflow and fits
