"""The composite action in a run of a workflow, by nektos/act on this machine."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.programs import LEFT_OUT, ROOT, committed, program
from tests.snapshots import PUBLISHES, PYPROJECT
from tests.workflow_judges import zizmor

RELEASE = ".github/workflows/release.yml"
TOKEN = PUBLISHES + "        with:\n          password: ${{ secrets.PYPI_TOKEN }}\n"
FILES = {
    "token/pyproject.toml": PYPROJECT,
    f"token/{RELEASE}": TOKEN,
    "trusted/pyproject.toml": PYPROJECT,
    f"trusted/{RELEASE}": PUBLISHES,
    "missing/pyproject.toml": PYPROJECT,
    "broken/pyproject.toml": PYPROJECT,
    f"broken/{RELEASE}": "run: [twine upload\n",
}
STEPS = {
    "trusted": ({"path": "trusted"}, "success trusted 0"),
    "token": ({"path": "token", "sarif-file": "pubflow.sarif"}, "failure token 1"),
    "reported": ({"path": "token", "fail": "false"}, "success token 1"),
    "missing": ({"path": "missing"}, "failure missing 1"),
    "only": ({"path": "missing", "only": "token-upload"}, "success missing 0"),
    "broken": ({"path": "broken"}, "failure unknown 1"),
    "nowhere": ({"path": "nowhere", "fail": "false"}, "failure  "),
    "no-rule": ({"path": "trusted", "only": "no-such-rule"}, "failure  "),
    "hostile": ({"path": "$(touch pwned)`touch pwned`;touch pwned #"}, "failure  "),
}
"""Inputs of the action, and how the step ends: its outcome, the status it found, the number of findings."""


def workflow(steps: dict[str, dict[str, str]]) -> str:
    asked = [
        {"id": name, "uses": "pubflow/pubflow@v0", "continue-on-error": True, "with": given}
        for name, given in steps.items()
    ]
    outputs = ("outcome", "outputs.status", "outputs.findings")
    said = {name: " ".join(f"${{{{ steps.{name}.{output} }}}}" for output in outputs) for name in steps}
    told = "\n".join(f"echo '{name}: {text}'" for name, text in said.items())
    job = {
        "runs-on": "ubuntu-latest",
        "steps": [{"uses": "actions/checkout@v7"}, *asked, {"run": told}, {"run": "cat pubflow.sarif; ls"}],
    }
    return json.dumps({"on": "push", "permissions": {}, "jobs": {"check": job}})


def act(scratch: Path, action: Path, steps: dict[str, dict[str, str]]) -> str:
    """Everything that a run says."""
    repository = scratch / "repository"
    repository.mkdir()
    committed(repository, FILES | {".github/workflows/check.yml": workflow(steps)})
    command = [
        *(program("act"), "push", "-P", "ubuntu-latest=-self-hosted", "--pull=false", "--action-offline-mode"),
        *("--local-repository", f"pubflow/pubflow@v0={action}", "--action-cache-path", str(scratch / "cache")),
    ]
    home = {"HOME": str(scratch / "home"), "XDG_CACHE_HOME": str(scratch / "home")}
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    passed = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_"))}
    done = subprocess.run(
        command,
        cwd=repository,
        env={"PATH": path, **passed, **home},
        capture_output=True,
        check=False,
        text=True,
        timeout=300,
    )
    return done.stdout + done.stderr


def test_a_run_of_a_workflow(tmp_path: Path) -> None:
    action = tmp_path / "action"
    action.mkdir()
    shutil.copy(ROOT / "action.yml", action)
    common = {"command": program("pubflow"), "offline": "true"}
    said = act(tmp_path, action, {name: common | given for name, (given, _) in STEPS.items()})
    ended = dict(re.findall(r"\| (\S+): ((?:success|failure).*)", said))
    assert ended == {name: told for name, (_, told) in STEPS.items()}, said
    assert "::warning file=.github/workflows/release.yml,line=11,col=1,title=pubflow%3A token-upload::" in said
    assert "<details><summary>The change that pubflow proposes</summary>" in said
    assert '"ruleId": "token-upload"' in said
    assert "| pwned" not in said


@pytest.mark.soak
def test_the_action_installs_this_very_version(tmp_path: Path) -> None:
    action = tmp_path / "action"
    shutil.copytree(ROOT, action, ignore=LEFT_OUT)
    said = act(tmp_path, action, {"trusted": {"path": "trusted", "offline": "true"}})
    assert "| trusted: success trusted 0" in said, said


def test_zizmor_has_nothing_against_the_action() -> None:
    assert zizmor([ROOT / "action.yml"]) == ()
