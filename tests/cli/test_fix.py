"""`pubflow fix`: a patch that git takes, or the same change written, and nothing else touched."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import jsonschema_rs
import pytest

from tests.cli.running import beside, here
from tests.snapshots import PUBLISHES, PYPROJECT
from tests.surface import SCHEMA

FILE = ".github/workflows/publish-to-pypi.yml"
CLEAN = {"no package": {"README": ""}, "trusted": {"pyproject.toml": PYPROJECT, ".github/workflows/r.yml": PUBLISHES}}


def put(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def everything(root: Path) -> dict[str, bytes]:
    files = (Path(folder) / name for folder, _, names in os.walk(root) for name in names)
    return {str(path.relative_to(root)): path.read_bytes() for path in files}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return put(tmp_path / "package", {"pyproject.toml": PYPROJECT})


def test_the_patch_on_stdout_is_one_that_git_takes(package: Path) -> None:
    ended = beside(package, "fix", "--offline")
    assert ended.code == 1
    assert "missing-workflow" in ended.err
    assert "\x1b" not in ended.out + ended.err
    assert list(everything(package)) == ["pyproject.toml"]
    ceiling = {**os.environ, "GIT_CEILING_DIRECTORIES": str(package.parent)}
    subprocess.run(["git", "apply", "-"], input=ended.out.encode(), cwd=package, env=ceiling, check=True)
    told = json.loads(beside(package, "check", "--offline", "--format", "json").out)
    assert (told["status"], told["findings"]) == ("trusted", [])


def test_what_is_written_is_what_was_shown(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = here(capsys, "fix", package, "--offline", "--format", "json")
    assert (shown.code, list(everything(package))) == (1, ["pyproject.toml"])
    written = here(capsys, "fix", package, "--offline", "--format", "json", "--write")
    assert written.out == shown.out
    assert written.code == 0
    told = json.loads(shown.out)
    jsonschema_rs.validator_for(SCHEMA).validate(told)
    text = (package / FILE).read_text(encoding="utf-8")
    assert told["changes"][0]["diff"].split("\n", 3)[3] == "".join(f"+{line}\n" for line in text.split("\n")[:-1])
    assert set(everything(package)) == {"pyproject.toml", FILE}


def test_writing_twice_is_writing_once(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert here(capsys, "fix", package, "--offline", "--write").code == 0
    once = everything(package)
    again = here(capsys, "fix", package, "--offline", "--write")
    assert (again.code, again.out) == (0, "")
    assert everything(package) == once


def test_what_was_written_is_said(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended = here(capsys, "fix", package, "--offline", "--write")
    assert f"Written: {FILE}\n" in ended.err
    assert ended.out.startswith(f"--- /dev/null\n+++ b/{FILE}\n")


def test_quiet_is_the_patch_alone(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended = here(capsys, "fix", package, "--offline", "--quiet")
    assert ended.out.startswith("--- /dev/null\n")
    assert ended.err == ""


@pytest.mark.parametrize("case", CLEAN)
@pytest.mark.parametrize("words", [[], ["--write"]])
def test_where_there_is_nothing_to_do_nothing_is_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], case: str, words: list[str]
) -> None:
    before = everything(put(tmp_path, CLEAN[case]))
    ended = here(capsys, "fix", tmp_path, "--offline", *words)
    assert (ended.code, ended.out) == (0, "")
    assert everything(tmp_path) == before


OLD = """\
on: {release: {types: [published]}}
jobs:
  publish:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v2
      - uses: actions/setup-python@v2
      - run: pip install build && python -m build
      - uses: pypa/gh-action-pypi-publish@v1.4.2
        with:
          user: __token__
          password: ${{ secrets.PYPI_API_TOKEN }}
"""
WHEELS = OLD.replace("      - run:", "      - uses: pypa/cibuildwheel@v2.16.5\n      - run:")


def test_a_move_and_old_actions_of_one_file_are_written_in_one_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tmp_path, {"pyproject.toml": PYPROJECT, ".github/workflows/r.yml": OLD})
    [shown] = json.loads(here(capsys, "fix", tmp_path, "--offline", "--format", "json").out)["changes"]
    assert beside(tmp_path, "fix", "--offline", "--write", "--quiet").out == shown["diff"]
    text = (tmp_path / ".github/workflows/r.yml").read_text(encoding="utf-8")
    assert "password" not in text
    assert re.findall(r"uses: (\S+)", text) == [
        *("actions/checkout@v7", "actions/setup-python@v7", "actions/upload-artifact@v7"),
        *("actions/download-artifact@v8", "pypa/gh-action-pypi-publish@v1.14.2"),
    ]
    again = here(capsys, "fix", tmp_path, "--offline", "--write")
    assert (again.code, again.out) == (0, "")


def test_what_is_left_after_writing_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tmp_path, {"pyproject.toml": PYPROJECT, ".github/workflows/r.yml": WHEELS})
    ended = here(capsys, "fix", tmp_path, "--offline", "--write")
    assert ended.code == 1
    assert ended.err.endswith(f"One finding is left to you: see `pubflow check {tmp_path}`.\n")
    assert "checkout@v7" in (tmp_path / ".github/workflows/r.yml").read_text(encoding="utf-8")


def test_what_cannot_be_fixed_stays_a_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tmp_path, {"a/pyproject.toml": PYPROJECT, "b/pyproject.toml": PYPROJECT.replace("Spoon.Knife", "fork")})
    ended = here(capsys, "fix", tmp_path, "--offline", "--write")
    assert (ended.code, ended.out) == (1, "")
    assert "it holds 2 packages" in ended.err
    assert not (tmp_path / ".github").exists()


def test_another_rule_alone_leaves_this_one(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended = here(capsys, "fix", package, "--offline", "--write", "--only", "unreadable-file")
    assert (ended.code, ended.out) == (0, "")
    assert list(everything(package)) == ["pyproject.toml"]
    assert here(capsys, "fix", package, "--offline", "--write", "--only", "missing-workflow").code == 0


@pytest.mark.parametrize("place", [".github", ".github/workflows"])
def test_a_link_is_never_written_through(package: Path, capsys: pytest.CaptureFixture[str], place: str) -> None:
    outside = put(package.parent / "outside", {"kept": ""})
    (package / place).parent.mkdir(exist_ok=True)
    (package / place).symlink_to(outside)
    ended = here(capsys, "fix", package, "--offline", "--write")
    assert ended.code == 2
    assert "is a link and may lead out of the repository" in ended.err
    assert ended.err.count("\n") == 1
    assert list(everything(outside)) == ["kept"]


def test_a_folder_that_may_not_be_written_is_said(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(package, {".github/workflows": "in the way"})
    ended = here(capsys, "fix", package, "--offline", "--write")
    assert (ended.code, ended.out) == (2, "")
    assert "is not a folder" in ended.err
