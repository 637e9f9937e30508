"""The judge of the page `docs/bumps.md`: it sees what is wrong, and shares nothing with pubflow."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
OLD, NEW, OBJECT = "a" * 40, "b" * 40, "c" * 40
HEAD = "on: release\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n"
MATRIX = HEAD.replace(
    "    steps:", "    strategy:\n      matrix:\n        os: [ubuntu-latest, macos-latest]\n    steps:"
)


@pytest.fixture(scope="module")
def judge() -> ModuleType:
    sys.path.insert(0, str(DOCS))
    try:
        return importlib.import_module("bumps_judge")
    finally:
        sys.path.remove(str(DOCS))


def known(judge: ModuleType) -> dict[str, object]:
    facts = sys.modules["bumps_facts"].Facts
    tags = {"v3": OLD, "v3.1.0": OLD, "v4": NEW, "v4.4.0": NEW}
    artifacts = {3: frozenset({"name", "path"}), 4: frozenset({"name", "path", "include-hidden-files"})}
    common = {"tags": tags, "objects": frozenset({OBJECT}), "branches": frozenset({"main"})}
    names = (judge.UPLOAD, judge.DOWNLOAD, judge.PUBLISH, "pypa/cibuildwheel", "actions/setup-python")
    found = {name: facts(**common, inputs=artifacts) for name in names}
    found["actions/cache"] = facts(**common, inputs={3: frozenset({"path", "old"}), 4: frozenset({"path"})})
    return found


def step(action: str, *inputs: str, comment: str = "") -> str:
    given = "        with:\n" + "".join(f"          {one}\n" for one in inputs) if inputs else ""
    return f"      - uses: {action}{comment}\n{given}"


CACHE, PYTHON = "actions/cache", "actions/setup-python"
UP, DOWN = "actions/upload-artifact", "actions/download-artifact"
CASES: dict[str, tuple[str, str, dict[str, int]]] = {
    "raised": (step(f"{CACHE}@v3"), step(f"{CACHE}@v4"), {"wanted": 1, "right": 1}),
    "left": (step(f"{CACHE}@v3"), step(f"{CACHE}@v3"), {"wanted": 1}),
    "new already": (step(f"{CACHE}@v4"), step(f"{CACHE}@v4"), {}),
    "a branch": (step(f"{CACHE}@main"), step(f"{CACHE}@main"), {}),
    "another style": (step(f"{CACHE}@v3"), step(f"{CACHE}@{NEW}"), {"wanted": 1, "style_changed": 1}),
    "an exact one for a moving one": (step(f"{CACHE}@v3"), step(f"{CACHE}@v4.4.0"), {"wanted": 1, "style_changed": 1}),
    "nowhere": (step(f"{CACHE}@v3"), step(f"{CACHE}@v9"), {"wanted": 1, "unresolved": 1}),
    "lower": (step(f"{CACHE}@v4"), step(f"{CACHE}@v3"), {}),
    "a comment that lies": (
        step(f"{CACHE}@{OLD}", comment=" # v3.1.0"),
        step(f"{CACHE}@{NEW}", comment=" # v3.1.0"),
        {"wanted": 1, "wrong_comment": 1},
    ),
    "a comment that lied": (
        step(f"{CACHE}@{NEW}", comment=" # tag=v3.1.0"),
        step(f"{CACHE}@{NEW}", comment=" # tag=v4.4.0"),
        {"wanted": 1, "right": 1},
    ),
    "the id of a tag": (step(f"{CACHE}@{OBJECT}"), step(f"{CACHE}@{NEW}"), {"wanted": 1, "right": 1}),
    "an input that is gone": (
        step(f"{CACHE}@v3", "old: x"),
        step(f"{CACHE}@v4", "old: x"),
        {"wanted": 1, "breaks": 1},
    ),
    "a default that is gone": (step(f"{PYTHON}@v3"), step(f"{PYTHON}@v4"), {"wanted": 1, "breaks": 1}),
    "a default written out": (
        step(f"{PYTHON}@v3"),
        step(f"{PYTHON}@v4", 'python-version: "3.x"'),
        {"wanted": 1, "right": 1},
    ),
    "what is built": (
        step("pypa/cibuildwheel@v3"),
        step("pypa/cibuildwheel@v4"),
        {"wanted": 1, "breaks": 1},
    ),
    "half a pair": (
        step(f"{UP}@v3", "name: d") + step(f"{DOWN}@v3", "name: d"),
        step(f"{UP}@v4", "name: d") + step(f"{DOWN}@v3", "name: d"),
        {"wanted": 2, "breaks": 1},
    ),
    "a pair": (
        step(f"{UP}@v3", "name: d") + step(f"{DOWN}@v3", "name: d"),
        step(f"{UP}@v4", "name: d") + step(f"{DOWN}@v4", "name: d"),
        {"wanted": 2, "right": 2},
    ),
    "a download of nothing": (
        step(f"{UP}@v3", "name: d") + step(f"{DOWN}@v3", "name: d"),
        step(f"{UP}@v4", "name: e") + step(f"{DOWN}@v4", "name: d"),
        {"wanted": 2, "breaks": 2},
    ),
    "one name twice": (
        step(f"{UP}@v3", "name: d") + step(f"{UP}@v3", "name: d"),
        step(f"{UP}@v4", "name: d") + step(f"{UP}@v4", "name: d"),
        {"wanted": 2, "breaks": 2},
    ),
    "hidden files": (
        step(f"{UP}@v3", "path: .coverage"),
        step(f"{UP}@v4", "path: .coverage"),
        {"wanted": 1, "breaks": 1},
    ),
    "another line": (
        step(f"{CACHE}@v3") + "      - run: a\n      - run: b\n",
        step(f"{CACHE}@v4") + "      - run: a\n      - run:   b\n",
        {"wanted": 1, "right": 1, "other_lines": 1},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_counted(judge: ModuleType, case: str) -> None:
    before, after, counts = CASES[case]
    found = judge.judge({"a": HEAD + before}, {"a": HEAD + after}, known(judge))
    assert found == judge.Judged(**counts)


@pytest.mark.parametrize(
    ("name", "breaks"),
    [("d", 1), ("d-${{ github.sha }}", 1), ("d-${{ matrix.os }}", 0), ("d-${{ strategy.job-index }}", 0)],
)
def test_legs_of_a_matrix_need_names_of_their_own(judge: ModuleType, name: str, breaks: int) -> None:
    texts = [{"a": MATRIX + step(f"{UP}@{version}", f"name: {name}")} for version in ("v3", "v4")]
    assert judge.judge(*texts, known(judge)).breaks == breaks


def test_it_shares_nothing_with_pubflow() -> None:
    for name in ("bumps_judge.py", "bumps_facts.py"):
        assert not re.search(r"^\s*(?:from|import) (?:bot|tests)\b", (DOCS / name).read_text("utf-8"), re.MULTILINE)
