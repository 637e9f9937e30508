"""What keeps pubflow from writing is known again in outcomes, and nothing else is."""

from __future__ import annotations

import pytest

from bot.hindrance import PERMISSION, RULE, grouped, reason

OUTCOMES = {
    f"nothing proposed: {RULE}: no.": f"{RULE}: no",
    f"#1 closed: x; nothing proposed: {PERMISSION} 'a: write'. Ask.; more": f"{PERMISSION} 'a: write'. Ask",
    "nothing proposed: archived": None,
    "#1 stands already": None,
    "": None,
}


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_sentence_is_found(outcome: str) -> None:
    assert reason(outcome) == OUTCOMES[outcome]


def test_each_sentence_stands_once() -> None:
    assert grouped([("a", f"x: {RULE}"), ("b", "fine"), ("c", f"y: {RULE}.")]) == {RULE: ("a", "c")}
