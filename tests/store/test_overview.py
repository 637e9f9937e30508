"""What the dashboard asks the database, on both kinds of it: nothing is told of what the asking person may not see."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from bot.model import InstallationId, RepoId
from bot.store.overview import Overview
from bot.store.reports import Kind, Reports, Use
from bot.store.sweeps import Sweep, Sweeps
from bot.store.tables import jobs
from bot.store.views import Ahead, Order, Shift, Wanted
from tests.store.test_reports import scanned
from tests.store.test_repositories import NOW

ONE = InstallationId(1)
ALL = frozenset(map(RepoId, range(1, 40_000)))
"""More than SQLite takes as parameters of one statement."""
KINDS = (Kind.TOKEN, Kind.TRUSTED, Kind.REFUSED)
TODAY = int(NOW // 86400)


def filled(engine: sa.Engine) -> Overview:
    kept = Reports(engine)
    for number in range(1, 7):
        kept.write(replace(scanned(number, KINDS[number % 3]), findings=number))
    kept.write(scanned(7, installation=2))
    return Overview(engine)


def names(overview: Overview, wanted: Wanted, visible: frozenset[RepoId] = ALL) -> list[str]:
    return [row.full_name.removeprefix("acme/Widget") for row in overview.look(ONE, visible, wanted).rows]


def test_rows_are_filtered_sorted_and_counted(engine: sa.Engine) -> None:
    overview = filled(engine)
    assert overview.counts(ONE, ALL) == dict.fromkeys(KINDS, 2)
    assert names(overview, Wanted()) == ["1", "2", "3", "4", "5", "6"]
    assert names(overview, Wanted(order=Order.FINDINGS, descending=True))[:2] == ["6", "5"]
    assert names(overview, Wanted(order=Order.STATUS)) == ["2", "5", "3", "6", "1", "4"]
    assert names(overview, Wanted(kind=Kind.TRUSTED)) == ["1", "4"]
    assert names(overview, Wanted(words="WIDGET 4")) == ["4"]
    assert names(overview, Wanted(words="%")) == []
    assert names(overview, Wanted(page=2)) == []
    for wanted in (Wanted(), Wanted(kind=Kind.TRUSTED), Wanted(words="widget"), Wanted(kind=Kind.TOKEN, words="3")):
        assert overview.look(ONE, ALL, wanted).total == len(names(overview, wanted))
    assert [row.full_name for row in overview.everything(ONE, ALL, Wanted(kind=Kind.TRUSTED))] == [
        *("acme/Widget1", "acme/Widget4"),
    ]


def test_what_one_may_not_see_is_not_there(engine: sa.Engine) -> None:
    overview, some = filled(engine), frozenset({RepoId(3), RepoId(7)})
    assert names(overview, Wanted(), some) == ["3"]
    assert overview.counts(ONE, some) == {Kind.TOKEN: 1}
    assert overview.shifts(ONE, some) == [Shift(day=TODAY, before=None, after=Kind.TOKEN, count=1)]
    assert [one.repositories for one in overview.uses(ONE, some)] == [1]
    assert overview.users(ONE, some, "actions/checkout", "v4") == ["acme/Widget3"]
    assert (overview.counts(ONE, frozenset()), overview.uses(ONE, frozenset())) == ({}, [])


def test_shifts_add_up_over_days(engine: sa.Engine) -> None:
    overview, kept = filled(engine), Reports(engine)
    kept.write(replace(scanned(3, Kind.TRUSTED), scanned_at=NOW + 2 * 86400))
    assert overview.shifts(ONE, ALL)[-1] == Shift(day=TODAY + 2, before=Kind.TOKEN, after=Kind.TRUSTED, count=1)
    assert [(change.before, change.after) for change in overview.changes(RepoId(3))] == [
        *((Kind.TOKEN, Kind.TRUSTED), (None, Kind.TOKEN)),
    ]


def test_actions_are_spread_over_refs(engine: sa.Engine) -> None:
    overview, kept = filled(engine), Reports(engine)
    pinned = Use(action="actions/checkout", ref="c" * 40, version="v5.0.0", places=3)
    kept.write(replace(scanned(1), uses=(pinned,)))
    spread = {one.use.ref[:2]: (one.repositories, one.use.places, one.use.version) for one in overview.uses(ONE, ALL)}
    assert spread == {"cc": (1, 3, "v5.0.0"), "v4": (5, 10, "")}


def test_a_repository_is_found_by_its_name_in_any_spelling(engine: sa.Engine) -> None:
    overview = filled(engine)
    found = overview.find("ACME/widget2")
    assert found is not None
    assert (found.repo_id, found.kind) == (2, Kind.REFUSED)
    assert (overview.find("acme/nothing"), overview.row(RepoId(99)), overview.report(RepoId(99))) == (None, None, None)
    assert overview.pulls([RepoId(2)]) == []


def test_scans_that_wait_for_their_hour_are_not_running(engine: sa.Engine) -> None:
    row = {"kind": "scan", "lane": "x", "installation": 1, "args": "{}", "workflow": "w", "attempt": 1, "tries": 0}
    rest = {"starts": 0, "created_at": NOW, "updated_at": NOW, "number": 0}
    states = (("waiting", None), ("queued", None), ("waiting", NOW + 9), ("done", None), ("failed", None))
    with engine.begin() as connection:
        for number, (state, due) in enumerate(states):
            place = {"id": str(number), "key": str(number), "state": state, "due_at": due}
            connection.execute(jobs.insert().values(row | rest | place))
    assert Overview(engine).ahead(ONE) == Ahead(jobs=2, swept=1.0)
    assert Overview(engine).ahead(InstallationId(2)) == Ahead(jobs=0, swept=1.0)
    asked_for = [number for number in range(len(states)) if Overview(engine).is_asked_for(RepoId(number))]
    assert asked_for == [0, 1]


def test_a_sweep_that_runs_says_how_far_it_is(engine: sa.Engine) -> None:
    sweep = Sweep(installation=ONE, account="acme", selected=False, round=1, full=True, total=8, started_at=NOW)
    kept = Sweeps(engine)
    begun = kept.begin(sweep)
    assert Overview(engine).ahead(ONE).swept == 0
    kept.save(replace(begun, listed=6))
    assert Overview(engine).ahead(ONE).swept == 0.75
    kept.save(replace(begun, listed=8, finished_at=NOW))
    assert Overview(engine).ahead(ONE).swept == 1
