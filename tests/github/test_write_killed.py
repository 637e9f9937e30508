"""Killed anywhere, cut off anywhere and run again: the same end, nothing doubled."""

from __future__ import annotations

from contextlib import suppress

import pytest

from bot.demo.github import Answer, Drop, Lost, on, secondary_limit, server_error
from bot.errors import Unavailable, WaitUntil
from bot.model import TRUSTED_PUBLISHING_BRANCH
from tests.github.scripted import Time
from tests.github.stage import WORKFLOW, Stage, planned, pulls

BRANCH = TRUSTED_PUBLISHING_BRANCH
STEPS = ["/git/trees", "/git/commits", "/git/refs", "/pulls", "/labels"]


class Killed(BaseException):
    """The process dies here."""


@pytest.mark.parametrize("fresh", [True, False], ids=["read anew", "same snapshot"])
@pytest.mark.parametrize("writes", range(6))
async def test_killed_after_any_request_and_run_again_ends_the_same(stage: Stage, writes: int, fresh: bool) -> None:
    snapshot = await stage.read()
    left = writes + 1  # the permission is asked once before anything is prepared

    async def dying() -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise Killed

    with suppress(Killed):
        await stage.propose(snapshot, planned(snapshot), dying)
    if fresh:
        snapshot = await stage.read()
    stage.mark()
    await stage.propose(snapshot, planned(snapshot))
    assert len(stage.asked()) <= (5 if fresh else 6)
    assert stage.text(WORKFLOW) == "on: release\n"
    assert pulls(stage) == [(1, planned(snapshot).title, True)]
    assert [label.name for label in stage.hub.repository("acme/tool").issues[1].labels] == ["pubflow"]
    assert (await stage.read()).heads[BRANCH].parents == (snapshot.head,)


@pytest.mark.parametrize("lost", [Drop(after=True), Lost(server_error(502))], ids=["connection", "502"])
@pytest.mark.parametrize("step", STEPS)
async def test_a_lost_answer_doubles_nothing(stage: Stage, step: str, lost: Drop | Lost) -> None:
    snapshot = await stage.read()
    stage.hub.faults.add(lost, on("POST", step))
    made = await stage.propose(snapshot, planned(snapshot))
    assert stage.hub.faults.left == 0
    assert made.number == 1
    assert len(pulls(stage)) == 1
    assert stage.text(WORKFLOW) == "on: release\n"
    assert stage.hub.repository("acme/tool").issues[1].labels


@pytest.mark.parametrize("lost", [Drop(after=False), server_error(502)], ids=["connection", "502"])
@pytest.mark.parametrize("step", STEPS)
async def test_a_request_that_was_never_carried_out_is_made_again(stage: Stage, step: str, lost: Drop | Answer) -> None:
    snapshot = await stage.read()
    stage.hub.faults.add(lost, on("POST", step))
    await stage.propose(snapshot, planned(snapshot))
    assert stage.hub.faults.left == 0
    assert len(pulls(stage)) == 1
    assert stage.text(WORKFLOW) == "on: release\n"


@pytest.mark.parametrize("lost", [Drop(after=True), Lost(server_error(502)), Drop(after=False)])
async def test_a_move_whose_answer_is_lost_is_looked_at(stage: Stage, lost: Drop | Lost) -> None:
    snapshot = await stage.read()
    await stage.propose(snapshot, planned(snapshot))
    again = await stage.read()
    stage.hub.faults.add(lost, lambda asked: b"updateRefs" in asked.body)
    plan = planned(again, "on: push\n")
    if lost == Drop(after=False):
        with pytest.raises(Unavailable):
            await stage.propose(again, plan)
        assert stage.text(WORKFLOW) == "on: release\n"
    await stage.propose(again, plan)
    assert stage.text(WORKFLOW) == "on: push\n"
    assert len(pulls(stage)) == 1


@pytest.mark.parametrize("step", STEPS[:4])
async def test_a_limit_in_the_middle_goes_back_to_the_queue_and_on_later(stage: Stage, time: Time, step: str) -> None:
    snapshot = await stage.read()
    stage.hub.faults.add(secondary_limit(), on("POST", step))
    with pytest.raises(WaitUntil) as caught:
        await stage.propose(snapshot, planned(snapshot))
    assert caught.value.seconds == 60
    time.now += 61
    again = await stage.read()
    await stage.propose(again, planned(again))
    assert len(pulls(stage)) == 1
