"""Every case of `cases/`: exact text, doing it twice, other line ends, and nothing changed beside the moved jobs.

`UPDATE_CASES=1` rewrites the answers; read that diff as a pull request.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.moving import Moved, is_token_upload, move
from bot.survey import Survey
from tests.moving.archive import WORKFLOW, Case, read_case, surveyed, write_case

CASES = {path.stem: read_case(path) for path in sorted((Path(__file__).parent / "cases").glob("*.txtar"))}
EACH = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
MOVED = pytest.mark.parametrize(
    "case", [case for case in CASES.values() if case.after], ids=[name for name, case in CASES.items() if case.after]
)


def answer(found: Survey) -> tuple[str | None, str]:
    """(text after, reasons a line each) of the moves of the workflow."""
    result = move(found, WORKFLOW)
    after = result.change.after if isinstance(result, Moved) else None
    refusals = result.refusals if isinstance(result, Moved) else result
    return after, "".join(f"line {each.line}: {each.reason}\n" for each in refusals)


def lines_of(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


@EACH
def test_the_text_is_exactly_this(case: Case) -> None:
    after, refused = answer(surveyed(case.before, case.files))
    if os.environ.get("UPDATE_CASES"):
        write_case(case, after, refused)
        return
    assert (after, refused) == (case.after, case.refused), case.sentence


def test_two_in_five_cases_leave_something_as_it_is() -> None:
    kept = [case for case in CASES.values() if case.after is None or case.refused]
    assert len(kept) * 5 >= len(CASES) * 2


@MOVED
def test_a_second_run_finds_nothing_to_do(case: Case) -> None:
    assert case.after is not None
    again = surveyed(case.after, case.files)
    after, refused = answer(again)
    assert after is None
    assert refused.count("\n") == case.refused.count("\n")
    assert len([each for each in again.publishers if is_token_upload(each)]) == case.refused.count("\n")


@MOVED
def test_line_ends_of_windows_stay(case: Case) -> None:
    assert case.after is not None
    after, _ = answer(surveyed(case.before.replace("\n", "\r\n"), case.files))
    assert after == case.after.replace("\n", "\r\n")


@MOVED
def test_a_missing_last_line_end_is_not_made_up_for(case: Case) -> None:
    assert case.after is not None
    after, _ = answer(surveyed(case.before.rstrip("\n"), case.files))
    assert after is not None
    # A script that ended without a line break still does (the engine says so with `|-`), and blank lines do not matter.
    assert lines_of(after.replace("|-\n", "|\n")) == lines_of(case.after)


@MOVED
def test_a_byte_order_mark_and_accents_move_nothing(case: Case) -> None:
    assert case.after is not None
    head = "\ufeff# Größe 🐍 名前\n"
    after, _ = answer(surveyed(head + case.before, case.files))
    assert after == head + case.after


@MOVED
def test_jobs_that_were_not_moved_keep_every_byte(case: Case) -> None:
    assert case.after is not None
    before, after = surveyed(case.before, case.files), surveyed(case.after, case.files)
    old, new = before.workflows[WORKFLOW], after.workflows[WORKFLOW]
    moved = {each.job for each in before.publishers if is_token_upload(each)}
    for key, job in old.jobs.items():
        if key in moved:
            assert new.jobs[key].condition is not None or job.condition is None
            continue
        text = old.document.text[job.node.start : job.node.end]
        assert new.document.text[new.jobs[key].node.start : new.jobs[key].node.end] == text


def test_every_case_is_told_by_a_sentence() -> None:
    assert [name for name, case in CASES.items() if not case.sentence.endswith(".")] == []
