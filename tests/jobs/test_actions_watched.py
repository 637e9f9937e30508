"""A release of an action reaches the repositories that use it, though nothing in them changed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.demo.actions import add_actions
from bot.jobs.actions import all_job, cooldowns, look_again
from bot.model import Done
from tests.jobs.test_sweep import DAY, Organisation, organisation
from tests.judges import Judge
from tests.snapshots import PUBLISHES, PYPROJECT

FILES = {"pyproject.toml": PYPROJECT, ".github/workflows/release.yml": PUBLISHES}


@pytest.fixture
async def acme(tmp_path: Path, judge: Judge) -> AsyncIterator[Organisation]:
    async with organisation(tmp_path, judge) as made:
        add_actions(made.github, ["actions/checkout", "pypa/gh-action-pypi-publish"])
        made.create("spoon", files=FILES)
        made.create("fork")
        await made.sweep()
        assert await look(made) == "2 actions have something new for 1 repositories"
        await made.sweep(full=True)
        yield made


async def look(acme: Organisation) -> str:
    acme.time.now += 3_601.0
    end = await look_again(all_job(), acme.services)
    assert isinstance(end, Done)
    return end.summary


def release(acme: Organisation, tag: str) -> None:
    acme.github.tag("actions/checkout", tag)
    acme.github.release("actions/checkout", tag)


async def test_a_quiet_day_marks_nobody(acme: Organisation) -> None:
    assert await look(acme) == "0 actions have something new for 0 repositories"
    assert acme.services.sightings.count_due(acme.installation) == 0
    assert "scan" not in await acme.queued()


async def test_a_release_waits_for_its_cooldown_and_is_then_proposed(acme: Organisation) -> None:
    release(acme, "v7.0.2")
    assert await look(acme) == "0 actions have something new for 0 repositories"
    acme.time.now += 6 * DAY
    assert await look(acme) == "1 actions have something new for 1 repositories"
    await acme.sweep(full=True)
    assert acme.last().read == 1
    assert await look(acme) == "0 actions have something new for 0 repositories"


async def test_a_release_that_mends_a_hole_does_not_wait(acme: Organisation) -> None:
    release(acme, "v7.0.2")
    acme.github.warn("actions/checkout", "< 7.0.2", "7.0.2")
    acme.time.now += DAY  # advisories are asked for once a day
    assert await look(acme) == "1 actions have something new for 1 repositories"


async def test_who_waits_longer_hears_of_it_when_that_time_is_over(acme: Organisation) -> None:
    rules = "bump: {actions: {actions/checkout: {cooldown: 9}}}\n"
    acme.push("spoon", {".github/pubflow.yml": rules})
    await acme.sweep()
    assert await look(acme) == "2 actions have something new for 1 repositories"  # a wait that nobody had before
    release(acme, "v7.0.2")
    acme.time.now += 6 * DAY
    assert await look(acme) == "1 actions have something new for 1 repositories"  # for those without such a rule
    acme.time.now += 2 * DAY
    assert await look(acme) == "0 actions have something new for 0 repositories"
    acme.time.now += 2 * DAY
    assert await look(acme) == "1 actions have something new for 1 repositories"
    assert await look(acme) == "0 actions have something new for 0 repositories"


def test_the_waits_that_somebody_has() -> None:
    texts = ["bump: {cooldown: 0}", "bump: {actions: {a/b: {cooldown: 30}, c/d: v1}}", "bump: {cooldown: x}", "a: ["]
    assert cooldowns(texts) == (0, 5, 30)
    assert cooldowns([]) == (5,)
    assert len(cooldowns([f"bump: {{cooldown: {days}}}" for days in range(100)])) == 20


async def test_an_action_that_nobody_uses_marks_nobody(acme: Organisation) -> None:
    acme.push("spoon", {".github/workflows/release.yml": PUBLISHES.replace("actions/checkout@v7", "./own")})
    await acme.sweep()
    release(acme, "v7.0.2")
    acme.time.now += 6 * DAY
    assert await look(acme) == "1 actions have something new for 0 repositories"


async def test_a_thousand_uses_are_one_look(acme: Organisation) -> None:
    acme.github.recorder.exchanges.clear()
    await look(acme)
    asked = [one for one in acme.github.recorder.exchanges if "matching-refs" in one.path]
    assert {one.status for one in asked} == {304}
    assert len(asked) == 2
