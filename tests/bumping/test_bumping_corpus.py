"""Bumps of real publish workflows: all resolve, nothing breaks, the judges have nothing new to say, twice is once.

The corpus lies beside the checkout and is not part of it; without it these tests are skipped.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import pytest

from tests.moving.judging import Counts, counted, new, zizmor
from tests.workflow_judges import actionlint, languageservice

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(
    not (ROOT.parent / "shared" / "corpus" / "repos.tar.gz").exists(), reason="the corpus is not beside the checkout"
)
EACH_NTH = 8
"""Of the files that change, for the judges that take long."""


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    """`docs/bumps.py`, with the modules beside it."""
    sys.path.insert(0, str(ROOT / "docs"))
    try:
        found = importlib.import_module("bumps")
    finally:
        sys.path.remove(str(ROOT / "docs"))
    return found


@pytest.fixture(scope="module")
def before(maker: ModuleType) -> Mapping[str, str]:
    found: Mapping[str, str] = maker.publish_workflows()
    return found


@pytest.fixture(scope="module")
def after(maker: ModuleType, before: Mapping[str, str]) -> Mapping[str, str]:
    found: Mapping[str, str] = maker.pubflow(before)
    return found


@pytest.fixture(scope="module")
def pairs(
    maker: ModuleType, before: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> list[tuple[Path, Path]]:
    """The files that change, before and after; inputs by old names are renamed with them, as in a pull request."""
    folder = tmp_path_factory.mktemp("bumps")
    after = maker.pubflow(before, also=("deprecated-input",))
    made = []
    for name, text in before.items():
        if after[name] != text:
            pair = (folder / f"before-{name}", folder / f"after-{name}")
            pair[0].write_bytes(text.encode())
            pair[1].write_bytes(after[name].encode())
            made.append(pair)
    return made


def test_our_row_of_the_page_is_what_we_do(
    maker: ModuleType, before: Mapping[str, str], after: Mapping[str, str]
) -> None:
    judged = maker.judge(before, after, maker.facts(maker.FACTS))
    row = " | ".join(map(str, judged.figures()))
    assert f"| pubflow | {row} |" in maker.PAGE.read_text("utf-8")


def test_we_are_ahead_in_each_column(maker: ModuleType) -> None:
    rows = re.findall(r"^\| ([a-z].*?) \| ([\d |]+) \|$", maker.PAGE.read_text("utf-8"), re.MULTILINE)
    figures = {name: [int(each) for each in numbers.split(" | ")] for name, numbers in rows}
    ours = figures.pop("pubflow")
    assert len(figures) >= 3
    for theirs in figures.values():
        assert ours[0] > theirs[0]
        assert all(mine <= other for mine, other in zip(ours[1:], theirs[1:], strict=True))
    assert ours[1:] == [0, 0, 0, 0, 0]


def test_a_second_run_changes_nothing(maker: ModuleType, after: Mapping[str, str]) -> None:
    assert maker.pubflow(after) == after


def test_actionlint_says_nothing_new(pairs: list[tuple[Path, Path]]) -> None:
    assert new(pairs[::2], lambda files: _of_one_kind(counted(actionlint(files)))) == {}


def _of_one_kind(found: Counts) -> Counts:
    """A runtime that will go is less than one that went: on a runner of others that is all that can be made of it."""
    return {
        file: Counter("a runtime" if "runtime" in text else text for text in counts) for file, counts in found.items()
    }


def test_the_language_service_says_nothing_new(pairs: list[tuple[Path, Path]]) -> None:
    assert new(pairs[::EACH_NTH], lambda files: counted(languageservice(files))) == {}


def test_zizmor_says_nothing_new(pairs: list[tuple[Path, Path]]) -> None:
    assert new(pairs[::EACH_NTH], zizmor) == {}
