"""Every case of `cases/`: exact text, doing it twice, other line ends, and nothing changed beside what was meant.

`UPDATE_CASES=1` rewrites the answers; read that diff as a pull request.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.bumping.archive import Case, answer, read_case, write_case

CASES = {path.stem: read_case(path) for path in sorted((Path(__file__).parent / "cases").glob("*.txtar"))}
EACH = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
CHANGED = pytest.mark.parametrize(
    "case", [case for case in CASES.values() if case.after], ids=[name for name, case in CASES.items() if case.after]
)


@EACH
def test_the_text_is_exactly_this(case: Case) -> None:
    after, said = answer(case)
    if os.environ.get("UPDATE_CASES"):
        write_case(case, after, said)
        return
    assert (dict(after), said) == (dict(case.after), case.said), case.sentence


def test_two_in_five_cases_leave_something_as_it_is() -> None:
    kept = [case for case in CASES.values() if not case.after or case.said]
    assert len(kept) * 5 >= len(CASES) * 2


@CHANGED
def test_a_second_run_changes_nothing(case: Case) -> None:
    after, _ = answer(case, {**case.before, **case.after})
    assert after == {}


@CHANGED
def test_line_ends_of_windows_stay(case: Case) -> None:
    windows = {name: text.replace("\r\n", "\n").replace("\n", "\r\n") for name, text in case.before.items()}
    after, _ = answer(case, windows)
    assert after == {name: text.replace("\r\n", "\n").replace("\n", "\r\n") for name, text in case.after.items()}


@CHANGED
def test_a_byte_order_mark_and_accents_move_nothing(case: Case) -> None:
    head = "\ufeff# Größe 🐍 名前\n"
    marked = {name: head + text if name.endswith(".yml") else text for name, text in case.before.items()}
    after, _ = answer(case, marked)
    assert after == {name: head + text for name, text in case.after.items()}


@CHANGED
def test_lines_that_name_no_action_stay_unless_a_codemod_says_so(case: Case) -> None:
    for name, text in case.after.items():
        gone = set(case.before[name].splitlines()) - set(text.splitlines())
        assert all("uses:" in line or _is_input(line) for line in gone), gone


def _is_input(line: str) -> bool:
    return line.strip().startswith(("name:", "path:", "python", "- python", "pip-install", "pyproject-file"))


def test_every_case_is_told_by_a_sentence() -> None:
    assert [name for name, case in CASES.items() if not case.sentence.endswith(".")] == []
