"""Fixes that eat comments, CRLF, the final newline, anchors: what a fix does not need stays, byte for byte."""

from __future__ import annotations

import difflib

import pytest

from bot.plan import decide
from tests.snapshots import PYPROJECT, snapshot

FILE = ".github/workflows/release.yml"
WORKFLOW = """\
# Made by hand; do not reformat.  ünïcödé 🎉
name:   "Release"   # three blanks

on: {release: {types: [ published ]}}

env: &shared
  'A': "1"        # aligned
  B:  >-
    folded
    text

jobs:

  test:
    runs-on: ubuntu-latest
    env: *shared
    steps: [ {run: "pytest"} ]   # a sole member in brackets

  publish:
    needs: test
    runs-on: ubuntu-latest
    environment: pypi
    env: *shared
    steps:
    - uses: actions/download-artifact@v4   # not indented
      with: {name: dist, path: dist/}
    - uses: pypa/gh-action-pypi-publish@release/v1
      with:
        # the token is the team's
        password: ${{ secrets.PYPI_TOKEN }}
        skip-existing: true   # keep me
# the end"""
NEEDLESS = {"        # the token is the team's", "        password: ${{ secrets.PYPI_TOKEN }}"}
"""What goes: the credential, and the remark about it."""

LINES = {"LF": "\n", "CRLF": "\r\n"}
ENDS = {"no final newline": "", "a final newline": "\n", "blank lines at the end": "\n\n\n"}


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["no mark", "byte order mark"])
def test_everything_that_a_move_does_not_need_stays_as_it_is(line: str, end: str, mark: str) -> None:
    before = mark + (WORKFLOW + ENDS[end]).replace("\n", LINES[line])
    [plan] = decide(snapshot({"pyproject.toml": PYPROJECT, FILE: before})).plans
    [change] = plan.changes
    after = change.after
    assert after is not None
    assert after.startswith(mark)
    assert after.endswith("# the end" + ENDS[end].replace("\n", LINES[line]))
    assert after.count("\r\n") == (after.count("\n") if line == "CRLF" else 0)
    gone = [each[2:] for each in difflib.ndiff(_lines(before), _lines(after)) if each.startswith("- ")]
    assert set(gone) <= NEEDLESS
    assert "password" not in after


def _lines(text: str) -> list[str]:
    return text.lstrip("\ufeff").replace("\r\n", "\n").split("\n")


def test_where_that_cannot_be_proved_nothing_is_changed() -> None:
    """An anchor that goes would break its aliases: a sentence, and no edit."""
    shared = WORKFLOW.replace("      with:\n        # the", "      with: &inputs\n        # the")
    used = shared.replace(
        "# the end", "  other:\n    runs-on: ubuntu-latest\n    env: *inputs\n    steps: [{run: x}]\n"
    )
    decision = decide(snapshot({"pyproject.toml": PYPROJECT, FILE: used}))
    assert decision.plans == () or all("*inputs" in (change.after or "") for change in decision.changes)
    assert decision.plans or decision.refusals
