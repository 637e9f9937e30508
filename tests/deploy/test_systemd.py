"""The systemd units, by systemd's own word."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.settings import Settings
from tests.programs import ROOT

UNITS = {path.name: path for path in (ROOT / "deploy" / "systemd").glob("*.service")}
EXPOSURE = 15
"""Tenths of what `systemd-analyze security` counts from 0 (nothing exposed) to 100."""


def analyze(*words: str | Path) -> subprocess.CompletedProcess[str]:
    tool = shutil.which("systemd-analyze")
    if tool is None:
        pytest.skip("systemd-analyze is not on this machine")
    done = subprocess.run([tool, "--no-pager", *words], capture_output=True, check=False, text=True)
    if "Unknown" in done.stderr or "unrecognized option" in done.stderr:
        pytest.skip(f"this systemd is too old: {done.stderr.strip()}")
    return done


@pytest.mark.parametrize("name", UNITS)
def test_systemd_understands_it(name: str) -> None:
    said = analyze("verify", UNITS[name]).stderr
    there = [line for line in said.splitlines() if "is not executable: No such file" not in line]
    assert there == []


@pytest.mark.parametrize("name", UNITS)
def test_it_may_do_little(name: str) -> None:
    done = analyze("security", "--offline=true", f"--threshold={EXPOSURE}", UNITS[name])
    assert done.returncode == 0, done.stdout


def test_both_are_held_alike() -> None:
    after = {name: path.read_text("utf-8").partition("EnvironmentFile=")[2] for name, path in UNITS.items()}
    rules = [re.sub(r"^#.*\n", "", text, flags=re.MULTILINE) for text in after.values()]
    assert len(rules) == 2
    assert rules[0] == rules[1]


def test_what_it_sets_are_settings() -> None:
    given = re.findall(r"^Environment=(\w+)=", UNITS["pubflow.service"].read_text("utf-8"), re.MULTILINE)
    assert given == ["PRIVATE_KEY_PATH", "PUBFLOW_HOME"]
    assert {name.lower() for name in given} <= set(Settings.model_fields)
