"""A run that never began is explained by its file, or not at all."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from bot.diagnosis import UNSTARTED
from bot.model import AllowedActions
from bot.survey import survey
from bot.unstarted import why
from tests.snapshots import PUBLISHES, snapshot

PATH = ".github/workflows/release.yml"
CALLED = PUBLISHES.replace("on: release", "on: workflow_call")
CALLS = "on: release\njobs:\n  go:\n    uses: ./.github/workflows/called.yml\n"
GRANTS = CALLS + "    permissions:\n      id-token: write\n"
ELSEWHERE = CALLS.replace("./.github/workflows/called.yml", "a/b/.github/workflows/called.yml@v1")
GITHUB = AllowedActions(patterns=(), github=True)
MINE = AllowedActions(patterns=(), configured=True)
PINNED = AllowedActions(patterns=None, commits=True)
MAYBE = AllowedActions(patterns=(), github=True, verified=True)
LOST = "on: release\njobs:\n  go:\n    runs-on: x\n    steps:\n      - uses: nobody/known@v1\n"
REASONS: dict[str, tuple[str, AllowedActions | None, tuple[str, str] | None]] = {
    "a tab": ("on: release\njobs:\n\tpublish: {}\n", None, ("unreadable-workflow", "line 3")),
    "its caller may not ask for what it asks for": (CALLS, None, ("identity-not-granted", "go")),
    "its caller may": (GRANTS, None, None),
    "another's workflow is not seen": (ELSEWHERE, None, None),
    "an action of somebody's": (PUBLISHES, GITHUB, ("action-not-allowed", "pypa/gh-action-pypi-publish@release/v1")),
    "no commit": (PUBLISHES, PINNED, ("action-not-allowed", "actions/checkout@v7")),
    "what only the configuration forbids starts": (PUBLISHES, MINE, None),
    "a creator of whom nobody knows": (LOST, MAYBE, None),
    "nothing wrong": (PUBLISHES, None, None),
}


@pytest.mark.parametrize("name", REASONS)
def test_why(name: str) -> None:
    text, allowed, expected = REASONS[name]
    read = snapshot({PATH: text, ".github/workflows/called.yml": CALLED})
    found = survey(replace(read, allowed=() if allowed is None else (allowed,)))
    said = why(found, PATH)
    assert (None if said is None else (said.ailment.id, said.about)) == expected


def test_a_file_that_is_not_there_explains_nothing() -> None:
    assert why(survey(snapshot({})), PATH) is None


def test_no_log_is_taken_for_a_run_that_never_began() -> None:
    assert not any(ailment.pattern.search("id-token: write") for ailment in UNSTARTED)
