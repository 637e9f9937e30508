"""What becomes of every case, held before actionlint, GitHub's own parser and zizmor: nothing new to say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests import workflow_judges
from tests.moving.judging import counted, new, zizmor
from tests.moving.test_moving_cases import CASES

STILL_WITH_A_TOKEN = {name for name, case in CASES.items() if case.after and case.refused}
"""One of their jobs is left as it is."""
ELSEWHERE = {"beside-a-private-index", "variables-of-a-private-index"}
"""They also upload to an index of a company's own, which zizmor takes for PyPI."""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Sequence[tuple[Path, Path]]:
    """The files before and after; the name of the case is that of the file."""
    folder = tmp_path_factory.mktemp("cases")
    pairs = []
    for name, case in CASES.items():
        if case.after is not None:
            pair = (folder / f"{name}.before.yml", folder / f"{name}.yml")
            for path, text in zip(pair, (case.before, case.after), strict=True):
                path.write_bytes(text.encode())
            pairs.append(pair)
    return pairs


def test_actionlint_says_nothing_new(written: Sequence[tuple[Path, Path]]) -> None:
    assert new(written, lambda files: counted(workflow_judges.actionlint(files))) == {}


def test_the_language_service_says_nothing_new(written: Sequence[tuple[Path, Path]]) -> None:
    assert new(written, lambda files: counted(workflow_judges.languageservice(files))) == {}


def test_zizmor_says_nothing_new(written: Sequence[tuple[Path, Path]]) -> None:
    assert new(written, zizmor) == {}
    left = {
        path.stem
        for path, found in zizmor([after for _, after in written]).items()
        if "use-trusted-publishing" in found
    }
    assert left <= STILL_WITH_A_TOKEN | ELSEWHERE
