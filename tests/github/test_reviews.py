"""Asking for a review: once, and not those who may not review."""

from __future__ import annotations

import pytest

from tests.github.stage import Stage, permit, planned


@pytest.fixture
async def opened(stage: Stage) -> Stage:
    """With pull request #1, and two collaborators."""
    for login in ("bob", "carol"):
        stage.hub.create_user(login)
        stage.hub.set_role("acme/tool", login, "write")
    snapshot = await stage.read()
    await stage.propose(snapshot, planned(snapshot))
    return stage


async def ask(stage: Stage, *reviewers: str, further: bool = False) -> list[str]:
    """Those who are asked then, and what was sent."""
    stage.mark()
    await stage.door.at(stage.installation, stage.ref(), permit=permit).ask_for_review(1, reviewers, further=further)
    return [one.login for one in stage.hub.repository("acme/tool").pulls[1].reviewers]


async def test_collaborators_are_asked_in_one_request(opened: Stage) -> None:
    assert await ask(opened, "bob", "carol") == ["bob", "carol"]
    assert [one.method for one in opened.asked()] == ["GET", "GET", "POST"]


async def test_whoever_was_asked_is_not_asked_again(opened: Stage) -> None:
    await ask(opened, "bob")
    assert await ask(opened, "bob", "carol") == ["bob"]
    assert [one.method for one in opened.asked()] == ["GET", "GET"]
    assert await ask(opened, "BOB", further=True) == ["bob"]
    assert [one.method for one in opened.asked()] == ["GET", "GET"]


async def test_further_ones_are_asked_beside_those_who_were(opened: Stage) -> None:
    await ask(opened, "bob")
    assert await ask(opened, "bob", "carol", further=True) == ["bob", "carol"]


@pytest.mark.parametrize("others", [["nobody"], ["acme/core"], ["nobody", "acme/core"]])
async def test_one_who_may_not_review_does_not_keep_the_others_from_it(opened: Stage, others: list[str]) -> None:
    assert await ask(opened, *others, "bob") == ["bob"]


async def test_where_nobody_may_review_nobody_is_asked(opened: Stage) -> None:
    assert await ask(opened, "nobody") == []
