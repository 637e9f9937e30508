"""Limits that all processes share: nothing is booked twice over, and everybody hears of a closure."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from bot.pace import Left
from bot.store.budgets import Budgets
from bot.store.tables import writes

NOW = 1_800_000_000.0


@pytest.fixture
def budgets(engine: sa.Engine) -> Budgets:
    return Budgets(engine)


def test_eighty_a_minute_and_five_hundred_an_hour(budgets: Budgets) -> None:
    assert [budgets.take(1, 20, NOW) for _ in range(4)] == [0.0] * 4
    assert budgets.take(1, 1, NOW + 10) == pytest.approx(50)
    assert budgets.take(2, 80, NOW + 10) == 0
    for minute in range(1, 6):
        assert budgets.take(1, 80, NOW + 61 * minute) == 0
    assert budgets.take(1, 20, NOW + 366) == 0
    assert budgets.take(1, 1, NOW + 500) == pytest.approx(3100)
    assert budgets.take(1, 1, NOW + 3601) == 0


def test_looking_books_nothing(budgets: Budgets) -> None:
    assert [budgets.wait(1, 80, NOW) for _ in range(2)] == [0.0] * 2
    assert budgets.take(1, 76, NOW) == 0
    assert budgets.wait(1, 4, NOW + 10) == 0
    assert budgets.wait(1, 5, NOW + 10) == pytest.approx(50)
    assert budgets.wait(2, 80, NOW + 10) == 0
    assert budgets.take(1, 4, NOW + 10) == 0


def test_what_is_over_is_not_kept(budgets: Budgets, engine: sa.Engine) -> None:
    budgets.take(1, 5, NOW)
    budgets.take(1, 5, NOW + 4000)
    with engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(writes)) == 1


def test_many_at_once_do_not_overrun_the_limit(budgets: Budgets) -> None:
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda _: budgets.take(1, 5, NOW), range(40)))
    assert waits.count(0.0) == 16


def test_everybody_hears_of_a_closure(budgets: Budgets, engine: sa.Engine) -> None:
    assert budgets.closed_until(1, NOW) == 0
    budgets.close(1, NOW + 60)
    budgets.close(1, NOW + 30)
    others = Budgets(engine)
    assert others.closed_until(1, NOW) == NOW + 60
    assert others.closed_until(2, NOW) == 0
    assert others.closed_until(1, NOW + 61) == 0
    budgets.close(1, NOW + 90)
    assert others.closed_until(1, NOW + 61) == NOW + 90


def test_a_closure_from_a_clock_that_went_wrong_holds_nobody(budgets: Budgets) -> None:
    budgets.close(1, NOW + 1e9)
    assert budgets.closed_until(1, NOW) == 0


def test_of_what_is_left_the_least_of_the_newest_period_is_believed(budgets: Budgets) -> None:
    for left in (Left(40, NOW + 60), Left(50, NOW + 60), Left(90, NOW + 50)):
        budgets.tell(1, "core", left)
    budgets.tell(1, "graphql", Left(5, NOW + 60))
    assert budgets.left(1, NOW) == {"core": Left(40, NOW + 60), "graphql": Left(5, NOW + 60)}
    budgets.tell(1, "core", Left(4999, NOW + 3660))
    assert budgets.left(1, NOW + 61) == {"core": Left(4999, NOW + 3660)}
    assert budgets.left(2, NOW) == {}
