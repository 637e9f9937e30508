"""Versions, ranges, comments, and the names of other bots' branches, as tables."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from bot.bumping.comments import Comment
from bot.bumping.policy import policy_for
from bot.bumping.ranges import in_range
from bot.bumping.surroundings import manager, raised_elsewhere
from bot.bumping.templates import expand, is_unique_per_leg
from bot.bumping.versions import Version, read_version
from bot.config import ActionRules, Bump
from bot.workflow import read_workflow
from bot.yaml import parse
from tests.snapshots import snapshot


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("v4", Version((4,))),
        ("4.1", Version((4, 1), "")),
        ("v1.2.3.4", Version((1, 2, 3, 4))),
        ("v4-beta", None),
        ("release/v1", None),
        ("v3.1.0-node20", None),
        ("", None),
        ("v", None),
        ("1.2.3.4.5", None),
        ("v99999999", None),
    ],
)
def test_versions(text: str, version: Version | None) -> None:
    assert read_version(text) == version


@pytest.mark.parametrize(
    ("text", "version", "holds"),
    [
        ("< 4.1.3", "4.1.2", True),
        ("< 4.1.3", "4.1.3", False),
        (">= 2.0, < 2.3.1", "2.3.0", True),
        (">= 2.0, < 2.3.1", "1.9.9", False),
        ("<= 4", "4.9.9", True),
        ("> 4", "4.0.1", False),
        ("= 7.0.0", "7.0.0", True),
        ("7", "7.1.0", True),
        ("", "1.0.0", False),
        ("newer", "1.0.0", False),
        ("< 4 || > 5", "3.0.0", False),
    ],
)
def test_ranges(text: str, version: str, holds: bool) -> None:
    read = read_version(version)
    assert read is not None
    assert in_range(read, text) is holds


def test_what_maintainers_allow() -> None:
    bump = Bump(ignore=("docker/*@>=4", "actions/cache"), actions={"actions/*": ActionRules(stay="v6")})
    assert policy_for("docker/login-action", bump).allows(Version((3, 9, 0)))
    assert not policy_for("docker/login-action", bump).allows(Version((4, 0, 0)))
    assert policy_for("actions/checkout", bump).allows(Version((6, 1, 0)))
    assert not policy_for("actions/checkout", bump).allows(Version((7, 0, 0)))
    assert policy_for("actions/cache", bump).ignored
    assert not policy_for("docker/login-action", bump).ignored


@pytest.mark.parametrize(
    ("text", "names", "after"),
    [
        ("# v4.1.2", "v4.1.2", "# v7.0.1"),
        ("#v4.1.2", "v4.1.2", "#v7.0.1"),
        ("# 4.1.2", "4.1.2", "# 7.0.1"),
        ("# tag=v4", "v4", "# tag=v7.0.1"),
        ("# actions/checkout@v4.1", "v4.1", "# actions/checkout@v7.0.1"),
        ("# v4.1.2, see SECURITY.md", "v4.1.2", "# v7.0.1, see SECURITY.md"),
        ("# 4", "4", "# 7.0.1"),
        ("# needs node 20", None, "# v7.0.1 needs node 20"),
        ("# for python 3.12", None, "# v7.0.1 for python 3.12"),
        ("# v5.0.0-beta.1", None, "# v7.0.1"),
        ("# main", None, "# v7.0.1"),
        ("# yamllint disable-line rule:line-length", None, "# yamllint disable-line rule:line-length"),
        ("# noqa", None, "# noqa"),
        ("#", None, "# v7.0.1"),
    ],
)
def test_comments(text: str, names: str | None, after: str) -> None:
    comment = Comment(text)
    assert (str(comment.version) if comment.version else None) == names
    assert comment.naming("v7.0.1") == after


BRANCHES = {
    "dependabot/github_actions/actions/checkout-7": "actions/checkout",
    "dependabot/github_actions/pypa/gh-action-pypi-publish-1.14.2": "pypa/gh-action-pypi-publish",
    "renovate/actions-checkout-7.x": "actions/checkout",
    "renovate/pypa-gh-action-pypi-publish-digest": "pypa/gh-action-pypi-publish",
}


@pytest.mark.parametrize("branch", BRANCHES)
def test_branches_of_other_bots(branch: str) -> None:
    shot = replace(snapshot({}), bot_branches=(branch,))
    assert raised_elsewhere(shot, BRANCHES[branch]) == branch
    assert raised_elsewhere(shot, "actions/cache") is None
    assert raised_elsewhere(shot, "actions/check") is None


@pytest.mark.parametrize(
    ("file", "text", "bot"),
    [
        (".github/dependabot.yml", "updates:\n  - package-ecosystem: 'github-actions'\n", "Dependabot"),
        (".github/dependabot.yaml", "updates: [{package-ecosystem: github-actions}]\n", "Dependabot"),
        (".github/dependabot.yml", "# github-actions\nupdates: [{package-ecosystem: pip}]\n", None),
        (".github/dependabot.yml", "github-actions: [\n", None),
        (".github/dependabot.yml", "updates: github-actions\n", None),
        ("renovate.json", "{}", "Renovate"),
        (".renovaterc", "{enabledManagers: ['github-actions', 'pep621']}", "Renovate"),
        ("renovate.json5", "{enabledManagers: ['pep621']}", None),
        (".github/renovate.json", '{"github-actions": {"enabled": false}}', None),
        ("renovate.json", '{\n  "enabled": false\n}', None),
    ],
)
def test_who_is_told_to_raise_actions(file: str, text: str, bot: str | None) -> None:
    found = manager(snapshot({file: text}))
    assert (found[0] if found is not None else None) == bot


JOB = "jobs:\n  a:\n    strategy: {{matrix: {matrix}}}\n    steps: []\n"


@pytest.mark.parametrize(
    ("template", "matrix", "names", "unique"),
    [
        ("dist", "{os: [a, b]}", {"dist"}, False),
        ("d-${{ matrix.os }}", "{os: [a, b]}", {"d-a", "d-b"}, True),
        ("d-${{matrix.os}}", "{os: [a, b], py: [1, 2]}", {"d-a", "d-b"}, False),
        ("d-${{ matrix.os }}-${{ matrix.py }}", "{os: [a], py: [1, 2]}", {"d-a-1", "d-a-2"}, True),
        ("d-${{ matrix.cfg.os }}", "{cfg: [{os: a}, {os: b}]}", {"d-a", "d-b"}, True),
        ("d-${{ matrix.cfg.os }}", "{cfg: [{os: a, py: 1}, {os: a, py: 2}]}", {"d-a"}, False),
        ("d-${{ matrix.os }}", "{include: [{os: a}, {os: b}]}", {"d-a", "d-b"}, True),
        ("d-${{ matrix.os }}", "{include: [{os: a, py: 1}, {os: a, py: 2}]}", {"d-a"}, False),
        ("d-${{ strategy.job-index }}", "{os: [a, b]}", None, True),
        ("d-${{ matrix.os }}", "'${{ fromJSON(x) }}'", None, False),
        ("d-${{ inputs.name }}", "{os: [a]}", None, True),
        ("d-${{ env.X }}", "{os: [a, b]}", None, False),
    ],
)
def test_names_of_artifacts(template: str, matrix: str, names: set[str] | None, unique: bool) -> None:
    job = read_workflow("w.yml", parse(JOB.format(matrix=matrix))).jobs["a"]
    found = expand(template, job)
    assert (None if found is None else set(found)) == names
    assert is_unique_per_leg(template, job) is unique
