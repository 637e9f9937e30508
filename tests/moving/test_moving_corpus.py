"""Moves of real workflows: how many, that the judges have nothing new to say, and that a second run rests.

The corpus lies beside the checkout and is not part of it; without it these tests are skipped.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType

import pytest
from msgspec.structs import replace

from bot.moving import Moved, is_token_upload, move
from bot.survey import Survey, survey
from tests import workflow_judges
from tests.moving.judging import counted, new, zizmor

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
pytestmark = pytest.mark.skipif(
    not (SHARED / "corpus" / "repos.tar.gz").exists(), reason="the corpus is not beside the checkout"
)

Found = tuple[Survey, Moved]


def page_maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_corpus", ROOT / "docs" / "corpus.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def surveys() -> Mapping[str, Survey]:
    return dict(page_maker().surveys(SHARED))


@pytest.fixture(scope="module")
def moves(surveys: Mapping[str, Survey]) -> Mapping[str, Found]:
    """Name of the repository and of the file -> what was understood, and what became of it."""
    found = {}
    for name, before in surveys.items():
        for path in before.workflows:
            result = move(before, path)
            if isinstance(result, Moved):
                found[f"{name} {path.rsplit('/', 1)[-1]}"] = (before, result)
    return found


@pytest.fixture(scope="module")
def written(moves: Mapping[str, Found], tmp_path_factory: pytest.TempPathFactory) -> Sequence[tuple[Path, Path]]:
    """The files before and after, in folders of their own."""
    folder = tmp_path_factory.mktemp("moves")
    pairs = []
    for number, (_, moved) in enumerate(moves.values()):
        pair = (folder / f"{number}-before.yml", folder / f"{number}-after.yml")
        for path, text in zip(pair, (moved.change.before, moved.change.after), strict=True):
            assert text is not None
            path.write_bytes(text.encode())
        pairs.append(pair)
    return pairs


def test_the_page_is_not_stale() -> None:
    maker = page_maker()
    assert maker.PAGE.read_text("utf-8") == maker.page(SHARED)


def test_nine_in_ten_are_moved(surveys: Mapping[str, Survey], moves: Mapping[str, Found]) -> None:
    own = [
        each
        for found in surveys.values()
        for each in found.publishers
        if is_token_upload(each) and not each.indirect and each.step is not None
    ]
    moved = sum(len(found.publishers) for _, found in moves.values())
    assert moved / len(own) >= 0.9


def test_a_second_run_finds_nothing_new(moves: Mapping[str, Found]) -> None:
    for before, moved in moves.values():
        assert moved.change.after is not None
        path = moved.change.file
        again = survey(replace(before.snapshot, files={**before.snapshot.files, path: moved.change.after}))
        assert not isinstance(move(again, path), Moved)


def test_what_was_not_moved_keeps_every_byte(moves: Mapping[str, Found]) -> None:
    for before, moved in moves.values():
        assert moved.change.after is not None
        old = before.workflows[moved.change.file]
        touched = {publisher.job for publisher in moved.publishers}
        for key, job in old.jobs.items():
            if key not in touched:
                assert old.document.text[job.node.start : job.node.end] in moved.change.after


def test_actionlint_says_nothing_new(written: Sequence[tuple[Path, Path]]) -> None:
    assert new(written, lambda files: counted(workflow_judges.actionlint(files))) == {}


@pytest.mark.parametrize("each", [4, pytest.param(1, marks=pytest.mark.soak)])
def test_the_language_service_says_nothing_new(written: Sequence[tuple[Path, Path]], each: int) -> None:
    """It takes as long as all other judges together."""
    assert new(written[::each], lambda files: counted(workflow_judges.languageservice(files))) == {}


def test_zizmor_says_nothing_new(written: Sequence[tuple[Path, Path]]) -> None:
    assert new(written, zizmor) == {}
    assert not any("use-trusted-publishing" in found for found in zizmor([after for _, after in written]).values())
