"""Which settings count: files laid over each other, and what stood there last where one is broken."""

from __future__ import annotations

import pytest

from bot.config import ActionRules, Bump, Config, InForce, Kept, Limits, Permission, Said, in_force, merge, understand
from bot.model import Unread


def said(text: str) -> Said:
    found = understand(text)
    assert isinstance(found, Said)
    return found


LAID_OVER: dict[tuple[str, str], Config] = {
    ("", ""): Config(),
    ("add: true", ""): Config(add=True),
    ("add: true", "add: false"): Config(add=False),
    ("enabled: false", "enabled: true"): Config(),
    ("bump: {cooldown: 9, majors: false}", "bump: {cooldown: 1}"): Config(bump=Bump(cooldown=1, majors=False)),
    ("bump: {actions: {a/b: v1}}", "bump: {actions: {a/b: {majors: false}}}"): Config(
        bump=Bump(actions={"a/b": ActionRules(stay="v1", majors=False)})
    ),
    ("bump: {actions: {a/b: v1, c/d: v2}}", "bump: {actions: {a/b: v3}}"): Config(
        bump=Bump(actions={"a/b": ActionRules(stay="v3"), "c/d": ActionRules(stay="v2")})
    ),
    ("labels: [one, two]", "labels: [three]"): Config(labels=("three",)),
    ("labels: [one]", "labels: []"): Config(),
    ("limits: {pulls_per_hour: 3}", "limits: {pulls_per_hour: 99}"): Config(limits=Limits(pulls_per_hour=3)),
    ("", "limits: {pulls_per_hour: 99}"): Config(),
    ("commands: {pin: admin}", "commands: {pin: read, close: read}"): Config(commands={"pin": Permission.ADMIN}),
    ("", "onboarding: {issue: octo-org/reports}"): Config(),
}


@pytest.mark.parametrize(("below", "above"), LAID_OVER)
def test_a_repository_is_laid_over_its_organisation_key_by_key(below: str, above: str) -> None:
    assert merge(said(below), said(above)) == LAID_OVER[below, above]


def forced(
    own: str | Unread | None, shared: str | Unread | None = None, *, at_home: bool = False, **kept: str
) -> InForce:
    return in_force(own, shared, Kept(**kept), is_organisation=at_home)


BROKEN = "enabeld: false\n"


def test_of_a_broken_file_the_last_sound_one_counts() -> None:
    found = forced(BROKEN, repository="labels: [kept]")
    assert (found.config, found.broken) == (Config(labels=("kept",)), True)
    assert [problem.line for problem in found.problems] == [1]


def test_a_sound_file_counts_whatever_was_kept() -> None:
    assert forced("add: true", repository="add: false", organisation="migrate: false").config == Config(add=True)
    assert forced(None, repository="enabled: false").config == Config()


@pytest.mark.parametrize("kept", [None, BROKEN, "enabled: ["])
def test_nothing_counts_where_no_file_was_sound_before(kept: str | None) -> None:
    found = forced(BROKEN) if kept is None else forced(BROKEN, repository=kept)
    assert (found.config, found.broken) == (None, True)


@pytest.mark.parametrize("reason", [Unread.TOO_LARGE, Unread.LINK])
def test_a_file_that_cannot_be_read_is_broken(reason: Unread) -> None:
    found = forced(reason)
    assert (found.config, found.broken) == (None, True)
    assert found.problems[0].message == f"cannot be read: it is {reason.value}"


def test_a_broken_file_of_the_organisation_does_not_break_the_repository_s() -> None:
    found = forced("add: true", BROKEN, organisation="migrate: false")
    assert found == InForce(config=Config(add=True, migrate=False), organisation_broken=True)
    assert forced("add: true", BROKEN) == InForce(config=None, organisation_broken=True)


def test_what_has_no_effect_in_a_repository_is_said_at_its_place_and_breaks_nothing() -> None:
    found = forced("add: true\nlimits: {pulls_per_hour: 99}\n")
    assert (found.config, found.broken) == (Config(add=True), False)
    [problem] = found.problems
    assert (problem.line, problem.column) == (2, 1)
    assert "`limits` has an effect in the organisation's file alone" in problem.message


def test_in_the_organisation_s_own_repository_everything_has_an_effect() -> None:
    text = "limits: {pulls_per_hour: 3}"
    assert forced(text, text, at_home=True) == InForce(config=Config(limits=Limits(pulls_per_hour=3)))
