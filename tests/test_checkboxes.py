"""Checkboxes in our bodies: what was ticked, and nothing else."""

from __future__ import annotations

import pytest

from bot.messages.checkboxes import Box, checkbox, ticked, unticked


@pytest.mark.parametrize("box", Box)
def test_a_box_is_read_back(box: Box) -> None:
    body = f"Words.\r\n\n{checkbox(box, 'Do it')}\r\n"
    assert ticked(body) == frozenset()
    assert ticked(body.replace("[ ]", "[x]")) == {box}
    assert unticked(body.replace("[ ]", "[X]"), [box]) == body


@pytest.mark.parametrize(
    "line",
    [
        "- [x] Rebase",
        "- [x] <!-- pubflow:launch --> Launch",
        "- [x] <!-- other:rebase --> Rebase",
        "x [x] <!-- pubflow:rebase --> Rebase",
        "- [y] <!-- pubflow:rebase --> Rebase",
        "- [x] rebase <!-- pubflow:rebase -->",
        "<!-- pubflow:rebase -->",
    ],
)
def test_what_is_no_box_of_ours_asks_for_nothing(line: str) -> None:
    assert ticked(line) == frozenset()
    assert unticked(line, list(Box)) == line


def test_the_boxes_that_were_not_named_stay_ticked() -> None:
    both = f"{checkbox(Box.REBASE, 'a', ticked=True)}\n{checkbox(Box.REGISTERED, 'b', ticked=True)}\n"
    assert ticked(unticked(both, [Box.REBASE])) == {Box.REGISTERED}
