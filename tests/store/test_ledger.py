"""How many pull requests an account is given."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from bot.store.ledger import Allowance, Held, Ledger, Reserved, Wait

NOW = 1_800_000_000.0
BRANCH = "pubflow/trusted-publishing"


def open_pulls(ledger: Ledger, count: int, *, closed: int = 0, merged: int = 0, account: str = "acme") -> None:
    """`count` pull requests, the first of them closed, the next merged, the rest open."""
    for number in range(1, count + 1):
        ledger.opened(account, number, BRANCH, "d", number, NOW - 86400 + number)
        if number <= closed + merged:
            assert ledger.closed(number, number, number > closed, NOW - 100)


def test_an_account_gets_its_number_an_hour_and_then_waits(engine: sa.Engine) -> None:
    ledger = Ledger(engine)
    answers = [ledger.reserve("acme", repo, BRANCH, "d", NOW + repo, Allowance(per_hour=3)) for repo in range(5)]
    assert answers == [Reserved(), Reserved(), Reserved(), Wait(3597.0), Wait(3596.0)]
    assert ledger.reserve("acme", 4, BRANCH, "d", NOW + 3601, Allowance(per_hour=3)) == Reserved()


def test_accounts_are_counted_apart_and_without_regard_to_case(engine: sa.Engine) -> None:
    ledger = Ledger(engine)
    assert ledger.reserve("Acme", 1, BRANCH, "d", NOW, Allowance(per_hour=1)) == Reserved()
    assert isinstance(ledger.reserve("aCME", 2, BRANCH, "d", NOW, Allowance(per_hour=1)), Wait)
    assert ledger.reserve("other", 3, BRANCH, "d", NOW, Allowance(per_hour=1)) == Reserved()


def test_reserving_twice_is_reserving_once(engine: sa.Engine) -> None:
    ledger = Ledger(engine)
    for _ in range(3):
        assert ledger.reserve("acme", 1, BRANCH, "d", NOW, Allowance(per_hour=2)) == Reserved()
    assert ledger.reserve("acme", 1, BRANCH, "other content", NOW, Allowance(per_hour=2)) == Reserved()
    assert isinstance(ledger.reserve("acme", 2, BRANCH, "d", NOW, Allowance(per_hour=2)), Wait)


def test_what_stands_already_is_not_counted_again_however_long_ago(engine: sa.Engine) -> None:
    ledger = Ledger(engine)
    assert ledger.reserve("acme", 1, BRANCH, "d", NOW, Allowance(per_hour=1)) == Reserved()
    ledger.opened("acme", 1, BRANCH, "d", 7, NOW)
    assert ledger.reserve("acme", 1, BRANCH, "d", NOW + 9000, Allowance(per_hour=1)) == Reserved()
    assert ledger.reserve("acme", 2, BRANCH, "d", NOW + 9000, Allowance(per_hour=1)) == Reserved()


def test_a_reservation_that_is_not_used_makes_room_again(engine: sa.Engine) -> None:
    ledger = Ledger(engine)
    ledger.reserve("acme", 1, BRANCH, "d", NOW, Allowance(per_hour=1))
    ledger.cancel(1, BRANCH, "d")
    assert ledger.reserve("acme", 2, BRANCH, "d", NOW, Allowance(per_hour=1)) == Reserved()
    ledger.cancel(3, BRANCH, "d")
    ledger.opened("acme", 2, BRANCH, "d", 5, NOW)
    ledger.cancel(2, BRANCH, "d")
    assert isinstance(ledger.reserve("acme", 3, BRANCH, "d", NOW, Allowance(per_hour=1)), Wait)


def test_whoever_has_a_place_that_it_could_not_use_yet_does_not_wait_for_another(engine: sa.Engine) -> None:
    ledger, one = Ledger(engine), Allowance(per_hour=1)
    assert ledger.reserve("acme", 1, BRANCH, "d", NOW, one) == Reserved()
    assert ledger.look("acme", NOW + 60, one, repo_id=1) == Reserved()
    assert ledger.look("acme", NOW + 60, one, repo_id=2) == Wait(3540.0)
    ledger.opened("acme", 1, BRANCH, "d", 7, NOW + 60)
    assert isinstance(ledger.look("acme", NOW + 60, one, repo_id=1), Wait)


def test_a_reservation_forgotten_for_an_hour_is_a_new_one(engine: sa.Engine) -> None:
    ledger = Ledger(engine)
    ledger.reserve("acme", 1, BRANCH, "d", NOW, Allowance(per_hour=1))
    later = NOW + 3601
    assert ledger.reserve("acme", 2, BRANCH, "d", later, Allowance(per_hour=1)) == Reserved()
    assert isinstance(ledger.reserve("acme", 1, BRANCH, "d", later, Allowance(per_hour=1)), Wait)


def test_a_clock_that_was_set_back_delays_by_an_hour_at_most(engine: sa.Engine) -> None:
    ledger = Ledger(engine)
    ledger.reserve("acme", 1, BRANCH, "d", NOW + 86400, Allowance(per_hour=1))
    assert ledger.reserve("acme", 2, BRANCH, "d", NOW, Allowance(per_hour=1)) == Wait(3600.0)


@pytest.mark.parametrize(
    ("opened", "closed", "merged", "held"),
    [
        (3, 3, 0, True),
        (10, 3, 7, True),
        (12, 5, 0, True),
        (3, 2, 1, False),
        (10, 2, 0, False),
        (13, 3, 0, False),
        (0, 0, 0, False),
    ],
)
def test_three_of_the_last_ten_sent_back_mean_no(
    engine: sa.Engine, opened: int, closed: int, merged: int, held: bool
) -> None:
    ledger = Ledger(engine)
    open_pulls(ledger, opened, closed=closed, merged=merged)
    answer = ledger.reserve("acme", 99, BRANCH, "d", NOW)
    assert isinstance(answer, Held) == held
    assert (ledger.held("ACME") is not None) == held
    assert ledger.held("other") is None


def test_an_operator_lets_a_held_account_go_on(engine: sa.Engine) -> None:
    ledger = Ledger(engine)
    open_pulls(ledger, 4, closed=3)
    assert ledger.reserve("acme", 99, BRANCH, "d", NOW) == Held(
        "3 of the last 4 pull requests were closed without a merge"
    )
    assert ledger.release_hold("Acme", NOW)
    assert ledger.reserve("acme", 99, BRANCH, "d", NOW) == Reserved()
    assert not ledger.release_hold("acme", NOW)
    for number in (50, 51, 52):
        ledger.opened("acme", number, BRANCH, "d", number, NOW + 1)
        ledger.closed(number, number, False, NOW + 2)
    assert isinstance(ledger.reserve("acme", 98, BRANCH, "d", NOW + 3), Held)


def test_only_what_is_ours_and_open_can_be_closed(engine: sa.Engine) -> None:
    ledger = Ledger(engine)
    ledger.opened("acme", 1, BRANCH, "d", 7, NOW)
    assert not ledger.closed(1, 8, False, NOW)
    assert not ledger.closed(2, 7, False, NOW)
    assert ledger.closed(1, 7, True, NOW)
    assert not ledger.closed(1, 7, False, NOW)


def test_a_pull_request_brought_up_to_date_counts_once(engine: sa.Engine) -> None:
    """Three updates of one that was then closed held a whole account."""
    ledger = Ledger(engine)
    ledger.reserve("acme", 1, BRANCH, "d0", NOW, Allowance(per_hour=2))
    for turn in range(4):
        ledger.opened("acme", 1, BRANCH, f"d{turn}", 7, NOW + turn)
    assert ledger.reserve("acme", 2, BRANCH, "d", NOW + 9, Allowance(per_hour=2)) == Reserved()
    assert isinstance(ledger.reserve("acme", 3, BRANCH, "d", NOW + 9, Allowance(per_hour=2)), Wait)
    assert ledger.closed(1, 7, False, NOW + 10)
    assert not ledger.closed(1, 7, False, NOW + 10)
    assert ledger.held("acme") is None


def test_an_update_keeps_its_place_in_time(engine: sa.Engine) -> None:
    ledger = Ledger(engine)
    ledger.opened("acme", 1, BRANCH, "d0", 7, NOW - 7200)
    ledger.opened("acme", 1, BRANCH, "d1", 7, NOW)
    assert ledger.reserve("acme", 2, BRANCH, "d", NOW, Allowance(per_hour=1)) == Reserved()


UNNOTED = {
    "the place on its branch": (1, 7, BRANCH, True),
    "another repository": (2, 7, BRANCH, False),
    "another branch": (1, 7, "pubflow/actions", False),
    "no branch given": (1, 7, None, False),
    "a number that was closed before": (1, 6, BRANCH, False),
}


@pytest.mark.parametrize(("repo_id", "number", "branch", "found"), UNNOTED.values(), ids=UNNOTED)
def test_one_closed_before_it_was_noted_as_opened_counts(
    engine: sa.Engine, repo_id: int, number: int, branch: str | None, found: bool
) -> None:
    """Its worker was killed between opening it and saying so."""
    ledger = Ledger(engine)
    ledger.opened("acme", 1, BRANCH, "before", 6, NOW - 9000)
    assert ledger.closed(1, 6, True, NOW - 8000)
    assert ledger.reserve("acme", 1, BRANCH, "d", NOW, Allowance(per_hour=9)) == Reserved()
    assert ledger.closed(repo_id, number, False, NOW, branch=branch) == found
    assert not ledger.closed(repo_id, number, False, NOW, branch=branch)


def test_saying_twice_that_one_was_opened_counts_once(engine: sa.Engine) -> None:
    ledger = Ledger(engine)
    ledger.reserve("acme", 1, BRANCH, "d", NOW, Allowance(per_hour=2))
    for _ in range(2):
        ledger.opened("acme", 1, BRANCH, "d", 7, NOW)
    assert ledger.reserve("acme", 2, BRANCH, "d", NOW, Allowance(per_hour=2)) == Reserved()
    assert isinstance(ledger.reserve("acme", 3, BRANCH, "d", NOW, Allowance(per_hour=2)), Wait)


def test_many_who_reserve_at_once_get_no_more_than_one_after_the_other(engine: sa.Engine) -> None:
    ledger = Ledger(engine)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda repo: ledger.reserve("acme", repo, BRANCH, "d", NOW), range(30)))
    assert answers.count(Reserved()) == 10
    with ThreadPoolExecutor(8) as pool:
        same = list(pool.map(lambda _: ledger.reserve("other", 1, BRANCH, "d", NOW, Allowance(per_hour=1)), range(20)))
    assert same == [Reserved()] * 20


def test_what_we_withdrew_is_no_answer_of_people(engine: sa.Engine) -> None:
    ledger = Ledger(engine)
    for number in range(1, 5):
        ledger.opened("acme", 7, "b", str(number), number, 1.0)
        assert ledger.closed(7, number, False, 2.0, withdrawn=True)
    assert ledger.held("acme") is None


def test_what_people_closed_and_opened_again_is_no_refusal(engine: sa.Engine) -> None:
    ledger = Ledger(engine)
    for number in range(1, 4):
        ledger.opened("acme", 7, "b", str(number), number, 1.0)
        ledger.closed(7, number, False, 2.0)
    assert ledger.held("acme") is not None
    ledger.opened("acme", 7, "b", "1", 1, 3.0)
    assert ledger.held("acme") is None
