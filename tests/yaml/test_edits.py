"""The only code that changes a text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refused
from bot.yaml.edits import Edit, apply


@given(
    st.text(max_size=20), st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), st.text(max_size=3)), max_size=4)
)
def test_nothing_outside_the_edits_changes(text: str, drawn: list[tuple[int, int, str]]) -> None:
    edits = [Edit(min(a, b), max(a, b), new) for a, b, new in drawn if max(a, b) <= len(text)]
    try:
        result = apply(text, edits)
    except Refused:
        ordered = sorted(edits, key=lambda edit: (edit.start, edit.end))
        assert any(one.end > other.start for one, other in pairwise(ordered))
        return
    assert len(result) == len(text) + sum(len(edit.new) - (edit.end - edit.start) for edit in edits)
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end), reverse=True):
        text = text[: edit.start] + edit.new + text[edit.end :] if edit.start < edit.end else text
    kept = [edit for edit in edits if edit.start == edit.end]
    assert kept or result == text


def test_insertions_at_one_place_keep_their_order() -> None:
    assert apply("ad", [Edit(1, 1, "b"), Edit(1, 1, "c"), Edit(1, 2, "D")]) == "abcD"


@pytest.mark.parametrize(
    "edits",
    [
        [Edit(0, 3, "x"), Edit(2, 4, "y")],
        [Edit(0, 3, ""), Edit(1, 1, "y")],
        [Edit(1, 2, ""), Edit(1, 2, "")],
        [Edit(0, 4, "x"), Edit(1, 2, "y")],
    ],
)
def test_overlapping_edits_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(Refused, match="the same characters"):
        apply("abcd", edits)
