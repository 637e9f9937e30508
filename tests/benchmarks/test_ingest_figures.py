"""The benchmark runs, says what it measured, and every answer was the expected one; its figures are not judged here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.deliveries import push
from bot.events import Jobs, NotForUs, decide

ROOT = Path(__file__).parents[2]


def test_one_json_object_with_figures_and_ratios() -> None:
    command = [
        sys.executable,
        "-m",
        "benchmarks.ingest",
        "--format",
        "json",
        "--rounds",
        "1",
        "--seconds",
        "0.1",
        "--alone",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=True)
    told = json.loads(done.stdout)
    ours = {"bare", "not-for-us", "durable", "mix 9:1"}
    assert set(told["figures"]) == set(told["ratios"]) == ours
    assert set(told["left_out"]) == {"probot, mix 9:1"}
    assert {figures["unexpected_answers"] for figures in told["figures"].values()} == {0}
    assert all(figures["deliveries_per_second"] > 0 for figures in told["figures"].values())
    assert told["ratios"]["bare"] == {"median": 1, "min": 1, "max": 1}
    assert [goal["at_least"] for goal in told["goals"]] == [0.7, 0.5, 1.0]


@pytest.mark.parametrize(("path", "kind"), [("README.md", NotForUs), (".github/workflows/a.yml", Jobs)])
def test_what_is_sent_is_what_the_names_say(path: str, kind: type) -> None:
    assert isinstance(decide("push", push(path, 1), lambda _repository: frozenset()), kind)
