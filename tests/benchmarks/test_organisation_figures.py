"""The simulation runs to its end and tells what it should; at full size the budgets are kept."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.hub import points, shape
from bot.github.listing import OWNED
from bot.github.many import DOCUMENT

ROOT = Path(__file__).parents[2]


def run(count: int, pulls: int, seconds: float) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.organisation", "--format", "json"]
    command += ["--repositories", str(count), "--pulls", str(pulls)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=seconds, check=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_one_json_object_that_tells_the_whole_story() -> None:
    told = run(16, 1, 120)
    assert told["run"]["repositories"] == 16
    names = [phase["name"] for phase in told["figures"]]
    assert names[0] == "first scan"
    assert len(names) == 8
    assert {"requests", "points", "waited_hours", "cpu_seconds", "peak_memory_mb", "database_mb"} <= set(
        told["figures"][0]
    )
    assert set(told["budgets"]) == {"first scan", "all unchanged", "one in a hundred changed", "a quiet night"}
    assert told["budgets"]["a quiet night"]["requests"] <= 3
    assert set(told["deliveries"]) == {"202", "204"}
    assert not any(phase["refused"] for phase in told["figures"])


@pytest.mark.soak
def test_ten_thousand_repositories_keep_their_budgets() -> None:
    told = run(10_000, 120, 3600)
    assert all(budget["met"] for budget in told["budgets"].values()), told["budgets"]


def test_the_organisation_is_mixed() -> None:
    kinds = {shape(number)[0] for number in range(1000)}
    assert {"javascript", "documents", "service"} < kinds
    assert len(kinds) > 15


def test_what_github_charges() -> None:
    assert points(OWNED, {"first": 100}) == 2
    assert points(DOCUMENT, {"whole": ["R"] * 50, "bare": []}) == 8
    assert points("query { viewer { login } }", {}) == 1
