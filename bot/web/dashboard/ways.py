"""How far each project of a repository has come, as its page shows it: `bot.rollout`'s words, and what is known beside.

Names of secrets are for those who may write to the repository: a public one shows them to nobody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.rollout import TABLE
from bot.secrets import OBSOLETE, ORPHAN
from bot.store.rollouts import Rollout
from bot.web.dashboard.steps import Step, steps

_ROWS = {row.state: row for row in TABLE}
_FOR_WRITERS = frozenset({"replaced", "secrets", "secrets checked", OBSOLETE, ORPHAN})
_NAMES = {"pypi": "PyPI", "testpypi": "TestPyPI"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    project: str
    index: str
    state: str
    since: float
    """Seconds since 1970."""
    means: str
    next: str
    steps: tuple[Step, ...]
    facts: tuple[tuple[str, tuple[str, ...]], ...]
    """Name -> what is known of it, each a clause."""


def ways(rollouts: Sequence[Rollout], *, may_write: bool) -> tuple[Way, ...]:
    """By project and index."""
    return tuple(
        Way(
            project=one.project,
            index=_NAMES.get(one.index, one.index),
            state=one.state,
            since=one.since,
            means=_ROWS[one.state].means,
            next=_ROWS[one.state].next,
            steps=steps(one.state),
            facts=tuple(
                (name, (value,) if isinstance(value, str) else tuple(value))
                for name, value in sorted(one.facts.items())
                if may_write or name not in _FOR_WRITERS
            ),
        )
        for one in rollouts
    )
