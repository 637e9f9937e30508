"""Every command and every row of the lifecycle: told twice, told out of order, and killed in between."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Self

import pytest

from bot import app
from bot.commands import COMMANDS
from bot.demo.github import Delivery, LocalGitHub
from bot.demo.samples import ORGANISATION
from bot.demo.stage import Stage
from bot.lifecycle import LIFECYCLE
from bot.store.wishes import WishBook
from tests.jobs.by_hand import ByHand, Deadly, Step
from tests.jobs.conftest import PACKAGE, Telling
from tests.jobs.ending import differences, read
from tests.jobs.tales import TALES, Tale

_SORTED = sorted(TALES)
HALVES = [
    [pytest.param(half, id="half"), pytest.param(_SORTED, id="all", marks=pytest.mark.soak)]
    for half in (_SORTED[::2], _SORTED[1::2])
]
"""Each tale comes to one mishap in `make test` and to both in `make soak`."""

UNHURRIED: dict[str, object] = {"pulls_per_hour": 500, "writes_per_minute": 100_000, "writes_per_hour": 100_000}


def begin(github: LocalGitHub, name: str, tale: Tale) -> str:
    """A repository at the beginning of the tale; its full name."""
    full_name = f"{ORGANISATION}/{name}"
    package = {"pyproject.toml": PACKAGE.format(name=name)} if tale.package else {"README.md": "x\n"}
    github.create_repository(full_name, package | dict(tale.files))
    if tale.before is not None:
        tale.before(github, full_name)
    return full_name


def wrong(github: LocalGitHub, names: dict[str, Tale], wishes: WishBook) -> dict[str, list[str]]:
    found = {name: differences(tale, read(github, name, wishes)) for name, tale in names.items()}
    return {name: what for name, what in found.items() if what}


def test_all_commands_and_all_rows_are_told_of() -> None:
    assert {tale.command for tale in TALES.values()} - {None} == {command.name for command in COMMANDS}
    assert {tale.row for tale in TALES.values()} - {None} == {row.name for row in LIFECYCLE}


# ---------------------------------------------------------------- told twice, and out of order


class Held:
    """Deliveries that GitHub has made and not sent."""

    def __init__(self, stage: Stage) -> None:
        self.app, self.events, self.kept = stage.credentials.app, stage.github.site.events, list[Delivery]()

    def __enter__(self) -> Self:
        self.url, self.app.hook.url = self.app.hook.url, None
        self.events.listeners.append(self.kept.append)
        return self

    def __exit__(self, *_: object) -> None:
        self.events.listeners.remove(self.kept.append)
        self.app.hook.url = self.url

    def send(self, deliveries: list[Delivery]) -> None:
        """Each, the same once more, and the same under another name."""
        for one in deliveries:
            self.events.again(one)
            self.events.again(one)
            self.events.queue(one.app, one.event, one.payload, one.installation_id, one.repository_id)


@pytest.mark.parametrize("tales", HALVES[0])
async def test_told_three_times_in_reverse_order_it_ends_the_same(tell: Telling, tales: Sequence[str]) -> None:
    async with tell(**UNHURRIED) as story:
        github = story.github
        names = {begin(github, name, TALES[name]): TALES[name] for name in tales}
        await story.install()
        for name, tale in names.items():
            if tale.first is not None:
                tale.first(github, name)
        await story.calm()
        held = Held(story.stage)
        with held:
            for name, tale in names.items():
                tale.then(github, name)
        held.send(held.kept[::-1])
        await story.calm()
        wishes = WishBook(story.stage.engine)
        assert wrong(github, names, wishes) == {}
        held.send(held.kept)
        await story.calm()
        assert wrong(github, names, wishes) == {}, "told again long after"


# ---------------------------------------------------------------- killed


@dataclass
class AfterEveryWrite:
    """Dies after each request that changed something on GitHub, once for each."""

    seen: set[tuple[str, bytes]] = field(default_factory=set)

    def __call__(self, step: Step) -> bool:
        asked = step.exchange
        if asked is None or asked.method == "GET" or asked.path.endswith("/access_tokens"):
            return False
        if asked.path.endswith("graphql") and b"mutation" not in asked.request:
            return False
        if (key := (asked.path, asked.request)) in self.seen:
            return False
        self.seen.add(key)
        return True


async def killed(
    tell: Telling, names: dict[str, Tale], deaths: Callable[[str], Deadly], *, rows: bool = False
) -> dict[str, int]:
    """How often each died on its way to an end that is as it should be."""
    async with tell(**UNHURRIED) as story, app.services(story.stage.settings) as built:
        github = story.github
        github.site.limits.limit = 10**9
        github.set_hook(story.stage.credentials.app, None)
        hand = ByHand(github, built)
        there = {begin(github, name, tale): tale for name, tale in names.items()}
        github.install(story.stage.credentials.app, ORGANISATION)
        await hand.calm()
        for name, tale in there.items():
            if tale.first is not None:
                tale.first(github, name)
        await hand.calm()
        died = {}
        for name, tale in there.items():
            before = built.tally.rows.copy()
            tale.then(github, name)
            died[name.partition("/")[2]] = await hand.calm(deaths(name))
            assert not rows or tale.row is None or tale.row in built.tally.rows - before, name
        assert wrong(github, there, WishBook(story.stage.engine)) == {}
        return died


@pytest.mark.parametrize("tales", HALVES[1])
async def test_killed_after_everything_that_it_writes_it_ends_the_same(tell: Telling, tales: Sequence[str]) -> None:
    died = await killed(tell, {name: TALES[name] for name in tales}, lambda _: AfterEveryWrite(), rows=True)
    assert died["close-and-recreate"] > 5
    assert sum(died.values()) > 80 * len(tales) / len(TALES)


def at(number: int) -> Deadly:
    return lambda step: step.number == number


POINTS = 80


@pytest.mark.soak
@pytest.mark.parametrize("part", range(8))
async def test_killed_at_any_step_it_ends_the_same(tell: Telling, part: int) -> None:
    """A repository for every step of every tale, in parts that fit into a test."""
    names, points = dict[str, Tale](), dict[str, int]()
    for number in range(part, POINTS, 8):
        for name, tale in TALES.items():
            names[f"{name}-{number}"], points[f"{ORGANISATION}/{name}-{number}"] = tale, number + 1
    died = await killed(tell, names, lambda name: at(points[name]))
    if part == 0:
        assert all(died[f"{name}-0"] for name in TALES), "each tale has a first step"
    if part == (POINTS - 1) % 8:
        assert not any(died[f"{name}-{POINTS - 1}"] for name in TALES), "no tale has more steps than were tried"
