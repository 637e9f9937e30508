"""How long to wait: arithmetic over GitHub's headers and over what we sent, without any network."""

from __future__ import annotations

import asyncio

import pytest

from bot.github.limits import Lane, retry_after
from bot.pace import Pace
from tests.github.scripted import START

HOUR = 3600.0


@pytest.fixture
def lane() -> Lane:
    return Lane(slots=asyncio.Semaphore(1))


def test_eighty_writes_a_minute_and_not_one_more() -> None:
    pace = Pace()
    for number in range(80):
        assert pace.wait(START + number / 10) == 0
        pace.book(START + number / 10)
    assert pace.wait(START + 8) == pytest.approx(52)
    assert pace.wait(START + 60.1) == 0


def test_five_hundred_writes_an_hour_and_not_one_more() -> None:
    pace = Pace()
    for number in range(500):
        assert pace.wait(START + number) == 0
        pace.book(START + number)
    assert pace.wait(START + 600) == pytest.approx(HOUR - 600)
    assert pace.wait(START + HOUR) == 0


@pytest.mark.parametrize(("sent", "count", "wait"), [(75, 5, 0), (76, 5, 60), (80, 1, 60), (0, 80, 0), (79, 2, 60)])
def test_a_whole_plan_is_booked_or_waits(sent: int, count: int, wait: float) -> None:
    pace = Pace()
    pace.book(START, sent)
    assert pace.wait(START, count) == wait


def test_a_clock_set_back_never_blocks() -> None:
    pace = Pace()
    pace.book(START, 500)
    assert pace.wait(START - 7200) == 0


def test_a_spent_primary_limit_waits_for_its_reset(lane: Lane) -> None:
    lane.observe({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(START + 90))}, "core")
    assert lane.wait("core", START) == 90
    assert lane.wait("graphql", START) == 0
    assert lane.wait("core", START + 91) == 0


def test_requests_under_way_count_before_their_answers_come(lane: Lane) -> None:
    lane.observe({"x-ratelimit-remaining": "2", "x-ratelimit-reset": str(int(START + 90))}, "core")
    for _ in range(2):
        assert lane.wait("core", START) == 0
        lane.sent("core")
    assert lane.wait("core", START) == 90


def test_an_older_answer_does_not_give_back_what_is_spent(lane: Lane) -> None:
    reset = {"x-ratelimit-reset": str(int(START + 90)), "x-ratelimit-resource": "core"}
    lane.observe({"x-ratelimit-remaining": "0"} | reset, "core")
    lane.observe({"x-ratelimit-remaining": "7"} | reset, "core")
    lane.observe({"x-ratelimit-remaining": "9"} | reset | {"x-ratelimit-reset": str(int(START - 90))}, "core")
    assert lane.wait("core", START) == 90


@pytest.mark.parametrize(
    "headers", [{}, {"x-ratelimit-remaining": "0"}, {"x-ratelimit-remaining": "many", "x-ratelimit-reset": "1"}]
)
def test_headers_that_say_nothing_change_nothing(lane: Lane, headers: dict[str, str]) -> None:
    lane.observe(headers, "core")
    assert lane.wait("core", START) == 0


def test_a_secondary_limit_that_does_not_say_how_long_waits_a_minute_then_longer(lane: Lane) -> None:
    waits = [lane.refused({}, START + number * HOUR) for number in range(7)]
    assert waits == [60, 120, 240, 480, 960, 1920, 1920]
    lane.accepted()
    assert lane.refused({}, START) == 60


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": "0"}, 1),
        ({"retry-after": "7", "x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(START + 90))}, 7),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(START + 90))}, 90),
        ({"x-ratelimit-remaining": "12", "x-ratelimit-reset": str(int(START + 90))}, 60),
        ({"retry-after": "99999999"}, HOUR),
        ({"retry-after": "soon"}, 60),
    ],
)
def test_what_github_asks_for_is_obeyed_by_the_whole_installation(
    lane: Lane, headers: dict[str, str], wait: float
) -> None:
    assert lane.refused(headers, START) == wait
    assert lane.wait("core", START) == wait
    assert lane.wait("graphql", START) == wait
    assert lane.wait("core", START + wait) == 0


@pytest.mark.parametrize(
    ("back", "waits"), [(0.0, True), (1800.0, True), (3300.0, True), (7200.0, False), (86400.0 * 365, False)]
)
def test_a_clock_set_back_does_not_make_an_hour_of_waiting_longer(lane: Lane, back: float, waits: bool) -> None:
    lane.observe({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(START + 200))}, "core")
    lane.refused({"retry-after": "200"}, START)
    wait = lane.wait("core", START - back)
    assert (wait > 0) == waits
    assert wait <= HOUR + 60


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("Fri, 15 Jan 2027 08:01:00 GMT", 60),
        ("Fri, 15 Jan 2027 07:01:00 GMT", 0),
        ("", None),
        ("-5", None),
        ("\N{ARABIC-INDIC DIGIT ONE}", None),
    ],
)
def test_retry_after_may_be_a_date(value: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": value}, START) == seconds
