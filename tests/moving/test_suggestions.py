"""What is shown for uploads by way of make, tox and their like: the workflow as it could be, and never a change."""

from __future__ import annotations

import pytest

from bot.moving import Moved, move
from tests.moving.archive import WORKFLOW, surveyed

BEFORE = """on:
  push:
    tags: ["v*"]
jobs:
  release:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: {command}
        env:
          TWINE_USERNAME: __token__
          TWINE_PASSWORD: ${{{{ secrets.PYPI_TOKEN }}}}
"""
MAKEFILE = """PYTHON = python3

release: build
\t@twine upload dist/*

build:
\t$(PYTHON) -m build
"""
TOX = """[testenv:release]
deps =
    build
    twine
commands =
    python -m build
    twine upload dist/*
"""
NOXFILE = """import nox

@nox.session
def release(session):
    session.install("build", "twine")
    session.run("python", "-m", "build")
    session.run("twine", "upload", "dist/*")
"""
SCRIPT = "#!/bin/sh\nset -e\npython -m build\ntwine upload dist/*\n"
BUILDS = [
    pytest.param("make release", {"Makefile": MAKEFILE}, "          python3 -m build\n", id="make"),
    pytest.param("tox -e release", {"tox.ini": TOX}, "python -m pip install build twine\n", id="tox"),
    pytest.param("nox -s release", {"noxfile.py": NOXFILE}, "python -m pip install build twine\n", id="nox"),
    pytest.param("./release.sh", {"release.sh": SCRIPT}, "set -e\n          python -m build\n", id="a script"),
    pytest.param(
        "just release",
        {"justfile": "release: build\n    twine upload dist/*\n\nbuild:\n    python -m build\n"},
        "          python -m build\n",
        id="just",
    ),
    pytest.param(
        "npm run release",
        {"package.json": '{"scripts": {"release": "python -m build && twine upload dist/*"}}'},
        "run: python -m build\n",
        id="npm",
    ),
    pytest.param(
        "hatch run release",
        {
            "pyproject.toml": '[project]\nname = "thing"\n[tool.hatch.envs.default.scripts]\n'
            'release = ["python -m build", "twine upload dist/*"]\n'
        },
        "          python -m build\n",
        id="hatch",
    ),
]
SILENT = [
    pytest.param("make release", {"Makefile": "release:\n\ttwine upload $@\n"}, id="a variable of make"),
    pytest.param("tox -e release", {"tox.ini": TOX.replace("dist/*", "{posargs}")}, id="a variable of tox"),
    pytest.param("./release.sh", {"release.sh": ". ./other.sh\ntwine upload $FILES\n"}, id="another file"),
    pytest.param(
        "make release upload", {"Makefile": MAKEFILE + "\nupload:\n\ttwine upload dist/*\n"}, id="two targets"
    ),
    pytest.param("if true; then make release; fi", {"Makefile": MAKEFILE}, id="a question"),
]


def refused(command: str, files: dict[str, str]) -> list[str | None]:
    """The suggestion for each upload, the text of the workflow or None."""
    result = move(surveyed(BEFORE.format(command=command), files), WORKFLOW)
    assert not isinstance(result, Moved)
    return [each.suggestion.after if each.suggestion is not None else None for each in result]


@pytest.mark.parametrize(("command", "files", "build"), BUILDS)
def test_the_target_stands_in_the_workflow_without_its_upload(command: str, files: dict[str, str], build: str) -> None:
    (text,) = refused(command, files)

    assert text is not None
    assert build in text
    assert "twine upload" not in text
    assert "secrets." not in text
    assert "id-token: write" in text


@pytest.mark.parametrize(("command", "files"), SILENT)
def test_nothing_is_suggested_that_says_less_than_the_target(command: str, files: dict[str, str]) -> None:
    assert set(refused(command, files)) <= {None}


def test_a_loop_goes_on_with_a_new_twine() -> None:
    (text,) = refused("./release.sh", {"release.sh": "for f in dist/*; do twine upload $f; done\n"})

    assert text is not None
    assert 'for f in dist/*; do pipx run --spec "twine>=6.1" twine upload $f; done' in text
    assert "secrets." not in text


def test_a_script_that_starts_itself_is_put_in_its_place_once() -> None:
    files = {"release.sh": "./release.sh\ntwine upload dist/*\n"}
    assert refused("./release.sh", files) == [None]


def test_scripts_that_start_each_other_end() -> None:
    files = {name: f"./{other}.sh\ntwine upload $X\n" for name, other in (("a.sh", "b"), ("b.sh", "a"))}
    assert refused("./a.sh", files) == [None]
