"""The benchmark of the analysis runs and says what it measured; its figures are not judged here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.analysis import WEB_URL, is_yaml, snapshot, unpack, workflows
from bot.demo.samples import samples
from bot.survey import survey

ROOT = Path(__file__).parents[2]


def test_one_json_object_with_figures_and_ratios(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.analysis", "--format", "json", "--rounds", "1", "--starts", "1"]
    done = subprocess.run(
        [*command, "--corpus", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stderr == f"there is no corpus in {tmp_path}; the demo's samples are looked at instead\n"
    told = json.loads(done.stdout)
    assert told["benchmark"] == "analysis"
    assert told["run"]["source"] == "samples"
    assert {"parse", "survey", "decide", "zizmor", "start"} == set(told["figures"])
    assert all(told["figures"][name]["cpu_ms_per_file"] > 0 for name in ("parse", "survey", "decide"))
    assert set(told["ratios"]) == set(told["goals"]) == {"decide to zizmor", "start"}
    assert told["goals"]["decide to zizmor"]["at_most"] == 1.0


def test_what_is_looked_at_is_every_workflow_once(tmp_path: Path) -> None:
    snapshots = [snapshot(sample.files) for sample in samples(WEB_URL)]
    texts = workflows(snapshots)
    assert len(texts) == sum(len(survey(each).workflows) for each in snapshots) > 5
    assert [path.read_bytes().decode() for path in unpack(texts, tmp_path)] == texts


def test_files_of_the_corpus_that_no_repository_has_are_not_looked_at() -> None:
    made = snapshot({"tree.txt": "a\nb/c\n", "source.json": "{}", "a": "x"})
    assert set(made.tree) == {"a", "b/c"}
    assert set(made.files) == {"a"}


def test_what_is_no_yaml_is_no_yaml() -> None:
    assert is_yaml("a: b")
    assert not is_yaml("")
    assert not is_yaml("a: [")
