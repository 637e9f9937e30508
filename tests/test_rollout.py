"""The state machine: every set of facts has a state, every step has a way, and the page shows what the code does."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise, product
from pathlib import Path

import pytest

from bot.rollout import TABLE, WAYS, Asked, Facts, Proof, State, Uploads, state_of

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "rollout.md").read_text("utf-8")
EITHER = (False, True)
EVERY = [
    Facts(
        uploads=uploads,
        proposed=proposed,
        confirmed=confirmed,
        proof=proof,
        moved=moved,
        asked=asked,
        secrets_left=left,
    )
    for uploads, proposed, confirmed, proof, moved, asked, left in product(
        Uploads, EITHER, EITHER, Proof, EITHER, Asked, (None, False, True)
    )
]


def neighbours(facts: Facts) -> list[Facts]:
    """All that differ in one fact."""
    return [
        *(replace(facts, uploads=value) for value in Uploads),
        *(replace(facts, proposed=value) for value in EITHER),
        *(replace(facts, confirmed=value) for value in EITHER),
        *(replace(facts, proof=value) for value in Proof),
        *(replace(facts, moved=value) for value in EITHER),
        *(replace(facts, asked=value) for value in Asked),
        *(replace(facts, secrets_left=value) for value in (None, False, True)),
    ]


def test_every_step_has_one_way_and_every_way_can_be_gone() -> None:
    gone = {(state_of(facts), state_of(other)) for facts in EVERY for other in neighbours(facts)}
    ways = [(before, way.after) for way in WAYS for before in way.before]
    assert len(ways) == len(set(ways))
    assert set(ways) == {step for step in gone if step[0] is not step[1]}


def test_every_state_is_reached_and_has_one_row() -> None:
    assert {state_of(facts) for facts in EVERY} == set(State)
    assert sorted(row.state for row in TABLE) == sorted(State)


JOURNEY = [
    (Facts(uploads=Uploads.TOKEN), State.TOKEN),
    (Facts(uploads=Uploads.TOKEN, proposed=True), State.PROPOSED),
    (Facts(uploads=Uploads.TOKEN, proposed=True, confirmed=True), State.REGISTERED),
    (Facts(uploads=Uploads.TRUSTED, confirmed=True, moved=True), State.MERGED),
    (Facts(uploads=Uploads.TRUSTED, moved=True, proof=Proof.PROVEN), State.PROVEN),
    (Facts(uploads=Uploads.TRUSTED, moved=True, proof=Proof.PROVEN, asked=Asked.OPEN), State.TOKEN_TO_BE_REVOKED),
    (Facts(uploads=Uploads.TRUSTED, moved=True, proof=Proof.PROVEN, asked=Asked.REVOKED), State.SECRET_TO_BE_DELETED),
    (
        Facts(uploads=Uploads.TRUSTED, moved=True, proof=Proof.PROVEN, asked=Asked.REVOKED, secrets_left=False),
        State.DONE,
    ),
]


@pytest.mark.parametrize(("facts", "state"), JOURNEY)
def test_the_journey(facts: Facts, state: State) -> None:
    assert state_of(facts) is state


def test_the_journey_goes_by_ways_that_are_documented() -> None:
    known = {(before, way.after) for way in WAYS for before in way.before}
    assert {(before[1], after[1]) for before, after in pairwise(JOURNEY)} <= known


@pytest.mark.parametrize("facts", [facts for facts in EVERY if facts.proof is not Proof.PROVEN])
def test_nobody_is_asked_to_revoke_or_delete_before_proof(facts: Facts) -> None:
    late = {State.PROVEN, State.TOKEN_TO_BE_REVOKED, State.SECRET_TO_BE_DELETED, State.DONE}
    assert state_of(facts) not in late


def test_what_was_not_checked_is_never_clean() -> None:
    facts = Facts(uploads=Uploads.TRUSTED, moved=True, proof=Proof.PROVEN, asked=Asked.REVOKED, secrets_left=None)
    assert state_of(facts) is State.SECRET_TO_BE_DELETED


def test_the_page_has_the_states_in_their_order() -> None:
    rows = {row.state: row for row in TABLE}
    wanted = [(state.value, rows[state].means, rows[state].next) for state in State]
    states = PAGE.partition("## States")[2].partition("## Ways")[0]
    assert re.findall(r"^\| `(.+)` \| (.+) \| (.+) \|$", states, re.MULTILINE) == wanted


def test_the_page_has_the_ways() -> None:
    wanted = [(", ".join(f"`{one}`" for one in way.before), f"`{way.after}`", way.because) for way in WAYS]
    found = re.findall(r"^\| (`.+`) \| (`.+`) \| (.+) \|$", PAGE.partition("## Ways")[2], re.MULTILINE)
    assert found == wanted
