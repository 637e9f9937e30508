"""Spoiled workflows: a move never raises, and what it gives back rests when it is done twice."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from bot.moving import Moved, move
from bot.moving.jobs import runners
from tests.moving.archive import WORKFLOW, surveyed
from tests.moving.test_moving_cases import CASES

ROUNDS = 6
ENDS = (" # x", " &a", " && true", ": {}", " |", ' "', " \\", " 🎉", " || true", " ${{")


def lose(lines: list[str], at: int, _: Random) -> None:
    del lines[at]


def repeat(lines: list[str], at: int, random: Random) -> None:
    lines.insert(at, lines[random.randrange(len(lines))])


def indent(lines: list[str], at: int, _: Random) -> None:
    lines[at] = lines[at].replace(" ", "  ", 1)


def lengthen(lines: list[str], at: int, random: Random) -> None:
    lines[at] = lines[at].rstrip("\n") + random.choice(ENDS) + "\n"


def swap(lines: list[str], at: int, random: Random) -> None:
    other = random.randrange(len(lines))
    lines[at], lines[other] = lines[other], lines[at]


def misspell(lines: list[str], at: int, _: Random) -> None:
    for old, new in (("run:", "uses:"), ("name:", "id:"), ("write", "many"), ("- ", ""), ("with:", "env:")):
        lines[at] = lines[at].replace(old, new)


SPOILS: tuple[Callable[[list[str], int, Random], None], ...] = (lose, repeat, indent, lengthen, swap, misspell)


@pytest.mark.parametrize("name", CASES)
def test_a_spoiled_workflow_is_moved_once_or_not_at_all(name: str) -> None:
    case, random = CASES[name], Random(name)
    for _ in range(ROUNDS):
        lines = case.before.splitlines(keepends=True)
        for _ in range(random.randint(1, 3)):
            if lines:
                random.choice(SPOILS)(lines, random.randrange(len(lines)), random)
        result = move(surveyed("".join(lines), case.files), WORKFLOW)
        if isinstance(result, Moved):
            assert result.change.after is not None
            assert not isinstance(move(surveyed(result.change.after, case.files), WORKFLOW), Moved)


def test_a_workflow_that_is_not_there() -> None:
    assert move(surveyed("on: push\njobs: {}\n"), ".github/workflows/other.yml") == ()


def test_a_label_that_stands_for_a_matrix_counts_once() -> None:
    strategy = "strategy: {matrix: {os: [ubuntu-latest, windows-latest]}}"
    labels = ", ".join(["self-hosted", *["'${{ matrix.os }}'"] * 1000])
    found = surveyed(f"on: push\njobs:\n  publish:\n    {strategy}\n    runs-on: [{labels}]\n    steps: []\n")
    assert runners(found.workflows[WORKFLOW].jobs["publish"]) == ("self-hosted", "ubuntu-latest", "windows-latest")


LONG = "9" * 5000
"""Python refuses to make a number of so many digits."""
NUMBERS: dict[str, tuple[str, str]] = {
    "of a maturin": ("run: pip install maturin==" + LONG, "run: maturin upload dist/*"),
    "of a maturin by its address": (f"run: pip install maturin@{LONG}.{LONG}", "run: maturin upload dist/*"),
    "of a twine": (f"run: pip install twine=={LONG}", "run: twine upload dist/*"),
    "of a twine by pipx": ("run: pipx run build", f"run: pipx run twine=={LONG} upload dist/*"),
    "of a Python": (
        f"uses: actions/setup-python@v5\n        with: {{python-version: '{LONG}.{LONG}'}}",
        "run: twine upload dist/*",
    ),
    "of an action": ("run: pipx run build", f"uses: pypa/gh-action-pypi-publish@v{LONG}.{LONG}"),
    "of semantic-release": ("run: pipx run build", f"uses: relekang/python-semantic-release@v{LONG}"),
}


@pytest.mark.parametrize("what", NUMBERS)
def test_a_number_without_end_raises_nothing(what: str) -> None:
    before, upload = NUMBERS[what]
    given = "with: {password: '${{ secrets.PYPI_TOKEN }}', pypi_token: '${{ secrets.PYPI_TOKEN }}'}"
    if upload.startswith("run:"):
        given = "env: {TWINE_PASSWORD: '${{ secrets.PYPI_TOKEN }}', MATURIN_PASSWORD: '${{ secrets.PYPI_TOKEN }}'}"
    steps = f"    steps:\n      - {before}\n      - {upload}\n        {given}\n"
    text = f"on: push\njobs:\n  publish:\n    runs-on: ubuntu-latest\n    container: python:{LONG}.{LONG}\n{steps}"
    found = surveyed(text)
    move(found, WORKFLOW)
    move(surveyed(text.replace(f"    container: python:{LONG}.{LONG}\n", "")), WORKFLOW)
    assert found.workflows
