"""The hooks for pre-commit, run by pre-commit from a clone of this project."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.programs import LEFT_OUT, ROOT, committed, git, program
from tests.snapshots import PUBLISHES, PYPROJECT

RELEASE = ".github/workflows/release.yml"
TOKEN = PUBLISHES + "        with:\n          password: ${{ secrets.PYPI_TOKEN }}\n"


@dataclass(frozen=True, kw_only=True)
class Project:
    """A git repository that uses the hooks."""

    folder: Path
    home: Path

    def run(self, *words: str, commit: bool = False) -> tuple[int, str]:
        """The exit code of pre-commit, or of a commit, and what is said."""
        path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
        somebody = {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "A"}
        alone = {"GIT_COMMITTER_EMAIL": "a@b", "GIT_CONFIG_GLOBAL": os.devnull, "PRE_COMMIT_HOME": str(self.home)}
        command = ["git", "commit", "-m", "x"] if commit else [program("pre-commit"), *words]
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={**os.environ, **somebody, **alone, "PATH": path},
            capture_output=True,
            check=False,
            text=True,
            timeout=300,
        )
        return done.returncode, done.stdout + done.stderr


def project(scratch: Path, hook: str, files: dict[str, str], *, installed: bool = True) -> Project:
    """A repository with `hook` of a clone; `installed` takes the pubflow that is here instead of making one."""
    clone = scratch / "clone"
    if installed:
        revision = committed(clone, {".pre-commit-hooks.yaml": (ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")})
    else:
        shutil.copytree(ROOT, clone, ignore=LEFT_OUT)
        revision = committed(clone, {})
    language = ", language: unsupported" if installed else ""
    config = f"repos: [{{repo: {clone}, rev: {revision}, hooks: [{{id: {hook}{language}}}]}}]\n"
    committed(scratch / "project", files | {".pre-commit-config.yaml": config})
    return Project(folder=scratch / "project", home=scratch / "home")


CASES = {
    "trusted": ({"pyproject.toml": PYPROJECT, RELEASE: PUBLISHES}, 0, "Passed"),
    "token": ({"pyproject.toml": PYPROJECT, RELEASE: TOKEN}, 1, "token-upload"),
    "nothing that concerns it": ({"README.md": "# Spoon\n"}, 0, "Skipped"),
    "no package": ({"src/pyproject.toml": "[tool.ruff]\n"}, 0, "Passed"),
}


@pytest.mark.parametrize("case", CASES)
def test_the_hook_that_checks(tmp_path: Path, case: str) -> None:
    files, code, said = CASES[case]
    it = project(tmp_path, "pubflow", files)
    ended = it.run("run", "--all-files")
    assert (ended[0], said in ended[1]) == (code, True), ended[1]
    assert git(it.folder, "status", "--porcelain") == ""


def test_a_commit_that_brings_a_token_is_stopped(tmp_path: Path) -> None:
    it = project(tmp_path, "pubflow", {"pyproject.toml": PYPROJECT, RELEASE: PUBLISHES})
    assert it.run("install")[0] == 0
    (it.folder / RELEASE).write_text(TOKEN, "utf-8")
    git(it.folder, "add", "--all")
    code, said = it.run(commit=True)
    assert (code, "token-upload" in said) == (1, True), said
    assert git(it.folder, "rev-list", "--count", "HEAD") == "1"


def test_the_hook_that_mends(tmp_path: Path) -> None:
    it = project(tmp_path, "pubflow-fix", {"pyproject.toml": PYPROJECT, RELEASE: TOKEN})
    code, said = it.run("run", "--all-files")
    assert (code, "files were modified by this hook" in said) == (1, True), said
    assert "PYPI_TOKEN" not in (it.folder / RELEASE).read_text("utf-8")
    git(it.folder, "add", "--all")
    assert it.run("run", "--all-files")[0] == 0
    assert git(it.folder, "diff", "--stat") == ""


def test_a_workflow_that_the_hook_adds_is_shown(tmp_path: Path) -> None:
    it = project(tmp_path, "pubflow-fix", {"pyproject.toml": PYPROJECT})
    code, said = it.run("run", "--all-files")
    assert (code, "+++ b/.github/workflows/publish-to-pypi.yml" in said) == (0, True), said
    assert git(it.folder, "status", "--porcelain") == "?? .github/"


def test_the_manifest_is_what_pre_commit_wants() -> None:
    done = subprocess.run([program("pre-commit"), "validate-manifest", ROOT / ".pre-commit-hooks.yaml"], check=False)
    assert done.returncode == 0


@pytest.mark.soak
def test_pre_commit_installs_this_very_version(tmp_path: Path) -> None:
    it = project(tmp_path, "pubflow", {"pyproject.toml": PYPROJECT, RELEASE: PUBLISHES}, installed=False)
    code, said = it.run("run", "--all-files")
    assert (code, "Passed" in said) == (0, True), said
