"""What is asked before a repository is decided, and of whom: as little as the decision hangs on."""

from __future__ import annotations

import pytest

from bot.model import Visibility
from bot.questions import projects, trial
from bot.survey import survey
from tests.snapshots import PUBLISHES, PYPROJECT, facts, snapshot

PACKAGE = {"pyproject.toml": PYPROJECT}
QUESTIONS: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "a package that nothing publishes": (PACKAGE, ("Spoon.Knife",)),
    "a package that is published": ({**PACKAGE, ".github/workflows/p.yml": PUBLISHES}, ()),
    "no package": ({"README.md": ""}, ()),
    "a package that must not be published": (
        {"pyproject.toml": PYPROJECT + 'classifiers = ["Private :: Do Not Upload"]\n'},
        (),
    ),
    "a package whose name is computed": ({"setup.py": "from setuptools import setup\nsetup(name=name())\n"}, ()),
}


@pytest.mark.parametrize("case", QUESTIONS)
def test_the_index_is_asked_only_where_something_hangs_on_it(case: str) -> None:
    files, names = QUESTIONS[case]
    assert projects(survey(snapshot(files))) == names


@pytest.mark.parametrize("visibility", [Visibility.PRIVATE, Visibility.INTERNAL])
@pytest.mark.parametrize(
    ("configuration", "names"),
    [
        (None, ()),
        ("add: false\n", ()),
        ("add: true\nenabled: false\n", ()),
        ("add: [\n", ()),
        ("add: true\n", ("Spoon-Knife",)),
    ],
)
def test_the_index_is_not_told_what_is_private(
    visibility: Visibility, configuration: str | None, names: tuple[str, ...]
) -> None:
    files = PACKAGE | ({} if configuration is None else {".github/pubflow.yml": configuration})
    assert len(projects(survey(snapshot(files, facts(visibility=visibility))))) == len(names)


WISHED = {".github/pubflow.yml": "testpypi: true\n"}
TRIED = PUBLISHES.replace("      id-token: write\n", "      contents: read\n") + (
    "        with:\n          repository-url: https://test.pypi.org/legacy/\n"
    "          password: ${{ secrets.TEST_PYPI_TOKEN }}\n"
)


@pytest.mark.parametrize(
    ("files", "visibility", "names"),
    [
        ({"pyproject.toml": PYPROJECT} | WISHED, Visibility.PUBLIC, ("spoon-knife",)),
        ({"pyproject.toml": PYPROJECT, ".github/workflows/w.yml": TRIED}, Visibility.PUBLIC, ("spoon-knife",)),
        ({"pyproject.toml": PYPROJECT}, Visibility.PUBLIC, ()),
        ({"pyproject.toml": PYPROJECT, ".github/workflows/w.yml": PUBLISHES} | WISHED, Visibility.PUBLIC, ()),
        ({"pyproject.toml": PYPROJECT} | WISHED, Visibility.PRIVATE, ()),
    ],
)
def test_testpypi_is_asked_of_what_goes_there(
    files: dict[str, str], visibility: Visibility, names: tuple[str, ...]
) -> None:
    asked = trial(survey(snapshot(files, facts(visibility=visibility))))
    assert tuple(name.lower().replace(".", "-") for name in asked) == names
