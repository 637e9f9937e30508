"""What the actions of publish workflows do, each as far as it can be seen from outside."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tests.moving.rehearsal.runner import Runner, Stopped

Inputs = Mapping[str, str]
"""`with:`, evaluated; keys with dashes."""
Env = Mapping[str, str]

PACKAGES = {".": "thing", "packages/a": "a", "packages/b": "b", "python": "inner"}
"""Folder -> the project that it packages."""
_NUMBER = 1000
"""Of the files in which actions are told things: no step's."""


def act(runner: Runner, uses: str, inputs: Inputs, env: Env) -> None:
    """Raises `Stopped` where the action fails; what is not known here does nothing."""
    name, _, ref = uses.lower().partition("@")
    found = next((action for ending, action in _ACTIONS if name.endswith(ending)), None)
    if found is not None:
        found(runner, {**inputs, "@": ref}, env)


def _checkout(runner: Runner, _inputs: Inputs, _env: Env) -> None:
    if not runner.may("contents", "read"):
        raise Stopped("may not read contents")
    for place, project in PACKAGES.items():
        (runner.workspace / place).mkdir(parents=True, exist_ok=True)
        (runner.workspace / place / "NAME").write_text(project)


def _set_up_python(runner: Runner, inputs: Inputs, _env: Env) -> None:
    old = re.match(r"3\.[67]\b|2", inputs.get("python-version", "3.x"))
    (runner.state / "python").write_text("old" if old else "new")


def _upload(runner: Runner, inputs: Inputs, _env: Env) -> None:
    patterns = inputs["path"].split()
    found = [path for pattern in patterns for path in _found(runner.workspace, pattern)]
    target = runner.artifacts / inputs.get("name", "artifact")
    if not found:
        if inputs.get("if-no-files-found") == "error":
            raise Stopped("no files found")
        return
    if target.exists() and not re.match(r"v[123]\b", inputs["@"]):
        raise Stopped(f"there is an artifact {target.name} already")
    base = Path(os.path.commonpath([_root(runner.workspace, pattern) for pattern in patterns]))
    for path in found:
        place = target / path.relative_to(base)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, place)


def _download(runner: Runner, inputs: Inputs, _env: Env) -> None:
    target = runner.workspace / (inputs.get("path") or ".")
    name = inputs.get("name")
    found = sorted(runner.artifacts.glob(name or inputs.get("pattern") or "*"))
    if name and not found:
        raise Stopped(f"no artifact {name}")
    merged = bool(name) or inputs.get("merge-multiple") == "true"
    for each in found:
        shutil.copytree(each, target if merged else target / each.name, dirs_exist_ok=True)


def _publish(runner: Runner, inputs: Inputs, _env: Env) -> None:
    """https://github.com/pypa/gh-action-pypi-publish#readme"""
    password = inputs.get("password", "")
    _check_login(runner, inputs, password)
    files = sorted(path for path in (runner.workspace / inputs.get("packages-dir", "dist")).glob("*") if path.is_file())
    distributions = [path for path in files if path.name.endswith((".whl", ".tar.gz"))]
    if not distributions:
        raise Stopped("no files to upload")
    if not password:
        _attest(files, distributions)
    index = _index(inputs.get("repository-url", ""))
    if runner.event.refuses == index:
        runner.tell(f"refused {index}")
        raise Stopped("the index refuses the files")
    how = "token" if password else "oidc"
    skip = "yes" if inputs.get("skip-existing") == "true" else "no"
    for path in distributions:
        runner.tell(f"upload {index} {how} skip={skip} {path.name} {path.read_text().strip()}")


def _check_login(runner: Runner, inputs: Inputs, password: str) -> None:
    if runner.contained or not runner.labels.startswith("ubuntu"):
        raise Stopped("needs Docker on Linux")
    if password and "SECRET" not in password:
        raise Stopped("no such token")
    if not password and (inputs.get("user", "__token__") != "__token__" or not runner.may("id-token", "write")):
        raise Stopped("no credential")


def _attest(files: list[Path], distributions: list[Path]) -> None:
    if any(path.suffix == ".attestation" for path in files):
        raise Stopped("there is an attestation already")
    for path in distributions:
        path.with_name(f"{path.name}.publish.attestation").touch()


def _index(url: str) -> str:
    return "testpypi" if "test.pypi.org" in url else "pypi" if not url or "upload.pypi.org" in url else url


def _poetry(runner: Runner, inputs: Inputs, env: Env) -> None:
    index = _index(inputs.get("repository-url", ""))
    script = f"poetry publish --build -r {index} -p '{inputs['pypi-token']}'"
    runner.call(script, env, inputs.get("package-directory") or ".", _NUMBER)


def _maturin(runner: Runner, inputs: Inputs, env: Env) -> None:
    script = f"maturin {inputs.get('command', 'build')} {inputs.get('args', '')}"
    runner.call(script, env, inputs.get("working-directory") or ".", _NUMBER)


def _release(runner: Runner, inputs: Inputs, _env: Env) -> None:
    if not runner.may("contents", "write"):
        raise Stopped("may not write contents")
    patterns = re.split(r"[\s,]+", inputs.get("files") or inputs.get("artifacts") or "")
    files = {path.name for pattern in patterns if pattern for path in _found(runner.workspace, pattern)}
    runner.tell(f"release {' '.join(sorted(name for name in files if not name.endswith('.attestation')))}")


def _announce(runner: Runner, _inputs: Inputs, _env: Env) -> None:
    runner.tell("told the world")


_ACTIONS: tuple[tuple[str, Callable[[Runner, Inputs, Env], None]], ...] = (
    ("actions/checkout", _checkout),
    ("actions/setup-python", _set_up_python),
    ("actions/upload-artifact", _upload),
    ("actions/download-artifact", _download),
    ("gh-action-pypi-publish", _publish),
    ("jrubics/poetry-publish", _poetry),
    ("/maturin-action", _maturin),
    ("softprops/action-gh-release", _release),
    ("action-slack", _announce),
)
"""How a name ends -> what it does."""


def _found(workspace: Path, pattern: str) -> Iterator[Path]:
    for each in workspace.glob(pattern.strip("/")):
        yield from (inner for inner in (each.rglob("*") if each.is_dir() else (each,)) if inner.is_file())


def _root(workspace: Path, pattern: str) -> str:
    """Where a search begins: the folder before the first wildcard, or that of a file."""
    plain = re.split(r"[*?\[]", pattern)[0]
    path = workspace / (plain.rpartition("/")[0] if plain != pattern else plain)
    return str(path if path.is_dir() else path.parent)
