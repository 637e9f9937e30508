"""`deprecated-input`: old names of the publish action's inputs, where the new ones are known for certain."""

from __future__ import annotations

import pytest

from bot.model import Change, FixKind, Refusal
from bot.rules import deprecated_input as rule
from tests.rules.judging import FILE, context, example, fixed, found

SHA = "dc37677b2e1c63e2034f94d8a5b11f265b73ba33"


def workflow(
    ref: str = "release/v1", given: str = "{packages_dir: wheels}", name: str = "pypa/gh-action-pypi-publish"
) -> str:
    return (
        "on: release\njobs:\n  publish:\n    runs-on: ubuntu-latest\n    permissions:\n      id-token: write\n"
        f"    steps:\n      - uses: {name}@{ref}\n        with: {given}\n"
    )


def test_the_example() -> None:
    before, after = example(rule)
    [finding] = found(rule, before)
    assert (finding.fix, finding.line) == (FixKind.SAFE, 10)
    assert fixed(rule, before, finding) == (Change(file=FILE, before=before, after=after),)
    assert found(rule, after) == []


MENDED = {
    "a stored token": workflow(given="{packages_dir: a, password: '${{ secrets.T }}'}"),
    "a branch": workflow(),
    "a version": workflow("v1.8.14"),
    "the first version that knows them": workflow("v1.7.0"),
    "a version's branch": workflow("release/v1.8"),
    "a commit, and its version beside": workflow(f"{SHA} # v1.14.2"),
    "a commit, and its branch beside": workflow(f"{SHA}  # release/v1"),
    "a fork": workflow("v1.13.0", name="step-security/gh-action-pypi-publish"),
    "all of them": workflow(
        given="{packages_dir: a, print_hash: b, repository_url: 'https://test.pypi.org/legacy/', skip_existing: c,"
        " verify_metadata: d, packages_dirt: e}"
    ),
    "carriage returns": workflow().replace("\n", "\r\n"),
}


@pytest.mark.parametrize("name", MENDED)
def test_mended(name: str) -> None:
    before = MENDED[name]
    after = before
    for old in ("packages_dir:", "print_hash", "repository_url", "skip_existing", "verify_metadata"):
        after = after.replace(old, old.replace("_", "-"))
    [finding] = found(rule, before)
    assert finding.fix is FixKind.SAFE
    [change] = fixed(rule, before, finding)
    assert change.after == after
    assert found(rule, after) == []


TOLD = {
    "both names": (workflow(given="{packages_dir: a, packages-dir: b}"), "packages-dir"),
}


@pytest.mark.parametrize("name", TOLD)
def test_left_to_a_person(name: str) -> None:
    text, reason = TOLD[name]
    [finding] = found(rule, text)
    assert finding.fix is FixKind.MANUAL
    refusal = rule.fix(context(text), finding)
    assert isinstance(refusal, Refusal)
    assert reason in refusal.reason


QUIET = {
    "today's names": workflow(given="{packages-dir: wheels, skip-existing: true}"),
    "a version that knows only these": workflow("v1.6.4"),
    "a branch of a version that knows only these": workflow("release/v1.5"),
    "a branch that was left behind": workflow("master"),
    "a commit of which nothing is said": workflow(SHA),
    "a commit beside which a word stands": workflow(f"{SHA} # pinned"),
    "another action": workflow(name="some/uploader"),
    "a variable": workflow(given="{user: packages_dir}"),
}


@pytest.mark.parametrize("name", QUIET)
def test_left_in_peace(name: str) -> None:
    assert found(rule, QUIET[name]) == []
