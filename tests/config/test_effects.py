"""Every setting has an effect: what is proposed with it, and what is not."""

from __future__ import annotations

import pytest

from bot.config import PATH
from bot.model import TRUSTED_PUBLISHING_BRANCH, FixKind, IndexFacts
from bot.plan import Decision, decide
from tests.snapshots import PUBLISHES, PYPROJECT, snapshot

FREE = IndexFacts(name="spoon-knife", exists=False)
PACKAGE = {"pyproject.toml": PYPROJECT}
RELEASE = ".github/workflows/release.yml"
TOKEN = {**PACKAGE, RELEASE: PUBLISHES + "        with:\n          password: ${{ secrets.MY_TOKEN }}\n"}


def decided(files: dict[str, str], settings: str = "") -> Decision:
    return decide(snapshot(files | ({PATH: settings} if settings else {})), index=[FREE])


def rules(decision: Decision) -> set[str]:
    return {finding.rule for finding in decision.findings}


def test_migrate_false_reports_and_moves_nothing() -> None:
    assert decided(TOKEN).plans
    decision = decided(TOKEN, "migrate: false")
    assert [(finding.rule, finding.fix) for finding in decision.findings] == [("token-upload", FixKind.NONE)]
    assert (decision.plans, decision.refusals) == ((), ())


def test_add_false_is_never() -> None:
    decision = decided(PACKAGE, "add: false")
    assert decision.plans == ()
    [finding] = decision.findings
    assert "`add: false`" in finding.message


def test_a_rule_that_is_ignored_is_not_applied() -> None:
    assert "token-upload" not in rules(decided(TOKEN, "ignore: {rules: [token-upload]}"))
    assert "token-upload" in rules(decided(TOKEN, "ignore: {rules: [unsafe-trigger]}"))


@pytest.mark.parametrize("pattern", [RELEASE, ".github/workflows/rel*.yml", ".github/*"])
def test_a_file_that_is_ignored_is_left_alone(pattern: str) -> None:
    decision = decided(TOKEN, f"ignore: {{files: ['{pattern}']}}")
    assert (decision.plans, rules(decision)) == ((), set())


def test_a_file_that_is_ignored_is_not_made_either() -> None:
    decision = decided(PACKAGE, "ignore: {files: ['.github/workflows/publish-to-pypi.yml']}")
    assert decision.plans == ()
    assert "`ignore.files`" in decision.refusals[0].reason


def test_other_files_are_not_ignored() -> None:
    assert decided(TOKEN, "ignore: {files: [.github/workflows/other.yml]}").plans


def test_a_secret_that_is_kept_is_not_asked_to_be_deleted() -> None:
    assert any("MY_TOKEN" in step.what for step in decided(TOKEN).steps)
    assert not any("MY_TOKEN" in step.what for step in decided(TOKEN, "secrets: {keep: [my_token]}").steps)


def test_labels_stand_beside_ours() -> None:
    [plan] = decided(PACKAGE, "labels: [dependencies, pubflow, ci]").plans
    assert plan.labels == ("pubflow", "dependencies", "ci")


def test_without_drafts_the_title_says_that_somebody_must_act_first() -> None:
    [draft], [ready] = decided(PACKAGE).plans, decided(PACKAGE, "draft: false").plans
    assert (draft.branch, draft.draft, ready.draft) == (TRUSTED_PUBLISHING_BRANCH, True, False)
    assert ready.title == f"Register first: {draft.title}"


def test_switched_off_finds_and_proposes_nothing() -> None:
    decision = decided(PACKAGE, "enabled: false")
    assert (rules(decision), decision.plans) == ({"missing-workflow"}, ())
    assert decision.silent == f"switched off by {PATH}"
