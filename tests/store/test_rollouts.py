"""What is remembered of rollouts: replaced as a whole, and since when a state holds."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from bot.model import Index, RepoId
from bot.rollout import State
from bot.store.oblivion import Oblivion
from bot.store.rollouts import Rollout, Rollouts

ONE, OTHER = RepoId(1), RepoId(2)


def rollout(state: State, project: str = "spoon", index: Index = Index.PYPI) -> Rollout:
    facts: dict[str, str | list[str]] = {"secrets": ["PYPI_TOKEN"]}
    return Rollout(project=project, index=index, workflow=".github/workflows/release.yml", state=state, facts=facts)


def test_a_state_is_kept_since_it_was_entered(engine: sa.Engine) -> None:
    table = Rollouts(engine)
    assert table.record(ONE, [rollout(State.TOKEN)], 10.0) == (rollout(State.TOKEN),)
    assert table.record(ONE, [rollout(State.TOKEN)], 20.0) == ()
    [known] = table.of(ONE)
    assert (known.state, known.since, known.facts) == (State.TOKEN, 10.0, {"secrets": ["PYPI_TOKEN"]})
    assert table.record(ONE, [rollout(State.PROPOSED)], 30.0) == (rollout(State.PROPOSED),)
    assert [known.since for known in table.of(ONE)] == [30.0]


def test_each_index_has_its_own(engine: sa.Engine) -> None:
    table = Rollouts(engine)
    table.record(ONE, [rollout(State.DONE), rollout(State.TOKEN, index=Index.TESTPYPI)], 1.0)
    assert [(known.index, known.state) for known in table.of(ONE)] == [
        (Index.PYPI, State.DONE),
        (Index.TESTPYPI, State.TOKEN),
    ]


def test_what_is_no_longer_found_is_gone(engine: sa.Engine) -> None:
    table = Rollouts(engine)
    table.record(ONE, [rollout(State.TOKEN), rollout(State.TOKEN, "fork")], 1.0)
    table.record(OTHER, [rollout(State.MERGED)], 1.0)
    table.record(ONE, [rollout(State.TOKEN, "fork")], 2.0)
    assert [known.project for known in table.of(ONE)] == ["fork"]
    assert table.due([State.TOKEN, State.MERGED]) == (ONE, OTHER)
    assert table.due([State.DONE]) == ()
    assert table.of_all([OTHER, ONE]) == {ONE: table.of(ONE), OTHER: table.of(OTHER)}
    Oblivion(engine).repositories([ONE])
    assert table.of(ONE) == ()
    assert table.of_all([ONE]) == {ONE: ()}
    assert table.of_all([]) == {}
    assert table.due(list(State)) == (OTHER,)


def test_what_nobody_waits_for_is_looked_at_seldom(engine: sa.Engine) -> None:
    table = Rollouts(engine)
    table.record(ONE, [replace(rollout(State.MERGED), facts={"replaced": ["PYPI_TOKEN"]})], 1.0)
    table.record(OTHER, [rollout(State.MERGED)], 1.0)
    assert table.due([State.MERGED], day=2, days=7) == (ONE, OTHER)
    assert table.due([State.MERGED], day=3, days=7) == (ONE,)
