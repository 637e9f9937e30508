"""Judges that we did not write, asked about pairs of files: what they say of the second and not of the first."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import pytest

from tests import workflow_judges

Counts = Mapping[Path, Counter[str]]


def new(written: Sequence[tuple[Path, Path]], judge: Callable[[Sequence[Path]], Counts]) -> Mapping[str, set[str]]:
    """The name of each second file and the head of its text -> what is new there."""
    said = judge([path for pair in written for path in pair])
    nothing: Counter[str] = Counter()
    found = {after: set(said.get(after, nothing)) - set(said.get(before, nothing)) for before, after in written}
    return {f"{path.name}: {path.read_text('utf-8')[:80]}": words for path, words in found.items() if words}


def counted(complaints: Iterable[workflow_judges.Complaint]) -> Counts:
    """File -> what is said of it, names and numbers left out."""
    found: dict[Path, Counter[str]] = {}
    for each in complaints:
        found.setdefault(Path(each.file), Counter())[re.sub(r'"[^"]*"|\d+', "", each.text)] += 1
    return found


def zizmor(files: Sequence[Path]) -> Counts:
    """All files in one run, for a process for each would take a minute."""
    program = shutil.which("zizmor", path=str(Path(sys.executable).parent))
    if program is None:
        pytest.skip("zizmor is not installed; it is one of the development dependencies")
    options = ["--offline", "--quiet", "--no-progress", "--no-config", "--format", "json-v1"]
    done = subprocess.run([program, *options, *map(str, files)], capture_output=True, text=True, check=False)
    assert done.returncode == 0 or 10 <= done.returncode <= 14, done.stderr
    found: dict[Path, Counter[str]] = {}
    for hit in json.loads(done.stdout):
        path = Path(hit["locations"][0]["symbolic"]["key"]["Local"]["verbatim_path"])
        found.setdefault(path, Counter())[hit["ident"]] += 1
    assert found, "zizmor found nothing at all: its output was not understood"
    return found
