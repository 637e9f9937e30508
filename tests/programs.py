"""Programs that others wrote, for tests to run: one that is absent skips the test, with the reason.

With `JUDGES=required` in the environment it fails instead; `JUDGES=all` asks for those of `make deploy-check` as well.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = shutil.ignore_patterns(".venv", ".cache", ".git", "__pycache__", ".*_cache", ".hypothesis", "dist", "build")
"""What lies in a checkout and in nobody's clone."""


def absent(reason: str, *, deploying: bool = False) -> NoReturn:
    """Skip the test, or fail it where judges are required; `deploying`: only `make deploy-check` brings it."""
    if os.environ.get("JUDGES") in ({"all"} if deploying else {"all", "required"}):
        pytest.fail(reason)
    pytest.skip(reason)


def program(name: str, *, deploying: bool = False) -> str:
    """The path of a program that lies beside this Python or on the PATH."""
    beside = Path(sys.executable).parent
    found = shutil.which(name, path=os.pathsep.join([str(beside), os.environ.get("PATH", "")]))
    if found is None:
        whence = "`make deploy-check` brings it" if deploying else "it is one of the development dependencies"
        absent(f"{name} is not installed; {whence}", deploying=deploying)
    return found


def git(folder: Path, *words: str) -> str:
    """Run git as nobody in particular; returns what it says. Raises CalledProcessError."""
    somebody = {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org"}
    given = somebody | {name.replace("AUTHOR", "COMMITTER"): value for name, value in somebody.items()}
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    command = ["git", "-c", "init.defaultBranch=main", *words]
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **given, **alone}, capture_output=True, check=True, text=True
    )
    return done.stdout.strip()


def committed(folder: Path, files: Mapping[str, str]) -> str:
    """Make `folder` a git repository of these files, in one commit; returns its name."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "Begin")
    return git(folder, "rev-parse", "HEAD")
