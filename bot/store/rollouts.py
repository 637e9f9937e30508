"""How far each project has come on each index, as the last look found it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from bot.model import Index, RepoId
from bot.rollout import State
from bot.store.engine import transaction
from bot.store.tables import rollouts

CALLERS = "called by"
"""The fact that names workflows that call the one that uploads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollout:
    """One project on one index; `facts` holds what the dashboard shows beside the state, names and no values."""

    project: str
    index: Index
    workflow: str
    state: State
    since: float = 0.0
    """Seconds since 1970; set by `record` when the state is another than before."""
    facts: Mapping[str, str | list[str]] = field(default_factory=dict)

    def runs_in(self, workflow: str) -> bool:
        """Claims that a run of `workflow` may upload this project: it is the one, or calls it."""
        return workflow == self.workflow or workflow in self.facts.get(CALLERS, ())


@dataclass(frozen=True, slots=True)
class Rollouts:
    engine: sa.Engine

    def record(self, repo_id: RepoId, found: Sequence[Rollout], now: float) -> tuple[Rollout, ...]:
        """Remember these as all that the repository has; those whose state is new come back."""
        with transaction(self.engine) as connection:
            its = rollouts.c.repo_id == repo_id
            known = {(row.project, row.on_index): row for row in connection.execute(sa.select(rollouts).where(its))}
            connection.execute(rollouts.delete().where(its))
            changed = []
            for one in found:
                before = known.get((one.project, one.index.value))
                same = before is not None and before.state == one.state.value
                since = before.since if before is not None and same else now
                connection.execute(rollouts.insert().values(_row(repo_id, one, since, now)))
                if not same:
                    changed.append(one)
        return tuple(changed)

    def of(self, repo_id: RepoId) -> tuple[Rollout, ...]:
        """What is known of a repository, by project and index."""
        return self.of_all([repo_id])[repo_id]

    def of_all(self, repo_ids: Sequence[RepoId]) -> Mapping[RepoId, tuple[Rollout, ...]]:
        """The same of several; those of which nothing is known are there as well."""
        wanted = rollouts.c.repo_id.in_(repo_ids)
        found = sa.select(rollouts).where(wanted).order_by(rollouts.c.project, rollouts.c.on_index)
        known: dict[RepoId, list[Rollout]] = {repo_id: [] for repo_id in repo_ids}
        with self.engine.connect() as connection:
            for row in connection.execute(found):
                known[RepoId(row.repo_id)].append(_rollout(row))
        return {repo_id: tuple(its) for repo_id, its in known.items()}

    def due(self, states: Sequence[State], day: int = 0, days: int = 1) -> tuple[RepoId, ...]:
        """The repositories that have a project in one of these states.

        Those that only publish by Trusted Publishing, without a move of ours, are spread over `days`.
        """
        which = rollouts.c.state.in_([state.value for state in states])
        found = sa.select(rollouts).where(which).order_by(rollouts.c.repo_id)
        with self.engine.connect() as connection:
            rows = connection.execute(found).all()
        waited_for = (row for row in rows if _is_waited_for(row) or row.repo_id % days == day)
        return tuple(dict.fromkeys(RepoId(row.repo_id) for row in waited_for))


def _is_waited_for(row: sa.Row[tuple[object, ...]]) -> bool:
    return row.state != State.MERGED.value or "replaced" in json.loads(row.facts)


def _row(repo_id: RepoId, one: Rollout, since: float, now: float) -> dict[str, object]:
    return {
        "repo_id": repo_id,
        "project": one.project,
        "on_index": one.index.value,
        "workflow": one.workflow,
        "state": one.state.value,
        "since": since,
        "facts": json.dumps(dict(one.facts), sort_keys=True),
        "updated_at": now,
    }


def _rollout(row: sa.Row[tuple[object, ...]]) -> Rollout:
    return Rollout(
        project=row.project,
        index=Index(row.on_index),
        workflow=row.workflow,
        state=State(row.state),
        since=row.since,
        facts=json.loads(row.facts),
    )
