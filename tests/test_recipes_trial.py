"""The trial upload, run by bash as GitHub runs it, against a real pypiserver; skipped where that is not installed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from bot.recipes import RECIPES, RecipeValues, fill
from bot.yaml import parse

_EVERYWHERE = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
_SERVER = shutil.which("pypi-server", path=_EVERYWHERE)
BESIDE = os.pathsep.join([str(Path(_SERVER).parent), _EVERYWHERE]) if _SERVER else _EVERYWHERE
WHEEL = "fancy_name-1.0-py3-none-any.whl"
METADATA = "Metadata-Version: 2.1\nName: fancy-name\nVersion: 1.0\n"
pytestmark = pytest.mark.skipif(
    not all(shutil.which(program, path=BESIDE) for program in ("pypi-server", "twine", "curl", "cmp")),
    reason="pypiserver, twine, curl or cmp is not installed",
)


def test_what_is_uploaded_is_what_the_index_serves(tmp_path: Path) -> None:
    write_wheel(tmp_path / "dist")
    done = run(tmp_path)
    assert done.returncode == 0, done.stderr
    assert [entry.name for entry in (tmp_path / "temp" / "index").iterdir()] == [WHEEL]
    with socket.socket() as probe:  # the server is gone
        assert probe.connect_ex(("127.0.0.1", port())) != 0


def test_a_broken_file_stops_the_run(tmp_path: Path) -> None:
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / WHEEL).write_text("no wheel", encoding="utf-8")
    assert run(tmp_path).returncode != 0


def test_no_files_stop_the_run(tmp_path: Path) -> None:
    (tmp_path / "dist").mkdir()
    assert run(tmp_path).returncode != 0


def write_wheel(folder: Path) -> None:
    folder.mkdir()
    with zipfile.ZipFile(folder / WHEEL, "w") as wheel:
        wheel.writestr("fancy_name.py", "")
        wheel.writestr("fancy_name-1.0.dist-info/METADATA", METADATA)
        wheel.writestr(
            "fancy_name-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr("fancy_name-1.0.dist-info/RECORD", "")


def port() -> int:
    """One port for each worker of the tests."""
    return 18080 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "temp").mkdir()
    workflow = fill(RECIPES[-1], RecipeValues(package="fancy-name", repository="o/r", trial=True))
    steps = parse(workflow).find(("jobs", "try-out", "steps"))
    assert steps is not None
    [script] = [run.value for step in steps.children if (run := step.get("run")) and "pypi-server" in run.value]
    script = script.replace("8080", str(port()))
    command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script]
    variables = {"PATH": BESIDE, "RUNNER_TEMP": str(folder / "temp"), "HOME": str(folder), "NO_PROXY": "*"}
    return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, timeout=120, check=False)
