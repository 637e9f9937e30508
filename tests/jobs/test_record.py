"""What the dashboard keeps of a scan: bounded, and one word for where a repository stands."""

from __future__ import annotations

import json

import pytest

from bot.jobs.record import CUT, LONGEST_DIFF, record
from bot.model import Done, InstallationId
from bot.plan import decide
from bot.store.reports import Kind, Scanned
from tests.snapshots import snapshot

PROJECT = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "tool"\n'
CLEAN = """\
on: {release: {types: [published]}}
jobs:
  pypi:
    runs-on: ubuntu-latest
    permissions: {id-token: write}
    steps:
      - uses: actions/checkout@v4
      - uses: actions/checkout@v4
      - uses: pypa/gh-action-pypi-publish@dc37677b2e1c63e2034f94d8a5b11f265b73ba33 # v1.14.2
"""


def recorded(files: dict[str, str]) -> Scanned:
    read = snapshot(files)
    return record(InstallationId(7), read, decide(read), Done(summary="done"), 1.0)


@pytest.mark.parametrize(
    ("files", "kind"),
    [
        ({"pyproject.toml": PROJECT, ".github/workflows/release.yml": CLEAN}, Kind.TRUSTED),
        ({"pyproject.toml": PROJECT}, Kind.REFUSED),  # nobody was asked who owns the name
        ({"README.md": "nothing"}, Kind.ASIDE),
    ],
)
def test_one_word_says_where_a_repository_stands(files: dict[str, str], kind: Kind) -> None:
    assert recorded(files).kind is kind


def test_uses_are_counted_with_the_version_beside_them() -> None:
    uses = recorded({"pyproject.toml": PROJECT, ".github/workflows/release.yml": CLEAN}).uses
    assert [(use.action, use.ref[:4], use.version, use.places) for use in uses] == [
        ("actions/checkout", "v4", "", 2),
        ("pypa/gh-action-pypi-publish", "dc37", "v1.14.2", 1),
    ]


def test_a_long_diff_is_cut_where_it_is_said() -> None:
    long = CLEAN.replace("permissions: {id-token: write}", "permissions: write-all") + "# x\n" * LONGEST_DIFF
    report = json.loads(recorded({"pyproject.toml": PROJECT + "# y\n" * 9, ".github/workflows/r.yml": long}).report)
    assert all(len(change["diff"]) <= LONGEST_DIFF + len(CUT) for change in report["changes"])
