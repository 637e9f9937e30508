"""Wishes, remarks and answers are kept, once each, on either database."""

from __future__ import annotations

import sqlalchemy as sa

from bot.config import Config, Pins
from bot.model import RepoId
from bot.store.oblivion import Oblivion
from bot.store.spoken import Spoken
from bot.store.wishes import WishBook
from bot.wishes import Wish, Wished, Wishes

HERE, THERE = RepoId(7), RepoId(8)
RULE = Wished(wish=Wish.IGNORE_RULE, value="token-upload", login="sam")


def test_a_wish_is_kept_once_and_for_one_repository(engine: sa.Engine) -> None:
    book = WishBook(engine)
    for now in (1.0, 2.0):
        book.change(HERE, now, add=[RULE])
    assert book.of(HERE) == Wishes((RULE,))
    assert book.of(THERE) == Wishes()
    book.change(HERE, 3.0, drop=[(Wish.IGNORE_RULE, "token-upload"), (Wish.IGNORE_FILE, "x")])
    assert book.of(HERE) == Wishes()


def test_there_is_one_way_to_pin(engine: sa.Engine) -> None:
    book = WishBook(engine)
    for value in ("sha", "tag"):
        book.change(HERE, 1.0, add=[Wished(wish=Wish.PIN, value=value)])
    assert book.of(HERE).over(Config()).bump.pins is Pins.TAG


def test_all_of_one_kind_are_dropped_and_what_is_forgotten_is_gone(engine: sa.Engine) -> None:
    book = WishBook(engine)
    book.change(HERE, 1.0, add=[RULE, Wished(wish=Wish.IGNORE_RULE, value="unsafe-trigger")])
    book.change(HERE, 2.0, drop=[(Wish.IGNORE_RULE, None)], add=[Wished(wish=Wish.AGAIN, value="3")])
    assert [one.value for one in book.of(HERE).all] == ["3"]
    Oblivion(engine).repositories([HERE])
    assert book.of(HERE) == Wishes()


def test_wishes_are_laid_over_the_configuration() -> None:
    wishes = Wishes((RULE, Wished(wish=Wish.IGNORE_FILE, value="a.yml"), Wished(wish=Wish.IGNORE_ACTION, value="a/b")))
    ignore = wishes.over(Config()).ignore
    assert (ignore.rules, ignore.files, ignore.actions) == (("token-upload",), ("a.yml",), ("a/b",))
    assert wishes.over(Config()).bump.pins is Pins.KEEP
    assert Wishes().over(Config()) == Config()


def test_a_registration_counts_under_the_name_that_it_was_made_for() -> None:
    wishes = Wishes((Wished(wish=Wish.REGISTERED, value="s", note="o/r"),))
    assert wishes.registered("s", "o/r")
    assert not wishes.registered("s", "o/renamed")
    assert not wishes.registered("t", "o/r")


def test_a_remark_is_remembered_and_an_answer_goes_on_where_it_was(engine: sa.Engine) -> None:
    spoken = Spoken(engine)
    for now in (1.0, 2.0):
        assert spoken.was_said(HERE, "stopped:1") is (now > 1.0)
        spoken.said(HERE, "stopped:1", now)
    spoken.answer(HERE, "comment 5", ["one"], 1.0)
    spoken.answer(HERE, "comment 5", ["one", "two"], 2.0)
    assert spoken.answered(HERE, "comment 5") == ("one", "two")
    assert spoken.answered(THERE, "comment 5") == ()
    Oblivion(engine).repositories([HERE])
    assert (spoken.was_said(HERE, "stopped:1"), spoken.answered(HERE, "comment 5")) == (False, ())
