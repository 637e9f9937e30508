"""Who of an account goes first, on both databases."""

from __future__ import annotations

import sqlalchemy as sa

from bot.model import RepoId
from bot.store.ledger import ENOUGH_OPEN, OPEN_SECONDS, OTHERS_FIRST, SOON_SECONDS, Allowance, Ledger, Reserved, Wait
from bot.store.turns import KEPT_SECONDS, Turns

NOW = 1_000_000.0
BRANCH = "pubflow/trusted-publishing"
FIRST, SECOND, LAST, ELSEWHERE = RepoId(1), RepoId(2), RepoId(3), RepoId(4)


def ask(engine: sa.Engine, repo: RepoId, now: float = NOW, *, account: str = "acme", **allowed: int) -> object:
    return Ledger(engine).reserve(account, repo, BRANCH, "d", now, Allowance(**allowed))


def others_first(answer: object) -> bool:
    return isinstance(answer, Wait) and answer.reason == OTHERS_FIRST


def test_those_behind_wait_while_there_are_places_for_few(engine: sa.Engine) -> None:
    Turns(engine).line_up("Acme", {FIRST: 0, SECOND: 5, LAST: 9}, NOW)
    assert others_first(ask(engine, LAST, per_hour=2))
    assert others_first(ask(engine, SECOND, per_hour=1))
    assert ask(engine, FIRST, per_hour=2) == Reserved()
    assert others_first(ask(engine, LAST, per_hour=2))
    assert ask(engine, SECOND, per_hour=2) == Reserved()


def test_the_farther_behind_the_later_it_asks_again(engine: sa.Engine) -> None:
    Turns(engine).line_up("acme", {RepoId(number): number for number in range(1, 1001)}, NOW)
    waits = [ask(engine, RepoId(number), per_hour=2) for number in (3, 4, 20, 1000)]
    assert waits == [Wait(seconds, OTHERS_FIRST) for seconds in (SOON_SECONDS, 30.0, 270.0, OPEN_SECONDS)]


def test_whoever_has_left_stands_in_no_line(engine: sa.Engine) -> None:
    turns = Turns(engine)
    turns.line_up("acme", {FIRST: 0}, NOW)
    assert (turns.stands(FIRST), turns.stands(SECOND)) == (True, False)
    turns.leave(FIRST)
    assert not turns.stands(FIRST)


def test_where_there_are_places_for_all_nobody_waits(engine: sa.Engine) -> None:
    Turns(engine).line_up("acme", {FIRST: 0, SECOND: 5, LAST: 9}, NOW)
    assert ask(engine, LAST, per_hour=3) == Reserved()


def test_whoever_stands_in_no_line_goes_first(engine: sa.Engine) -> None:
    Turns(engine).line_up("acme", {FIRST: 0, SECOND: 5}, NOW)
    assert ask(engine, LAST, per_hour=1) == Reserved()
    assert ask(engine, ELSEWHERE, account="other", per_hour=1) == Reserved()


def test_one_that_never_comes_holds_up_the_others_no_longer_than_that(engine: sa.Engine) -> None:
    turns = Turns(engine)
    turns.line_up("acme", {FIRST: 0, SECOND: 5}, NOW)
    assert others_first(ask(engine, SECOND, NOW + KEPT_SECONDS - 1, per_hour=1))
    turns.stay(FIRST, NOW + 60)
    assert others_first(ask(engine, SECOND, NOW + KEPT_SECONDS + 1, per_hour=1))
    assert ask(engine, SECOND, NOW + KEPT_SECONDS + 61, per_hour=1) == Reserved()


def test_lining_up_again_and_leaving_twice_changes_nothing(engine: sa.Engine) -> None:
    turns = Turns(engine)
    for _ in range(2):
        turns.line_up("acme", {FIRST: 0, SECOND: 5}, NOW)
    turns.line_up("acme", {}, NOW)
    assert others_first(ask(engine, SECOND, per_hour=1))
    for _ in range(2):
        turns.leave(FIRST)
    assert ask(engine, SECOND, per_hour=1) == Reserved()


def test_no_more_are_open_than_the_account_wants(engine: sa.Engine) -> None:
    ledger = Ledger(engine)
    assert ask(engine, FIRST, open_at_most=2) == Reserved()
    ledger.opened("acme", FIRST, BRANCH, "d", 7, NOW)
    assert ask(engine, SECOND, open_at_most=2) == Reserved()
    answer = ask(engine, LAST, open_at_most=2)
    assert isinstance(answer, Wait)
    assert answer.reason == ENOUGH_OPEN
    ledger.closed(FIRST, 7, True, NOW)
    assert ask(engine, LAST, open_at_most=2) == Reserved()
