"""Bumps beside the rest of a plan: which branch changes a file, and what a person's no is about."""

from __future__ import annotations

from msgspec.structs import replace

from bot.bumping import Advisory, Catalogue
from bot.bumping.snapshot import catalogue, shipped
from bot.model import ACTIONS_BRANCH, TRUSTED_PUBLISHING_BRANCH, OwnPull, PullState, Sha, Snapshot
from bot.plan import Decision, decide
from bot.questions import actions
from bot.survey import survey
from tests.bumping.archive import NOW
from tests.snapshots import PUBLISHES, PYPROJECT, snapshot

FILE = ".github/workflows/release.yml"
TOKEN = """on: release
jobs:
  publish:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: pipx run build
      - uses: pypa/gh-action-pypi-publish@release/v1
        with:
          password: ${{ secrets.PYPI_API_TOKEN }}
"""


def decided(shot: Snapshot, *advisories: Advisory) -> Decision:
    found = survey(shot)
    known = replace(catalogue(shipped(), actions(found), NOW), advisories=advisories, dated=None)
    return decide(shot, found=found, catalogue=known)


def publishing(workflow: str) -> Snapshot:
    return snapshot({"pyproject.toml": PYPROJECT, FILE: workflow})


def branches(decision: Decision) -> list[str]:
    return [plan.branch for plan in decision.plans]


def test_a_file_that_is_moved_is_left_to_the_move() -> None:
    decision = decided(publishing(TOKEN))
    assert branches(decision) == [TRUSTED_PUBLISHING_BRANCH]
    assert "outdated-action" in {finding.rule for finding in decision.findings}


def test_after_people_said_no_to_the_move_its_actions_are_raised() -> None:
    shot = publishing(TOKEN)
    [plan] = decided(shot).plans
    closed = OwnPull(
        number=1,
        url="",
        branch=plan.branch,
        base="main",
        state=PullState.CLOSED,
        head=Sha("0" * 40),
        title=plan.title,
        body=plan.body,
    )
    assert branches(decided(replace(shot, pulls=(closed,)))) == [TRUSTED_PUBLISHING_BRANCH, ACTIONS_BRANCH]
    still = replace(closed, number=2, state=PullState.OPEN)
    assert branches(decided(replace(shot, pulls=(still, closed)))) == [TRUSTED_PUBLISHING_BRANCH]
    other = replace(closed, body="nothing of ours")
    assert branches(decided(replace(shot, pulls=(other,)))) == [TRUSTED_PUBLISHING_BRANCH]


def test_the_body_says_what_why_and_links_the_release_notes() -> None:
    [plan] = decided(publishing(PUBLISHES.replace("checkout@v7", "checkout@v4"))).plans
    assert plan.branch == ACTIONS_BRANCH
    assert not plan.draft
    assert "`actions/checkout` from `v4` to `v7`" in plan.body
    assert "needs Node 20" in plan.body
    assert "[Release notes](https://github.com/actions/checkout/releases/tag/v7.0.1)" in plan.body
    assert "@" not in plan.body.replace("`actions/checkout@v4`", "")


def test_another_version_is_another_subject_and_the_same_one_is_not() -> None:
    [four], [five], [again] = (
        decided(publishing(PUBLISHES.replace("checkout@v7", f"checkout@{ref}"))).plans
        for ref in ("v4.1.0", "v5.0.0", "v4.1.0")
    )
    assert four.subject == again.subject != five.subject


def test_an_advisory_makes_a_version_grave() -> None:
    text = PUBLISHES.replace("checkout@v7", "checkout@v6.0.1")
    shot = publishing(text)
    plain = decided(shot)
    warned = Advisory(id="GHSA-1", action="actions/checkout", vulnerable="< 6.1.0", patched="6.1.0")
    grave = decided(shot, warned)
    assert [finding.severity.value for finding in plain.findings] == ["medium"]
    assert [finding.severity.value for finding in grave.findings] == ["high"]
    assert "GHSA-1" in grave.findings[0].message


def test_nothing_is_said_where_nobody_looked() -> None:
    assert decide(publishing(PUBLISHES.replace("checkout@v7", "checkout@v4"))).findings == ()


def test_what_is_switched_off_is_not_asked_for() -> None:
    off = snapshot({"pyproject.toml": PYPROJECT, FILE: TOKEN, ".github/pubflow.yml": "bump: {enabled: false}\n"})
    assert actions(survey(off)) == {}
    assert set(actions(survey(publishing(TOKEN)))) == {"actions/checkout", "pypa/gh-action-pypi-publish"}


def test_rules_and_actions_of_the_configuration_are_followed() -> None:
    files = {"pyproject.toml": PYPROJECT, FILE: PUBLISHES.replace("checkout@v7", "checkout@v4")}
    for wish in (
        "ignore: {actions: ['actions/*']}\n",
        "bump: {ignore: [actions/checkout]}\n",
        "ignore: {rules: [outdated-action]}\n",
    ):
        assert decided(snapshot({**files, ".github/pubflow.yml": wish})).findings == (), wish


def test_what_a_raised_action_brings_is_mended_with_it() -> None:
    old = PUBLISHES.replace("release/v1", "master") + "        with:\n          skip_existing: true\n"
    [plan] = decided(publishing(old)).plans
    [change] = plan.changes
    assert "@master" not in (change.after or "")
    assert "skip-existing: true" in (change.after or "")


def test_what_is_left_of_a_raised_file_is_said_of_the_line_that_was_read() -> None:
    steps = "- uses: actions/checkout@v1\n      - uses: codecov/codecov-action@v1"
    decision = decided(publishing(PUBLISHES.replace("- uses: actions/checkout@v7", steps)))
    [change] = decision.plans[0].changes
    assert len((change.after or "").splitlines()) > len((change.before or "").splitlines())
    assert branches(decision) == [ACTIONS_BRANCH]
    found = {(finding.rule, finding.line) for finding in decision.findings}
    assert decision.refusals
    assert {(refusal.rule, refusal.line) for refusal in decision.refusals} <= found


def test_what_a_raised_fork_brings_is_mended_with_it() -> None:
    fork = "somebody/gh-action-pypi-publish"
    old = PUBLISHES.replace("pypa/gh-action-pypi-publish@release/v1", f"{fork}@v1.4.2")
    shot = publishing(old + "        with:\n          skip_existing: true\n")
    found = survey(shot)
    known = catalogue(shipped(), ["pypa/gh-action-pypi-publish"], NOW).actions
    action = replace(known["pypa/gh-action-pypi-publish"], name=fork)
    [plan] = decide(shot, found=found, catalogue=Catalogue(actions={fork: action}, now=NOW)).plans
    [change] = plan.changes
    assert "@v1.4.2" not in (change.after or "")
    assert "skip-existing: true" in (change.after or "")


def test_what_is_left_below_a_new_step_is_said_once() -> None:
    """The last line stops all from being raised at once, for its comment would change in two ways."""
    build = (
        "  build:\n    runs-on: self-hosted\n    steps:\n"
        "      - uses: actions/setup-python@v6.1.0\n        with:\n          pip-install: build\n"
        "      - uses: softprops/action-gh-release@v0.1.2\n"
    )
    pinned = "- uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.0"
    text = PUBLISHES.replace("jobs:\n", "jobs:\n" + build).replace("- uses: actions/checkout@v7", pinned)
    decision = decided(
        snapshot({"pyproject.toml": PYPROJECT, FILE: text, ".github/pubflow.yml": "bump: {pins: tag}\n"})
    )
    [change] = decision.plans[0].changes
    assert "- run: python -m pip install build" in (change.after or "")
    [refusal] = decision.refusals
    assert "softprops/action-gh-release" in refusal.reason


def test_what_a_comment_put_right_brings_is_mended_with_it() -> None:
    known = catalogue(shipped(), ["pypa/gh-action-pypi-publish"], NOW).actions["pypa/gh-action-pypi-publish"]
    newest = known.releases[0][1]
    old = PUBLISHES.replace("publish@release/v1", f"publish@{newest.commit} # v1.4.2")
    [plan] = decided(publishing(old + "        with:\n          skip_existing: true\n")).plans
    [change] = plan.changes
    assert f"# {newest.name}" in (change.after or "")
    assert "skip-existing: true" in (change.after or "")


def test_what_is_left_below_a_new_step_is_said_once_though_another_file_is_looked_at_again() -> None:
    steps = (
        "- uses: actions/setup-python@v6.1.0\n        with:\n          pip-install: build\n"
        "      - uses: actions/setup-node@v1"
    )
    text = PUBLISHES.replace("- uses: actions/checkout@v7", steps)
    other = PUBLISHES.replace("checkout@v7", "upload-artifact@v4\n      - uses: pypa/cibuildwheel@v2.16.5")
    decision = decided(snapshot({"pyproject.toml": PYPROJECT, FILE: text, ".github/workflows/second.yml": other}))
    assert len(decision.plans[0].changes) == 2
    told = [(refusal.file, refusal.reason) for refusal in decision.refusals]
    assert len(told) == len(set(told)) > 1
