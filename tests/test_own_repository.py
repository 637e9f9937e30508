"""What we tell others to do, we do: our own workflows, pins and forms."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from bot import __version__
from tests.cli.running import here
from tests.programs import ROOT, program
from tests.workflow_judges import everything

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PIN = re.compile(r"^\s*(?:- )?uses: (?:[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\./ # .+)$")
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))


def test_no_judge_has_anything_against_our_workflows() -> None:
    assert everything(WORKFLOWS) == ()


@pytest.mark.parametrize("path", [*WORKFLOWS, ROOT / "action.yml"], ids=lambda path: path.name)
def test_every_action_is_pinned_to_a_commit_and_says_its_version(path: Path) -> None:
    used = [line for line in path.read_text("utf-8").splitlines() if re.match(r"\s*(- )?uses:", line)]
    assert [line for line in used if not PIN.match(line)] == []


def test_pubflow_finds_nothing_here(capsys: pytest.CaptureFixture[str]) -> None:
    ended = here(capsys, "check", ROOT, "--offline")
    assert (ended.code, ended.out.splitlines()[1]) == (0, "Every upload goes by Trusted Publishing.")


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_github_takes_our_forms(path: Path) -> None:
    kind = "github-issue-config" if path.name == "config.yml" else "github-issue-forms"
    judge = program("check-jsonschema", deploying=True)
    done = subprocess.run(
        [judge, "--builtin-schema", f"vendor.{kind}", path], capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, done.stdout


def test_what_names_our_version_names_this_one() -> None:
    chart = (ROOT / "deploy" / "helm" / "pubflow" / "Chart.yaml").read_text("utf-8")
    preview = (ROOT / "docs" / "preview.md").read_text("utf-8")
    assert re.findall(r"^(?:version|appVersion): \"?([\d.]+)", chart, re.MULTILINE) == [__version__] * 2
    assert re.findall(r"(?:rev: |pubflow/pubflow@)v([\d.]+)", preview) == [__version__] * 2


def test_no_file_of_ours_names_a_registry_to_download_from() -> None:
    """Whoever installs us says where from, by the configuration of their own tools."""
    done = subprocess.run(
        [
            "git",
            "grep",
            "-lIE",
            r"--(extra-)?index-url|find-links[ =]|files\.pythonhosted\.org|registry\.npmjs\.org",
            "--",
            ":!tests",
            ":!bot",
        ],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.stdout.split() == []
