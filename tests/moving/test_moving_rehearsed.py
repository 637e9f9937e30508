"""Releases rehearsed before and after the move of workflows that were put together at random: the same files go out.

A rehearsal runs real scripts, and takes its time: `make test` rehearses a few, `make soak` many others.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from bot.moving import Moved, is_token_upload, move
from tests.moving.archive import WORKFLOW, surveyed
from tests.moving.rehearsal.forms import draw, written
from tests.moving.rehearsal.run import rehearse
from tests.moving.rehearsal.runner import Event

FILES = {
    "python/pyproject.toml": '[build-system]\nrequires = ["x"]\nbuild-backend = "x"\n[project]\nname = "inner"\n',
}
TAG = Event(name="push", ref="refs/tags/v1.0")
RELEASE = Event(name="release", ref="refs/tags/v1.0", payload={"action": "published", "release": {"tag_name": "v1.0"}})
EVENTS = (
    TAG,
    RELEASE,
    Event(name="push"),
    Event(name="pull_request", ref="refs/pull/1/merge"),
    Event(name="workflow_dispatch", inputs={"publish": "pypi"}),
    Event(name="push", ref="refs/tags/v1.0", refuses="pypi"),
    Event(name="push", ref="refs/tags/v1.0", refuses="testpypi"),
)
FEW, MANY = range(6), range(1000, 1100)


def moved(seed: int) -> tuple[str, Moved | None]:
    """A workflow, and what became of it."""
    text = written(draw(Random(seed)))
    result = move(surveyed(text, FILES), WORKFLOW)
    return text, result if isinstance(result, Moved) else None


def came_of(text: str, event: Event, folder: Path) -> tuple[set[str], bool]:
    """What went out, whoever was asked for it, and whether something failed."""
    told = rehearse(text, event, folder)
    out = {re.sub(r" (?:token|oidc) ", " ", line) for line in told if not line.startswith("failed")}
    if event.refuses == "pypi":  # an upload to TestPyPI that came second comes on its own now
        out = {line for line in out if "testpypi" not in line}
    return out, any(line.startswith("failed") for line in told)


def compare(seed: int, events: tuple[Event, ...], folder: Path) -> None:
    before, result = moved(seed)
    if result is None:
        return
    after = result.change.after
    assert after is not None
    for number, event in enumerate(events):
        first, second = (came_of(text, event, folder / f"{number}-{when}") for when, text in enumerate((before, after)))
        if first[1] and (not event.refuses or came_of(before, replace(event, refuses=""), folder / f"{number}")[1]):
            continue  # what failed for reasons of its own may do better now
        # The legs of a matrix upload together now: where one of them was refused, the others do not go on either.
        less = bool(event.refuses) and "matrix:" in before and second[1] and second[0] < first[0]
        assert less or first == second, f"{event}\n{draw(Random(seed))}\n{before}\n----\n{after}"


def test_an_upload_is_seen(tmp_path: Path) -> None:
    text = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n"
    text += "      - run: pip install twine && python -m build --sdist\n"
    text += "      - run: twine upload -p ${{ secrets.T }} dist/*\n"
    assert rehearse(text, TAG, tmp_path) == ("upload pypi token skip=no thing-1.0.tar.gz 1.0",)


def test_hardly_any_of_them_stays_and_none_keeps_a_token() -> None:
    results = [moved(seed)[1] for seed in range(40)]
    assert sum(result is None for result in results) <= 1
    assert not any(is_token_upload(each) for result in results if result for each in result.after.publishers)


@pytest.mark.parametrize("seed", FEW)
def test_a_release_comes_to_the_same(seed: int, tmp_path: Path) -> None:
    compare(seed, (TAG,), tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("seed", MANY)
def test_every_run_comes_to_the_same(seed: int, tmp_path: Path) -> None:
    compare(seed, EVENTS, tmp_path)
