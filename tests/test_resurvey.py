"""Looking again after a change says what looking for the first time says."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from bot.model import Snapshot, Unread
from bot.survey import Survey, resurvey, survey
from tests.snapshots import PUBLISHES, PYPROJECT, snapshot

A, B, C = (f".github/workflows/{name}.yml" for name in "abc")
TOKEN = PUBLISHES + "        with:\n          password: ${{ secrets.PYPI_API_TOKEN }}\n"
TESTS = "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make release\n"
CALLED = PUBLISHES.replace("on: release", "on: workflow_call")
CALLS = f"on: push\njobs:\n  release:\n    permissions:\n      id-token: write\n    uses: ./{B}\n"
MAKEFILE = "release:\n\ttwine upload dist/*\n"
BEFORE = {"pyproject.toml": PYPROJECT, "Makefile": MAKEFILE, A: TOKEN, B: CALLED, C: TESTS}

D = ".github/workflows/d.yml"
SEVERAL = """on: push
permissions:
  id-token: write
env:
  TWINE_REPOSITORY_URL: https://upload.pypi.org/legacy/
jobs:
  first:
    runs-on: ubuntu-latest
    environment: pypi
    steps:
      - run: twine upload dist/*
  second:
    runs-on: ubuntu-latest
    environment: pypi
    steps:
      - run: twine upload dist/*
        if: false
"""
"""Two jobs whose meaning hangs on what stands around them."""
ALIASED = (
    SEVERAL.replace("if: false", "if: true")
    .replace("environment: pypi", "environment: &where pypi", 1)
    .replace("environment: pypi", "environment: *where")
)

CHANGES: dict[str, dict[str, str | None]] = {
    "nothing": {},
    "one workflow": {A: PUBLISHES},
    "a workflow goes": {A: None},
    "a workflow comes": {".github/workflows/0.yml": PUBLISHES},
    "a workflow breaks": {A: "a: ["},
    "a broken one is mended": {".github/workflows/broken.yml": PUBLISHES},
    "a workflow begins to call another": {A: CALLS},
    "a workflow calls no other any more": {".github/workflows/calls.yml": PUBLISHES},
    "the metadata": {"pyproject.toml": PYPROJECT.replace("Spoon", "Fork")},
    "the metadata go": {"pyproject.toml": None},
    "what a target does": {"Makefile": "release:\n\ttrue\n"},
    "a configuration": {".travis.yml": "deploy:\n  provider: pypi\n"},
    "one of several jobs": {D: SEVERAL.replace("if: false", "if: true")},
    "what an alias means": {D: ALIASED.replace("&where pypi", "&where release")},
    "a line before the jobs": {D: f"# Releases\n{SEVERAL}"},
    "a line between a job's name and what it says": {D: SEVERAL.replace("  second:\n", "  second:\n    # last\n")},
    "variables of the workflow": {D: SEVERAL.replace("https://upload.pypi.org", "https://packages.example.com")},
    "permissions of the workflow": {D: SEVERAL.replace("id-token: write", "contents: read")},
    "defaults of the workflow": {D: SEVERAL.replace("on: push\n", "on: push\ndefaults: {run: {shell: python}}\n")},
    "all workflows go": {A: None, B: None, C: None},
}
EXTRA = {
    "one of several jobs": {D: SEVERAL},
    "what an alias means": {D: ALIASED},
    "a line before the jobs": {D: SEVERAL},
    "a line between a job's name and what it says": {D: SEVERAL},
    "variables of the workflow": {D: SEVERAL},
    "permissions of the workflow": {D: SEVERAL},
    "defaults of the workflow": {D: SEVERAL.replace("on: push\n", "on: push\n\n")},
    "a broken one is mended": {".github/workflows/broken.yml": "a: ["},
    "a workflow calls no other any more": {".github/workflows/calls.yml": CALLS},
}


def said(found: Survey) -> tuple[object, ...]:
    texts = {path: (each.document.text, list(each.jobs)) for path, each in found.workflows.items()}
    return found.snapshot, found.projects, found.publishers, found.status, found.problems, found.suspects, texts


def changed(before: Snapshot, changes: dict[str, str | None]) -> Snapshot:
    files = {path: text for path, text in {**before.files, **changes}.items() if text is not None}
    return snapshot(files)


@pytest.mark.parametrize("name", CHANGES)
def test_the_same_as_for_the_first_time(name: str) -> None:
    before = snapshot({**BEFORE, **EXTRA.get(name, {})})
    after = changed(before, CHANGES[name])
    assert said(resurvey(survey(before), after)) == said(survey(after))
    assert resurvey(survey(before), after).watched >= survey(after).watched


def test_there_and_back_again() -> None:
    before = survey(snapshot(BEFORE))
    there = resurvey(before, changed(before.snapshot, {A: PUBLISHES}))
    assert said(resurvey(there, before.snapshot)) == said(before)


def test_what_did_not_change_is_not_read_again() -> None:
    before = survey(snapshot(BEFORE))
    after = resurvey(before, changed(before.snapshot, {A: PUBLISHES}))
    assert after.workflows[B] is before.workflows[B]
    assert after.projects is before.projects


@pytest.mark.parametrize("standing", [{"complete": False}, {"unread": {"setup.py": Unread.TOO_LARGE}}])
def test_what_could_not_be_read_counts(standing: dict[str, object]) -> None:
    before = survey(snapshot(BEFORE))
    after = replace(before.snapshot, **standing)
    assert said(resurvey(before, after)) == said(survey(after))
