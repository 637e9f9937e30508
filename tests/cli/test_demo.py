"""`pubflow demo`, as somebody who has never seen pubflow would run it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.running import beside


def test_the_demonstration_ends_as_every_sample_says_it_should(tmp_path: Path) -> None:
    ended = beside(tmp_path, "demo", "--once", "--format", "json")
    told = json.loads(ended.out)
    surprises = {one["repository"]: one["outcome"] for one in told["repositories"] if not one["as_expected"]}
    assert (ended.code, surprises) == (0, {})
    assert len(told["repositories"]) >= 10
    pulls = [one["pull_request"] for one in told["repositories"] if one["pull_request"]]
    assert {pull["branch"] for pull in pulls} == {"pubflow/trusted-publishing"}
    for pull in pulls:
        (change,) = pull["changes"]
        assert change["file"] == ".github/workflows/publish-to-pypi.yml"
        assert change["diff"].startswith("--- /dev/null\n+++ b/.github/workflows/publish-to-pypi.yml\n@@ ")
        assert all(line.startswith(("+", "-", "@", " ")) for line in change["diff"].splitlines())


def test_the_environment_of_the_machine_does_not_leak_into_it(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PUBFLOW_MODE=observe\nDATABASE_URL=postgresql://nowhere.invalid/x\n")
    ended = beside(tmp_path, "demo", "--once", APP_ID="1", PRIVATE_KEY="nonsense", ALLOWED_ACCOUNTS="nobody")
    assert ended.code == 0
    assert "forge-samples/anvil #1 (draft)" in ended.out
    assert "seen, not yet handled (token)" in ended.out
    assert "\x1b[" not in ended.out, "colours are for terminals"
