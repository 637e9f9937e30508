"""A bump that breaks the release: the id of a tag in place of a commit's, one half of a pair, a name used twice."""

from __future__ import annotations

import re

import pytest

from bot.bumping.snapshot import catalogue, shipped
from tests.complaints.raising import NOW, WORKFLOW, decided, raised

PAIR = """\
on: release
jobs:
  build:
    runs-on: ubuntu-latest
    strategy:
      matrix: {{os: [a, b]}}
    steps:
      - uses: actions/checkout@v7
      - uses: actions/upload-artifact@{up}
        with: {{name: dist, path: dist/}}
  publish:
    needs: build
    runs-on: ubuntu-latest
    environment: pypi
    permissions: {{id-token: write}}
    steps:
      - uses: actions/download-artifact@{down}
        with: {{name: dist, path: dist/}}
      - uses: pypa/gh-action-pypi-publish@release/v1
"""
_MAJOR = re.compile(r"actions/(upload|download)-artifact@v(\d+)")


def majors(text: str) -> dict[str, int]:
    return {kind: int(number) for kind, number in _MAJOR.findall(text)}


def test_both_halves_of_a_pair_are_raised_and_no_name_is_used_twice() -> None:
    before = PAIR.format(up="v3", down="v3")
    after = raised(before)
    assert min(majors(after).values()) >= 4
    assert '"dist-${{ strategy.job-index }}"' in after, "each leg of the matrix has a name of its own"
    assert "pattern: dist-*" in after
    assert "merge-multiple: true" in after


def test_one_half_alone_is_never_raised_over_the_gap() -> None:
    for settings in ("bump: {ignore: [actions/download-artifact]}", "bump: {ignore: [actions/upload-artifact]}"):
        before = PAIR.format(up="v3", down="v3")
        assert raised(before, settings) == before
        assert decided(before, settings).refusals, "and it is said why"


@pytest.mark.parametrize("action", ["pypa/gh-action-pypi-publish", "actions/checkout", "actions/setup-python"])
def test_a_pin_is_a_commit_and_never_the_id_of_a_tag(action: str) -> None:
    text = WORKFLOW.format(ref="v4").replace("pypa/gh-action-pypi-publish@release/v1", f"{action}@v1.8.14")
    pinned = re.findall(r"@([0-9a-f]{40})", raised(text, "bump: {pins: sha}"))
    known = {
        tag.commit
        for name in ("pypa/gh-action-pypi-publish", "actions/checkout", "actions/setup-python")
        for tag in catalogue(shipped(), [name], NOW).actions[name].tags
    }
    assert set(pinned) <= known
