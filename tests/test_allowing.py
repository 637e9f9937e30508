"""Which actions may be used: GitHub's settings and our configuration, against what stands there and what would come."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from bot.allowing import first_objection, objection, wants_commits, with_configured
from bot.config import PATH, Bump
from bot.model import AllowedActions, Change, IndexFacts
from bot.plan import Decision, decide
from bot.survey import Survey, survey
from bot.workflow import parse_uses
from tests.snapshots import PYPROJECT, snapshot

FILE = ".github/workflows/publish.yml"
TOKEN = """\
on: release
jobs:
  publish:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v7
      - run: pipx run build && pipx run twine upload dist/*
        env: {TWINE_PASSWORD: "${{ secrets.PYPI_TOKEN }}", TWINE_USERNAME: __token__}
"""
COMMIT = "3d3c42e5aac5ba805825da76410c181273ba90b1"


def repository(*allowed: AllowedActions, **files: str) -> Survey:
    texts = {"pyproject.toml": PYPROJECT, FILE: TOKEN, **files}
    return survey(replace(snapshot(texts), allowed=allowed))


def selected(*patterns: str, github: bool = False, verified: bool = False) -> AllowedActions:
    return AllowedActions(patterns=patterns, github=github, verified=verified)


PINNED = AllowedActions(commits=True)
USES: list[tuple[AllowedActions, str, bool]] = [
    (AllowedActions(), "docker/login-action@v3", True),
    (PINNED, "docker/login-action@v3", False),
    (PINNED, f"docker/login-action@{COMMIT}", True),
    (PINNED, "owner/repo/.github/workflows/called.yml@v1", True),  # only actions must be at a commit
    (selected(), "actions/checkout@v7", False),  # those of the own account alone
    (selected(), "octo-org/own-action@v1", True),
    (selected(github=True), "actions/checkout@v7", True),
    (selected(github=True), "github/codeql-action/init@v4", True),
    (selected(github=True), "githubs/codeql-action@v4", False),
    (selected(github=True), "pypa/gh-action-pypi-publish@v1.14.2", False),
    (selected("pypa/*"), "pypa/gh-action-pypi-publish@v1.14.2", True),
    (selected("PyPA/*"), "pypa/GH-action-pypi-publish@v1.14.2", True),
    # A single star stops at a slash: https://github.com/jazzband/help/issues/413
    (selected("pypa/*"), "pypa/gh-action-pypi-publish@release/v1", False),
    (selected("pypa/*@**"), "pypa/gh-action-pypi-publish@release/v1", True),
    (selected("pypa/**"), "pypa/gh-action-pypi-publish/sub/folder@v1", True),
    (selected("pypa/*"), "pypa/gh-action-pypi-publish/sub/folder@v1", False),
    (selected("pypa/gh-action-pypi-publish@v1.14.2"), "pypa/gh-action-pypi-publish@v1.14.2", True),
    (selected("pypa/gh-action-pypi-publish@v1.14.2"), "pypa/gh-action-pypi-publish@v1.14.1", False),
    (selected(f"a/b@{COMMIT}"), f"a/b@{COMMIT}", True),
    (selected("a/*", "!a/b@*"), "a/b@v1", False),
    (selected("a/*", "!a/b@v1"), "a/b@v2", True),
    (selected("!actions/cache@*", github=True), "actions/cache@v5", False),
    (selected(verified=True), "docker/login-action@v4", False),  # nobody can say
    (selected(verified=True), "actions/checkout@v6", True),  # used already
    (selected("actions/checkout@v5", verified=True), "actions/checkout@v6", False),
    (AllowedActions(patterns=("pypa/*",), configured=True), "pypa/gh-action-pypi-publish@release/v1", True),
    (AllowedActions(patterns=("pypa/*",), configured=True), "actions/checkout@v8", True),  # used already
    (AllowedActions(patterns=("pypa/*",), configured=True), "actions/cache@v5", False),
]


@pytest.mark.parametrize(("allowed", "text", "may"), USES)
def test_what_may_be_used(allowed: AllowedActions, text: str, may: bool) -> None:
    said = objection(parse_uses(text), repository(allowed))
    assert (said is None) is may, said
    assert objection(parse_uses(text), repository()) is None


def test_each_of_several_counts() -> None:
    found = with_configured(repository(selected("a/*", "b/*")), Bump(allowed=("a/*", "c/*")))
    assert objection(parse_uses("a/x@v1"), found) is None
    assert "`bump.allowed`" in (objection(parse_uses("b/x@v1"), found) or "")
    assert "the settings of this repository" in (objection(parse_uses("c/x@v1"), found) or "")
    assert not wants_commits(found)
    assert with_configured(found, Bump()) is found


def test_what_stands_there_today_is_not_spoken_of() -> None:
    found = repository(selected())
    more = TOKEN.replace("      - run:", "      - uses: actions/cache@v5\n      - run:")
    assert first_objection(found, [Change(file=FILE, before=TOKEN, after=TOKEN + "# more\n")]) is None
    assert "actions/cache@v5" in (first_objection(found, [Change(file=FILE, before=TOKEN, after=more)]) or "")
    assert first_objection(found, [Change(file=FILE, before=TOKEN, after=None)]) is None
    assert first_objection(found, [Change(file="notes.txt", before=None, after=more)]) is None


# ---------------------------------------------------------------- moves and new workflows


def decided(*allowed: AllowedActions, **files: str) -> Decision:
    found = repository(*allowed, **files)
    return decide(found.snapshot, found=found)


def test_a_move_brings_in_nothing_that_would_not_start() -> None:
    decision = decided(selected(github=True))
    assert decision.changes == ()
    [refusal] = decision.refusals
    assert refusal.rule == "token-upload"
    assert refusal.reason == (
        "the settings of this repository (Actions, General) do not allow `pypa/gh-action-pypi-publish@release/v1`; "
        "let an owner allow `pypa/gh-action-pypi-publish` there first"
    )


def test_a_move_is_made_where_all_that_it_brings_in_may_be_used() -> None:
    [change] = decided(selected("pypa/*@**", github=True)).changes
    assert change.after == decided().changes[0].after


def test_what_verified_creators_made_is_not_guessed() -> None:
    [refusal] = decided(selected(github=True, verified=True)).refusals
    assert refusal.reason.endswith("is among them cannot be told; let an owner allow it there by name")


@pytest.mark.parametrize("files", [{}, {PATH: "bump: {pins: sha}\n"}])
def test_what_a_move_inserts_is_at_a_commit_where_commits_are_wanted(files: dict[str, str]) -> None:
    [change] = decided(*([] if files else [PINNED]), **files).changes
    after = change.after or ""
    assert "actions/upload-artifact@v" not in after
    assert "pypa/gh-action-pypi-publish@dc37677b2e1c63e2034f94d8a5b11f265b73ba33 # v1.14.2" in after.replace(
        "  #", " #"
    )


@pytest.mark.parametrize("ref", ["v1.4.2", "master"])
def test_a_dead_version_that_a_move_raises_is_at_a_commit_too(ref: str) -> None:
    old = f"""\
on: release
jobs:
  publish:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@{COMMIT} # v7.0.1
      - uses: pypa/gh-action-pypi-publish@{ref}
        with: {{password: "${{{{ secrets.PYPI_TOKEN }}}}"}}
"""
    for allowed, more in (((PINNED,), {}), ((), {PATH: "bump: {pins: sha}\n"})):
        [change] = decided(*allowed, **{FILE: old, **more}).changes
        assert "gh-action-pypi-publish@dc37677b2e1c63e2034f94d8a5b11f265b73ba33" in (change.after or "")


def test_a_move_follows_the_files_own_style_where_nobody_said() -> None:
    [change] = decided().changes
    assert "actions/upload-artifact@v7" in (change.after or "")
    pinned = TOKEN.replace("@v7", f"@{COMMIT} # v7.0.1")
    [change] = decided(**{FILE: pinned}).changes
    assert "actions/upload-artifact@v7" not in (change.after or "")


def test_a_new_workflow_is_not_offered_where_it_would_not_start() -> None:
    texts = {"pyproject.toml": PYPROJECT}
    free = (IndexFacts(name="spoon-knife", exists=False),)
    for said, made in ((selected(github=True), 0), (selected("pypa/*", github=True), 1), (PINNED, 1)):
        decision = decide(replace(snapshot(texts), allowed=(said,)), index=free)
        assert (len(decision.changes), len(decision.refusals)) == (made, 1 - made), said


def test_the_configuration_says_it_where_github_may_not_be_asked() -> None:
    [refusal] = decided(**{PATH: "bump: {allowed: ['actions/*']}\n"}).refusals
    assert refusal.reason.startswith("`bump.allowed` in the configuration does not allow `pypa/gh-action-pypi-publish")
