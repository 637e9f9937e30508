"""From a snapshot to what should stand on GitHub: decided from values alone, and the same each time."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from bot.bumping.snapshot import catalogue, shipped
from bot.config import PATH
from bot.messages import read_marker
from bot.model import (
    ACTIONS_BRANCH,
    TRUSTED_PUBLISHING_BRANCH,
    ChangeKind,
    FixKind,
    IndexFacts,
    OwnPull,
    PullState,
    Sha,
    Status,
    Unread,
    Visibility,
    Who,
)
from bot.plan import Decision, decide, skip_reason
from bot.questions import actions
from bot.survey import survey
from tests.snapshots import PUBLISHES, PYPROJECT, facts, snapshot

FREE = (IndexFacts(name="spoon-knife", exists=False),)
PACKAGE = {"pyproject.toml": PYPROJECT}
OPEN = OwnPull(
    number=1,
    url="https://github.com/Octo-Org/Spoon/pull/1",
    branch=ACTIONS_BRANCH,
    base="main",
    state=PullState.OPEN,
    head=Sha("1" * 40),
    title="",
    body="",
)
WORKFLOW = ".github/workflows/publish-to-pypi.yml"
PUBLISHES_OLD = """\
on: release
jobs:
  publish:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v2
      - run: pipx run build
      - uses: pypa/gh-action-pypi-publish@release/v1
        with: {password: "${{ secrets.PYPI_API_TOKEN }}"}
"""


def decided(files: dict[str, str] | None = None, **options: Any) -> Decision:
    return decide(snapshot(PACKAGE if files is None else files), index=FREE, **options)


# ---------------------------------------------------------------- what is looked into at all

SKIPPED: dict[str, dict[str, Any]] = {
    "archived": {"archived": True},
    "disabled by GitHub": {"disabled": True},
    "a fork: its packages are published by the repository it came from": {"fork": True},
    "a template repository": {"template": True},
    "empty: it has no default branch yet": {"default_branch": None},
}


@pytest.mark.parametrize("reason", SKIPPED)
def test_some_repositories_are_not_looked_into(reason: str) -> None:
    repo = facts(**SKIPPED[reason])
    assert skip_reason(repo) == reason
    decision = decide(snapshot(PACKAGE, repo), index=FREE)
    assert decision.silent == reason
    assert not decision.findings
    assert not decision.plans


def test_the_others_are() -> None:
    assert skip_reason(facts()) is None
    assert skip_reason(facts(visibility=Visibility.PRIVATE)) is None


# ---------------------------------------------------------------- the plan


def test_a_package_that_nothing_publishes_gets_one_plan() -> None:
    decision = decided()
    assert decision.status is Status.MISSING
    [plan] = decision.plans
    assert (plan.branch, plan.base, plan.title) == (
        TRUSTED_PUBLISHING_BRANCH,
        "main",
        "Publish to PyPI with Trusted Publishing",
    )
    assert [(change.file, change.kind) for change in plan.changes] == [(WORKFLOW, ChangeKind.ADD)]
    assert decision.changes == plan.changes
    assert plan.draft
    assert plan.labels == ("pubflow",)
    found = read_marker(plan.body)
    assert found is not None
    assert (found.subject, found.digest) == (plan.subject, plan.digest)
    assert [step.who for step in decision.steps] == [Who.MAINTAINER, Who.ADMIN]


def test_the_second_look_finds_nothing_to_do() -> None:
    [change] = decided().changes
    assert change.after is not None
    after = decided({**PACKAGE, change.file: change.after})
    assert after.status is Status.TRUSTED
    assert not after.findings
    assert not after.plans


def test_the_same_snapshot_gives_the_same_decision() -> None:
    assert decided() == decided()


NO_PLAN = {
    "not a package": {"README.md": "x"},
    "trusted already": {**PACKAGE, ".github/workflows/p.yml": PUBLISHES},
    "a workflow that cannot be read and may publish": {**PACKAGE, ".github/workflows/p.yml": "a: [twine upload\n"},
    "switched off": {**PACKAGE, PATH: "enabled: false\n"},
    "a configuration that cannot be understood": {**PACKAGE, PATH: "enabled: off-please\n"},
}


@pytest.mark.parametrize("case", NO_PLAN)
def test_nothing_is_proposed(case: str) -> None:
    decision = decided(NO_PLAN[case])
    assert not decision.plans
    assert not decision.steps


def test_switched_off_still_finds() -> None:
    decision = decided(NO_PLAN["switched off"])
    assert [finding.rule for finding in decision.findings] == ["missing-workflow"]
    assert decision.silent == "switched off by .github/pubflow.yml"


def test_a_wrong_configuration_is_a_finding_at_its_place() -> None:
    decision = decided(NO_PLAN["a configuration that cannot be understood"])
    [finding] = decision.findings
    assert (finding.rule, finding.file, finding.line, finding.column) == ("invalid-config", PATH, 1, 10)
    assert finding.fix is FixKind.NONE
    assert decision.silent is not None


@pytest.mark.parametrize("reason", [Unread.NOT_UTF8, Unread.TOO_LARGE, Unread.LINK, Unread.UNREADABLE])
def test_a_configuration_that_cannot_be_read_is_not_taken_for_none(reason: Unread) -> None:
    decision = decide(snapshot(PACKAGE, unread={PATH: reason}), index=FREE)
    assert not decision.plans
    assert "invalid-config" in {finding.rule for finding in decision.findings}


def test_a_tree_that_was_cut_proves_nothing() -> None:
    decision = decide(snapshot(PACKAGE, complete=False), index=FREE)
    assert decision.status is Status.UNKNOWN
    assert not decision.plans


def test_one_rule_alone() -> None:
    broken = {**PACKAGE, ".github/workflows/lint.yml": "a: [\n"}
    assert {finding.rule for finding in decided(broken).findings} == {"missing-workflow", "unreadable-file"}
    assert {finding.rule for finding in decided(broken, only="missing-workflow").findings} == {"missing-workflow"}
    unreadable = decided(broken, only="unreadable-file")
    assert {finding.rule for finding in unreadable.findings} == {"unreadable-file"}
    assert not unreadable.plans


def test_a_checkout_gets_the_change_without_the_words() -> None:
    [plan] = decided(asked=True).plans
    assert plan.body == ""
    assert plan.changes == decided().plans[0].changes


def test_on_github_a_file_is_on_one_branch_and_in_a_checkout_all_of_it_is_mended() -> None:
    files = {"pyproject.toml": PYPROJECT, ".github/workflows/r.yml": PUBLISHES_OLD}
    shot = snapshot(files)
    known = {asked: catalogue(shipped(), actions(survey(shot), asked=asked), 1.795e9) for asked in (False, True)}
    proposed = decide(shot, catalogue=known[False])
    assert [plan.branch for plan in proposed.plans] == [TRUSTED_PUBLISHING_BRANCH]
    mended = decide(shot, asked=True, catalogue=known[True])
    assert [plan.branch for plan in mended.plans] == [TRUSTED_PUBLISHING_BRANCH, ACTIONS_BRANCH]
    [change] = mended.changes
    assert change.before == PUBLISHES_OLD
    assert "checkout@v2" in (proposed.changes[0].after or "")
    assert "checkout@v7" in (change.after or "")


def test_a_private_repository_knows_no_drafts() -> None:
    repo = facts(visibility=Visibility.PRIVATE)
    [plan] = decide(snapshot({**PACKAGE, PATH: "add: true\n"}, repo), index=FREE).plans
    assert not plan.draft
    assert plan.title == "Register first: Publish to PyPI with Trusted Publishing"


def test_the_subject_survives_a_change_of_the_text_and_the_digest_does_not() -> None:
    [one] = decided().plans
    [other] = decided({**PACKAGE, "uv.lock": ""}).plans
    assert one.subject == other.subject
    assert one.digest != other.digest


def test_the_subject_is_of_the_package() -> None:
    renamed = {"pyproject.toml": PYPROJECT.replace("Spoon.Knife", "fork")}
    [one] = decided().plans
    [other] = decide(snapshot(renamed), index=[IndexFacts(name="fork", exists=False)]).plans
    assert one.subject != other.subject


def test_a_body_is_written_where_a_pull_request_may_be_opened_or_stands() -> None:
    [whole] = decided().plans
    [glance] = decided(worded=False).plans
    [by_hand] = decided(asked=True).plans
    assert whole.body
    assert glance == replace(whole, body="")
    assert not by_hand.body
    standing = replace(snapshot(PACKAGE), pulls=(replace(OPEN, branch=whole.branch),))
    assert decide(standing, index=FREE, worded=False).plans == decide(standing, index=FREE).plans == (whole,)
    elsewhere = replace(snapshot(PACKAGE), pulls=(OPEN, replace(OPEN, branch=whole.branch, state=PullState.CLOSED)))
    assert decide(elsewhere, index=FREE, worded=False).plans == (glance,)


def test_what_was_tried_and_refused_is_for_a_person_and_nothing_else_is() -> None:
    refused = "      - uses: etils-actions/pypi-auto-publish@v1\n"
    refused += "        with: {pypi-token: '${{ secrets.PYPI_API_TOKEN }}'}\n"
    moved = PUBLISHES_OLD
    files = {"a.yml": moved.partition("      - run:")[0] + refused, "b.yml": moved}
    decision = decided({**PACKAGE, **{f".github/workflows/{name}": text for name, text in files.items()}}, asked=True)
    said = {finding.file: finding.fix for finding in decision.findings if finding.rule == "token-upload"}
    assert said == {".github/workflows/a.yml": FixKind.MANUAL, ".github/workflows/b.yml": FixKind.UNSAFE}
    assert [refusal.file for refusal in decision.refusals] == [".github/workflows/a.yml"]
