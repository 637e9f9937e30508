"""How far a sweep has come, and what it has seen: what is kept, what is counted, what is left alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from bot.model import InstallationId, NodeId, RepoId, RepoRef, Sha
from bot.store.sightings import Sighting, Sightings
from bot.store.sweeps import Sweep, Sweeps

MINE, THEIRS = InstallationId(1), InstallationId(2)
FRESH = Sweep(installation=MINE, account="acme", selected=False, round=1, full=True, started_at=100.0)


def seen(number: int, **values: object) -> Sighting:
    ref = RepoRef(id=RepoId(number), node_id=NodeId(f"R_{number}"), owner="acme", name=f"r{number}")
    known = Sighting(ref=ref, installation=MINE, standing="s", files="f", head=Sha("a" * 40))
    return replace(known, **values)  # type: ignore[arg-type]  # a field's own value


@pytest.fixture
def sweeps(engine: sa.Engine) -> Sweeps:
    return Sweeps(engine)


@pytest.fixture
def sightings(engine: sa.Engine) -> Sightings:
    return Sightings(engine)


def test_a_round_keeps_what_the_one_before_learnt(sweeps: Sweeps) -> None:
    first = sweeps.begin(FRESH)
    assert first == FRESH
    ended = replace(first, page=25, reading=7, listed=9, watermark=90.0, full_at=100.0, finished_at=110.0)
    assert sweeps.save(ended)
    assert sweeps.get(MINE) == ended
    second = sweeps.begin(replace(FRESH, full=False, started_at=200.0))
    assert second == replace(
        FRESH, round=2, full=False, started_at=200.0, page=25, reading=7, watermark=90.0, full_at=100.0
    )
    assert sweeps.listed() == [second]


def test_a_round_that_was_replaced_cannot_speak_for_the_new_one(sweeps: Sweeps) -> None:
    first = sweeps.begin(FRESH)
    second = sweeps.begin(FRESH)
    assert not sweeps.save(replace(first, listed=99))
    assert sweeps.get(MINE) == second


def test_asking_for_all_outlives_the_round_that_runs(sweeps: Sweeps) -> None:
    running = sweeps.begin(FRESH)
    sweeps.want_full(MINE, 150.0)
    sweeps.save(replace(running, full_at=100.0, finished_at=160.0))
    found = sweeps.get(MINE)
    assert found is not None
    assert found.unanswered
    sweeps.save(replace(found, full_at=151.0))
    found = sweeps.get(MINE)
    assert found is not None
    assert not found.unanswered
    sweeps.want_full(THEIRS, 150.0)
    assert sweeps.get(THEIRS) is None


def test_what_is_due_keeps_what_was_seen_until_it_is_read(sightings: Sightings) -> None:
    sightings.put([seen(1), seen(2)])
    sightings.note_page(MINE, 3, [RepoId(2)], [seen(1, standing="new", files=None, due=True, round=3)])
    assert sightings.known([RepoId(1), RepoId(2), RepoId(9)]) == {1: seen(1, due=True, round=3), 2: seen(2, round=3)}
    assert sightings.count_due(MINE) == 1
    assert [one.begun for one in sightings.due(MINE, 10)] == [0]
    assert [one.begun for one in sightings.due(MINE, 10)] == [1]
    sightings.not_begun([RepoId(1)])
    assert [one.begun for one in sightings.due(MINE, 10)] == [1]
    sightings.put([seen(1, files="f2")])
    assert sightings.count_due(MINE) == 0
    assert sightings.known([RepoId(1)])[RepoId(1)] == seen(1, files="f2", round=3)


def test_what_a_round_did_not_list_is_known_unless_it_was_never_listed(sightings: Sightings) -> None:
    sightings.note_page(MINE, 1, [], [seen(1, round=1), seen(2, round=1)])
    sightings.put([seen(3)])
    sightings.note_page(MINE, 2, [RepoId(1)], [])
    assert sightings.unlisted(MINE, 2) == [2]
    assert sightings.unlisted(THEIRS, 2) == []
    sightings.forget([RepoId(2)])
    assert sightings.unlisted(MINE, 2) == []


def test_what_is_distrusted_is_read_again(sightings: Sightings) -> None:
    sightings.put([seen(1), seen(2, installation=THEIRS)])
    sightings.distrust(MINE)
    assert [(one.ref.id, one.files) for one in sightings.due(MINE, 10)] == [(1, None)]
    assert sightings.count_due(THEIRS) == 0
    sightings.forget_installation(MINE)
    assert list(sightings.known([RepoId(1), RepoId(2)])) == [2]
