"""Comments beside commits that name another version than the commit is."""

from __future__ import annotations

import re

import pytest

from tests.complaints.raising import OLD, TODAY, WORKFLOW, raised, version_of


@pytest.mark.parametrize("comment", ["v4.1.1", "v4", "4.1.1", "tag=v4.1.1", "ratchet:actions/checkout@v4.1.1"])
def test_a_commit_that_is_raised_takes_its_comment_along(comment: str) -> None:
    after = raised(WORKFLOW.format(ref=f"{OLD} # {comment}"))
    found = re.search(r"actions/checkout@(\w{40}) # (.*)", after)
    assert found is not None
    said = re.search(r"v?(\d+(?:\.\d+)*)", found[2].rpartition("@")[2])
    assert said is not None
    assert version_of("actions/checkout", found[1]).startswith(said[1]), "the comment says what the commit is"


def test_a_comment_that_lies_already_is_set_right() -> None:
    after = raised(WORKFLOW.format(ref=f"{TODAY} # v1.0.0"))
    assert f"@{TODAY} # v{version_of('actions/checkout', TODAY)}" in after


def test_what_else_a_comment_says_stays() -> None:
    after = raised(WORKFLOW.format(ref=f"{OLD} # v4.1.1 pinned after the incident"))
    assert "pinned after the incident" in after


def test_a_comment_that_is_true_is_left_alone() -> None:
    text = WORKFLOW.format(ref=f"{TODAY} # v{version_of('actions/checkout', TODAY)}")
    assert raised(text) == text
