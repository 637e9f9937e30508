"""Every setting has an effect: what is proposed with it, and what is not."""

from __future__ import annotations

import re

import pytest

from bot.config import PATH
from bot.model import TRUSTED_PUBLISHING_BRANCH, FixKind, IndexFacts, Visibility
from bot.plan import Decision, decide
from bot.questions import projects
from bot.survey import survey
from bot.yaml import parse
from tests.snapshots import PUBLISHES, PYPROJECT, facts, snapshot

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


# ---------------------------------------------------------------- workflows that are written anew


def written(settings: str, others: dict[str, str] | None = None) -> tuple[str, str]:
    """The workflow and the body that these settings lead to."""
    [plan] = decided(PACKAGE | (others or {}), settings).plans
    [change] = plan.changes
    assert change.after is not None
    return change.after, plan.body


def test_environments_are_named_as_wished() -> None:
    workflow, body = written("environment: {pypi: release}")
    assert "name: release" in workflow
    assert "| Environment name | `release` |" in body


def test_testpypi_gets_a_job_an_environment_and_a_publisher() -> None:
    workflow, body = written("testpypi: true\nenvironment: {testpypi: trial}")
    assert "https://test.pypi.org/legacy/" in workflow
    assert "name: trial" in workflow
    assert re.search(r"\[TestPyPI: form, filled in\]\(https://test\.pypi\.org/manage/.+environment=trial\)", body)
    assert "test.pypi.org" not in "".join(written(""))


WAITS = {
    ".github/workflows/docs.yml": "on: release\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: x\n"
}


@pytest.mark.parametrize(
    ("settings", "others", "on_release"),
    [
        ("", {}, False),
        ("", WAITS, True),
        ("trigger: auto", WAITS, True),
        ("trigger: tag", WAITS, False),
        ("trigger: release", {}, True),
    ],
)
def test_what_starts_a_release(settings: str, others: dict[str, str], on_release: bool) -> None:
    workflow, body = written(settings, others)
    on = parse(workflow).find(("on",))
    assert on is not None
    assert on.keys() == (["release"] if on_release else ["push"])
    assert ("publish a release with a tag" in body) is on_release


PRIVATE = "add: true\nindex: {url: 'https://devpi.example.org/team/', user_secret: DEVPI_USER}\n"


def test_a_private_index_gets_the_releases_and_pypi_nothing() -> None:
    [plan] = decided(PACKAGE, PRIVATE).plans
    [change] = plan.changes
    assert change.after is not None
    assert "repository-url: https://devpi.example.org/team/" in change.after
    assert "secrets.DEVPI_USER" in change.after
    assert "id-token" not in change.after
    assert plan.title == "Publish to a private index"
    assert "`DEVPI_USER` and `INDEX_PASSWORD`" in plan.body
    assert "PyPI" not in plan.body.replace("PyPI and", "")
    assert "pubflow:registered" not in plan.body


def test_names_that_go_to_a_private_index_are_told_to_nobody() -> None:
    hidden = facts(visibility=Visibility.PRIVATE)
    assert projects(survey(snapshot(PACKAGE | {PATH: "add: true"}, hidden))) == ("Spoon.Knife",)
    assert projects(survey(snapshot(PACKAGE | {PATH: PRIVATE}, hidden))) == ()
    [plan] = decide(snapshot(PACKAGE | {PATH: PRIVATE}, hidden)).plans
    assert plan.title == "Add secrets first: Publish to a private index"


SEVERAL = {f"{name}/pyproject.toml": PYPROJECT.replace("Spoon.Knife", name) for name in ("a", "b", "c", "d")}


def test_several_packages_get_a_workflow_and_a_publisher_each() -> None:
    [plan] = decide(snapshot(SEVERAL | {PATH: "add: true"}), index=[]).plans
    assert plan.title == "Publish 4 packages to PyPI with Trusted Publishing"
    assert [change.file for change in plan.changes] == [
        f".github/workflows/publish-{name}-to-pypi.yml" for name in "abcd"
    ]
    for name in "abcd":
        assert f"| `{name}` | `Octo-Org` | `Spoon` | `publish-{name}-to-pypi.yml` | `pypi-{name}` |" in plan.body
    assert "and 4 are needed here: register three" in plan.body
    identities = {(name, f"publish-{name}-to-pypi.yml", f"pypi-{name}") for name in "abcd"}
    assert len({identity[1:] for identity in identities}) == 4


def test_of_several_packages_only_tags_say_which_is_meant() -> None:
    [plan] = decide(snapshot(SEVERAL | WAITS | {PATH: "add: true\ntrigger: release"}), index=[]).plans
    assert all("tags:" in (change.after or "") for change in plan.changes)
