"""`.github/pubflow.yml`: understood, or refused at a place; never guessed."""

from __future__ import annotations

import pytest

from bot.config import (
    ActionRules,
    Bump,
    Config,
    Day,
    Environments,
    Ignore,
    InvalidConfig,
    Pins,
    Schedule,
    Scope,
    Trigger,
    read,
)

VALID: dict[str | None, Config] = {
    None: Config(),
    "": Config(),
    "# nothing yet\n": Config(),
    "---\n": Config(),
    "{}": Config(),
    "schema: 1\n": Config(),
    "enabled: false\n": Config(enabled=False),
    "add: true\n": Config(add=True),
    "add: false\n": Config(add=False),
    "enabled: FALSE\r\nadd: True\r\n": Config(enabled=False, add=True),
    "\ufeffadd: true": Config(add=True),
    "---\nadd: true\n...\n": Config(add=True),
    "{add: true}": Config(add=True),
    "bump: {cooldown: 14, scope: all, pins: sha}": Config(bump=Bump(cooldown=14, scope=Scope.ALL, pins=Pins.SHA)),
    "bump:\n  actions:\n    actions/checkout: v4\n": Config(
        bump=Bump(actions={"actions/checkout": ActionRules(stay="v4")})
    ),
    "bump: {actions: {a/b: {majors: false, cooldown: 14, pins: sha, stay: v4, ignore: true}, c/*: v1}}": Config(
        bump=Bump(
            actions={
                "a/b": ActionRules(majors=False, cooldown=14, pins=Pins.SHA, stay="v4", ignore=True),
                "c/*": ActionRules(stay="v1"),
            }
        )
    ),
    "bump: {allowed: ['actions/*', 'a/b@v1', '!a/c@*'], self_hosted: true}": Config(
        bump=Bump(allowed=("actions/*", "a/b@v1", "!a/c@*"), self_hosted=True)
    ),
    "labels: [one, &l two]\nreviewers: [*l]": Config(labels=("one", "two"), reviewers=("two",)),
    "labels: ['123']": Config(labels=("123",)),
    "trigger: release\nenvironment: {pypi: release}": Config(
        trigger=Trigger.RELEASE, environment=Environments(pypi="release")
    ),
    "schedule: {days: [monday], start: '08:00'}": Config(schedule=Schedule(days=(Day.MONDAY,), start="08:00")),
    "ignore: {rules: [token-upload], actions: [docker/*]}": Config(
        ignore=Ignore(rules=("token-upload",), actions=("docker/*",))
    ),
}


@pytest.mark.parametrize("text", VALID)
def test_settings_are_read_and_defaults_filled_in(text: str | None) -> None:
    assert read(text) == VALID[text]


INVALID = {
    "enabled: 'false'\n": ("`enabled` must be true or false, without quotes", 1, 10),
    "add: true\nenabled: no\n": ("`enabled` must be true or false, without quotes", 2, 10),
    "enabled:\n": ("`enabled` must be true or false, without quotes", 1, None),
    "enabled: [false]\n": ("`enabled` must be true or false, without quotes", 1, 10),
    "add: null\n": ("`add` must be true or false, without quotes", 1, 6),
    "- enabled: false\n": ("must hold settings such as `add: true`", 1, 1),
    "false\n": ("must hold settings such as `add: true`", 1, 1),
    "''\n": ("must hold settings such as `add: true`", 1, 1),
    "enabled: false\nenabled: true\n": ("is not YAML: ", 2, None),
    "enabled: [\n": ("is not YAML: ", None, None),
    "a: 1\n---\nenabled: false\n": ("is not YAML: ", None, None),
    "\tenabled: false\n": ("is not YAML: ", 1, None),
    "# first\nenabeld: false\n": ("there is no setting `enabeld`; did you mean `enabled`?", 2, 1),
    "Enabled: false\n": ("there is no setting `Enabled`; did you mean `enabled`?", 1, 1),
    "schema_: 1\n": ("there is no setting `schema_`; did you mean `schema`?", 1, 1),
    "<<: {enabled: false}\n": ("there is no setting `<<`; those that there are: `schema`, `enabled`, ", 1, 1),
    "schema: 2\n": ("`schema` must be `1`", 1, 9),
    "schema: '1'\n": ("`schema` must be `1`", 1, 9),
    "bump:\n  cooldwon: 3\n": ("there is no setting `cooldwon` in `bump`; did you mean `cooldown`?", 2, 3),
    "bump: {cooldown: 500}": ("`bump.cooldown` must be 365 at most", 1, 18),
    "bump: {cooldown: -1}": ("`bump.cooldown` must be 0 at least", 1, 18),
    "bump: {cooldown: 2.5}": ("`bump.cooldown` must be a whole number, without quotes", 1, 18),
    "bump: {cooldown: '5'}": ("`bump.cooldown` must be a whole number, without quotes", 1, 18),
    "bump: {scope: publsh}": (
        "`bump.scope` must be one of `publish`, `all`; did you mean `publish`?",
        1,
        15,
    ),
    "bump:\n": ("`bump` must hold settings of its own, indented below it", 1, None),
    "bump: {actions: {checkout: v4}}": ("`checkout` must be an action such as `actions/checkout`", 1, 18),
    "bump: {actions: {a/b: {cooldwon: 3}}}": (
        "there is no setting `cooldwon` in `bump.actions.a/b`; did you mean `cooldown`?",
        1,
        24,
    ),
    "bump: {actions: {a/b: {cooldown: 999}}}": ("`bump.actions.a/b.cooldown` must be 365 at most", 1, 34),
    "bump: {actions: {a/b: [v4]}}": ("`bump.actions.a/b` must be text", 1, 23),
    "bump: {actions: {a/b: 4}}": ("`bump.actions.a/b` must be text; put it in quotes", 1, 23),
    "bump: {allowed: [docker]}": ("`bump.allowed[0]` must be an action such as `docker/*`", 1, 18),
    "bump: {actions: {a/b: newest}}": ("`bump.actions.a/b` must be a version such as", 1, 23),
    "labels: one": ("`labels` must be a list, such as `[one, two]`", 1, 9),
    "labels: [ok, 123]": ("`labels[1]` must be text; put it in quotes", 1, 14),
    "reviewers: ['@octocat']": ("`reviewers[0]` must be a login, or `organisation/team`", 1, 13),
    'environment: {pypi: "a\\nb"}': ("`environment.pypi` must be a plain environment name", 1, 21),
    'labels: ["a\\n"]': ("`labels[0]` must be a label of at most", 1, 10),
    "index: {url: 'ftp://x'}": ("`index.url` must be a plain web address", 1, 14),
    "index: {url: 'https://user:word@x/'}": ("`index.url` must be a plain web address", 1, 14),
    "schedule: {days: []}": ("`schedule.days` must not be empty", 1, 18),
    "schedule: {days: [munday]}": ("`schedule.days[0]` must be one of `monday`, ", 1, 19),
    "ignore: {rules: [missing-workflo]}": (
        "`ignore.rules[0]` must be one of `missing-workflow`, ",
        1,
        18,
    ),
    "commands: {mrege: admin}": ("there is no setting `mrege` in `commands`; ", 1, 12),
    "onboarding: {issue: reports}": ("`onboarding.issue` must be a repository, written `owner/name`", 1, 21),
    "? [a]\n: 1\n": ("has a key that is no simple word", 1, 3),
    "x: &a 1\nenabled: {*a : 2}\n": ("has a key that is no simple word", 2, 11),
}


@pytest.mark.parametrize("text", INVALID)
def test_what_cannot_be_understood_is_never_taken_for_the_defaults(text: str) -> None:
    answer = read(text)
    message, line, column = INVALID[text]
    assert isinstance(answer, InvalidConfig)
    [problem] = answer.problems
    assert problem.message.startswith(message)
    assert line in {None, problem.line}
    assert column in {None, problem.column}


def test_everything_that_is_wrong_is_said_in_the_order_of_the_file() -> None:
    answer = read("lables: [a]\nbump: {cooldown: x, pins: shaa}\nenabled: 1\n")
    assert isinstance(answer, InvalidConfig)
    assert [(each.line, each.column) for each in answer.problems] == [(1, 1), (2, 18), (2, 27), (3, 10)]


@pytest.mark.parametrize(
    "text",
    ["a: " + "[" * 90 + "]" * 90, "k" * 5000 + ": 1", "".join(f"k{n}: 1\n" for n in range(900)), "a: !!python/x {}"],
)
def test_a_hostile_file_is_answered_briefly(text: str) -> None:
    answer = read(text)
    assert isinstance(answer, InvalidConfig)
    assert 1 <= len(answer.problems) <= 20
    assert all(len(problem.message) < 1000 for problem in answer.problems)
