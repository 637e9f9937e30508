"""Rewriting how somebody pins: tags into commits, a major into an exact version, a branch into anything."""

from __future__ import annotations

import re

import pytest

from tests.complaints.raising import OLD, WORKFLOW, raised

STYLES = {
    "v4": r"v\d+",
    "v4.2.2": r"v\d+\.\d+\.\d+",
    OLD: r"[0-9a-f]{40} +# v\d+\.\d+\.\d+",  # a commit says nothing to people: its version stands beside it
    f"{OLD} # v4.2.2": r"[0-9a-f]{40} # v\d+\.\d+\.\d+",
    f"{OLD} # v4": r"[0-9a-f]{40} # v\d+",
    "main": "main",
}


@pytest.mark.parametrize("ref", STYLES)
def test_it_is_written_the_way_it_was(ref: str) -> None:
    after = raised(WORKFLOW.format(ref=ref))
    found = re.search(r"actions/checkout@(.*)", after)
    assert found is not None
    assert re.fullmatch(STYLES[ref], found[1]), found[1]


def test_what_is_new_enough_is_not_touched_for_its_style() -> None:
    text = WORKFLOW.format(ref="v7")
    assert raised(text) == text


def test_only_who_asks_for_commits_gets_them() -> None:
    found = re.search(r"actions/checkout@(.*)", raised(WORKFLOW.format(ref="v4"), "bump: {pins: sha}"))
    assert found is not None
    assert re.fullmatch(r"[0-9a-f]{40} +# v\d+\.\d+\.\d+", found[1])
