"""Sealed values, limits, pictures and words: small parts by themselves."""

from __future__ import annotations

import msgspec
import pytest

from bot.store.reports import Kind
from bot.store.views import Shift
from bot.web.dashboard.accounts import query, read
from bot.web.dashboard.pages import ago, marked
from bot.web.dashboard.picture import HEIGHT, WIDTH, bar, plot
from bot.web.dashboard.rates import MOST_ADDRESSES, Rates
from bot.web.dashboard.seal import Seal


class Note(msgspec.Struct, frozen=True):
    text: str


class Other(msgspec.Struct, frozen=True):
    number: int


def test_what_is_sealed_opens_for_its_purpose_alone() -> None:
    seal = Seal("secret", "session")
    sealed = seal.close(Note("canary"))
    assert "canary" not in sealed
    assert seal.open(sealed, Note, seconds=60) == Note("canary")
    for stranger in (Seal("secret", "sign-in"), Seal("another", "session")):
        assert stranger.open(sealed, Note, seconds=60) is None
    assert seal.open(sealed, Other, seconds=60) is None
    assert seal.open(sealed, Note, seconds=-1) is None
    assert seal.open(sealed[:-4] + "AAAA", Note, seconds=60) is None


def test_an_address_gets_its_burst_and_then_its_pace() -> None:
    now = 0.0
    rates = Rates(per_minute=60, burst=3, clock=lambda: now)
    assert [rates.wait("a") for _ in range(4)] == [0.0, 0.0, 0.0, 1.0]
    assert rates.wait("b") == 0.0
    now = 1.0
    assert rates.wait("a") == 0.0
    assert rates.wait("a") == 1.0


def test_however_many_addresses_come_few_are_remembered() -> None:
    rates = Rates(per_minute=1, burst=1, clock=lambda: 0.0)
    for number in range(MOST_ADDRESSES + 10):
        rates.wait(str(number))
    assert len(rates._seen) == MOST_ADDRESSES


@pytest.mark.parametrize(
    "counts", [{Kind.TRUSTED: 1}, {Kind.TRUSTED: 9999, Kind.REFUSED: 1}, dict.fromkeys(Kind, 7), {}]
)
def test_the_bar_is_filled_and_nobody_vanishes(counts: dict[Kind, int]) -> None:
    segments = bar(counts)
    assert sum(one.width for one in segments) == pytest.approx(WIDTH if segments else 0, abs=0.1)
    assert all(one.width >= 2 for one in segments)
    assert Kind.ASIDE not in {one.kind for one in segments}


def test_the_plot_adds_up_and_ends_today() -> None:
    shifts = [
        Shift(day=100, before=None, after=Kind.TOKEN, count=4),
        Shift(day=101, before=Kind.TOKEN, after=Kind.TRUSTED, count=1),
        Shift(day=102, before=Kind.TOKEN, after=None, count=1),
    ]
    made = plot(shifts, 103)
    assert made is not None
    assert (made.first, made.last, made.most, made.then) == (100, 103, 4, {Kind.TOKEN: 4})
    assert [area.kind for area in made.areas] == [Kind.TRUSTED, Kind.TOKEN]
    tops = [float(point.split(",")[1]) for point in made.areas[-1].points.split()[:4]]
    assert tops == [0, 0, HEIGHT / 4, HEIGHT / 4]


def test_one_day_is_no_way_yet() -> None:
    assert plot([], 100) is None
    assert plot([Shift(day=100, before=None, after=Kind.TOKEN, count=4)], 100) is None


def test_only_the_last_ninety_days_are_drawn() -> None:
    made = plot([Shift(day=1, before=None, after=Kind.TOKEN, count=2)], 1000)
    assert made is not None
    assert (made.first, made.then) == (911, {Kind.TOKEN: 2})


def test_an_address_of_a_list_says_the_same_there_and_back() -> None:
    asked = {"q": "a b", "status": "token", "sort": "findings", "down": "1", "page": "3"}
    assert query(read(asked)) == asked
    assert query(read({})) == {}
    other = {name: value for name, value in asked.items() if name != "page"} | {"status": "trusted"}
    assert query(read(asked), status="trusted") == other


@pytest.mark.parametrize(
    ("then", "said"),
    [(0, "2 hours ago"), (7190, "just now"), (7200, "just now"), (7260, "in 1 minute"), (7210, "in a moment")],
)
def test_times_are_told_as_people_do(then: float, said: str) -> None:
    assert ago(then, 7200) == said


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("commit `add: true` now", "commit <code>add: true</code> now"),
        ("a lone ` stays", "a lone ` stays"),
        ("`<b>` & `x` and `", "<code>&lt;b&gt;</code> &amp; <code>x</code> and `"),
        ("", ""),
    ],
)
def test_backticks_become_code_and_everything_is_escaped(text: str, shown: str) -> None:
    assert marked(text) == shown
