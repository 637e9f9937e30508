"""What it costs to understand a repository, beside zizmor on the same files, and how fast `pubflow check` starts.

CPU and not wall time: `survey` and `decide` run in this process, once for each repository of a corpus of real ones (the
samples of the demo where that is absent); `zizmor --offline` runs in one of its own over the same workflow files, what
it needs for a single tiny file taken off. All are measured in turn, round after round: read the ratios.
"""

from __future__ import annotations

import argparse
import gc
import io
import json
import platform
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any, TypeVar

from rich.console import Console
from rich.table import Table

from bot.bumping.snapshot import catalogue, shipped
from bot.demo.samples import samples
from bot.errors import Unparsable
from bot.heap import calm
from bot.interest import WORKFLOW
from bot.model import EntryKind, NodeId, RepoFacts, RepoId, RepoRef, Sha, Snapshot, TreeEntry, Visibility
from bot.plan import Decision, decide
from bot.questions import actions
from bot.survey import survey
from bot.yaml import parse

T = TypeVar("T")
CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
WEB_URL = "https://github.com"
MOST_CPU = 1.0
"""Of zizmor's CPU a file."""
MOST_START = 3.0
"""Times the start of Python with typer and ruamel.yaml loaded."""
BESIDE = ("-c", "import typer, ruamel.yaml")
NOW = 1_795_000_000.0
"""A day in November 2026: everything in the shipped catalogue may be gone to."""
_NO_ID = Sha("0" * 40)
_ENTRY = TreeEntry(kind=EntryKind.BLOB, oid=_NO_ID, size=1)
_ASIDE = ("tree.txt", "source.json")
"""Files of the corpus that are no files of a repository."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """CPU seconds of one round; zizmor's are None where it is not installed."""

    parse: float
    survey: float
    decide: float
    zizmor: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Wall seconds of one start of each."""

    check: float
    beside: float


# ---------------------------------------------------------------- what is looked at


def corpus(folder: Path) -> Iterator[Mapping[str, str]]:
    """The files of each repository in `repos.tar.gz`."""
    found: dict[str, dict[str, str]] = {}
    with tarfile.open(folder / "repos.tar.gz") as archive:
        for member in archive:
            parts = Path(member.name).parts
            content = archive.extractfile(member) if member.isfile() else None
            if content is not None:
                at = next(index for index, part in enumerate(parts) if "__" in part)
                text = io.TextIOWrapper(content, encoding="utf-8", newline="").read()
                found.setdefault(parts[at], {})["/".join(parts[at + 1 :])] = text
    yield from found.values()


def snapshot(files: Mapping[str, str]) -> Snapshot:
    paths = files["tree.txt"].splitlines() if "tree.txt" in files else list(files)
    ref = RepoRef(id=RepoId(1), node_id=NodeId("n"), owner="o", name="r")
    return Snapshot(
        repo=RepoFacts(ref=ref, visibility=Visibility.PUBLIC, default_branch="main"),
        head=_NO_ID,
        root_tree=_NO_ID,
        tree=dict.fromkeys(paths, _ENTRY),
        files={path: text for path, text in files.items() if path not in _ASIDE},
    )


def workflows(snapshots: Sequence[Snapshot]) -> list[str]:
    return [text for each in snapshots for path, text in each.files.items() if WORKFLOW.match(path)]


def unpack(texts: Sequence[str], folder: Path) -> list[Path]:
    """Each workflow in a repository of its own, so that zizmor reads it as a workflow."""
    paths = [folder / str(number) / ".github" / "workflows" / "w.yml" for number in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.parent.mkdir(parents=True)
        path.write_bytes(text.encode())
    return paths


# ---------------------------------------------------------------- what is measured


def measure(snapshots: Sequence[Snapshot], rounds: int, folder: Path) -> list[Round]:
    """All in turn; the first round only warms up."""
    texts = workflows(snapshots)
    paths = unpack(texts, folder)
    tiny = folder / ".github" / "workflows" / "tiny.yml"
    tiny.parent.mkdir(parents=True)
    tiny.write_text("on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: true\n")
    return [_round(snapshots, texts, paths, tiny) for _ in range(rounds + 1)][1:]


def _round(snapshots: Sequence[Snapshot], texts: Sequence[str], paths: Sequence[Path], tiny: Path) -> Round:
    zizmor = shutil.which("zizmor", path=str(Path(sys.executable).parent)) or shutil.which("zizmor")
    return Round(
        parse=_cpu(is_yaml, texts),
        survey=_cpu(survey, snapshots),
        decide=_cpu(_decide, snapshots),
        zizmor=None if zizmor is None else _cpu_of(zizmor, paths) - _cpu_of(zizmor, [tiny]),
    )


def is_yaml(text: str) -> bool:
    try:
        return parse(text).root is not None
    except Unparsable:
        return False


def _cpu(work: Callable[[T], object], of: Sequence[T]) -> float:
    """One after the other, and each result let go at once: a command holds one repository, not all of them."""
    before = process_time()
    for each in of:
        work(each)
    return process_time() - before


def _cpu_of(zizmor: str, paths: Sequence[Path]) -> float:
    before = getrusage(RUSAGE_CHILDREN)
    command = [zizmor, "--offline", "--quiet", "--no-progress", "--no-config", *map(str, paths)]
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def starts(times: int, folder: Path) -> list[Start]:
    """`pubflow check` of a small repository, and Python with two libraries, in turn."""
    (folder / "pyproject.toml").write_text('[build-system]\nbuild-backend = "hatchling.build"\n[project]\nname = "a"\n')
    check = ("-m", "bot.cli", "check", str(folder), "--offline")
    return [Start(check=_wall(check), beside=_wall(BESIDE)) for _ in range(times + 1)][1:]


def _decide(snapshot: Snapshot) -> Decision:
    """As `pubflow check` does, what is known of the actions included."""
    found = survey(snapshot)
    return decide(snapshot, found=found, asked=True, catalogue=catalogue(shipped(), actions(found, asked=True), NOW))


def _wall(arguments: Sequence[str]) -> float:
    before = perf_counter()
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return perf_counter() - before


# ---------------------------------------------------------------- what is told


def report(
    source: str, snapshots: Sequence[Snapshot], rounds: Sequence[Round], started: Sequence[Start]
) -> dict[str, Any]:
    """One JSON object: what was run, the figures (medians), the ratios round by round."""
    files, repositories = len(workflows(snapshots)), len(snapshots)
    of_zizmor = [each.decide / each.zizmor for each in rounds if each.zizmor]
    figures = {
        name: {
            "cpu_ms_per_file": round(median(of) / files * 1e3, 4),
            "cpu_ms_per_repository": round(median(of) / repositories * 1e3, 4),
        }
        for name, of in _columns(rounds).items()
    }
    of_start = [each.check / each.beside for each in started]
    return {
        "benchmark": "analysis",
        "run": {
            "source": source,
            "repositories": repositories,
            "workflow_files": files,
            "rounds": len(rounds),
            "python": platform.python_version(),
        },
        "figures": {
            **figures,
            "start": {
                "check_ms": round(median(each.check for each in started) * 1e3, 1),
                "beside_ms": round(median(each.beside for each in started) * 1e3, 1),
            },
        },
        "ratios": {"decide to zizmor": _spread(of_zizmor), "start": _spread(of_start)},
        "goals": {"decide to zizmor": _goal(of_zizmor, MOST_CPU), "start": _goal(of_start, MOST_START)},
    }


def _columns(rounds: Sequence[Round]) -> dict[str, list[float]]:
    columns = {
        "parse": [each.parse for each in rounds],
        "survey": [each.survey for each in rounds],
        "decide": [each.decide for each in rounds],
        "zizmor": [each.zizmor for each in rounds if each.zizmor is not None],
    }
    return {name: of for name, of in columns.items() if of}


def _spread(ratios: Sequence[float]) -> dict[str, float] | None:
    if not ratios:
        return None
    return {"median": round(median(ratios), 3), "min": round(min(ratios), 3), "max": round(max(ratios), 3)}


def _goal(ratios: Sequence[float], most: float) -> dict[str, Any]:
    return {"at_most": most, "met": median(ratios) <= most if ratios else None}


def table(told: dict[str, Any]) -> Table:
    shown = Table(title="{repositories} repositories, {workflow_files} workflow files: {source}".format(**told["run"]))
    for head in ("CPU", "ms a file", "ms a repository"):
        shown.add_column(head, justify="left" if head == "CPU" else "right")
    for name, of in told["figures"].items():
        if name != "start":
            shown.add_row(name, f"{of['cpu_ms_per_file']:.3f}", f"{of['cpu_ms_per_repository']:.3f}")
    return shown


def main() -> None:
    given = _arguments()
    has_corpus = (given.corpus / "repos.tar.gz").is_file()
    if not has_corpus:
        print(f"there is no corpus in {given.corpus}; the demo's samples are looked at instead", file=sys.stderr)
    found = corpus(given.corpus) if has_corpus else (sample.files for sample in samples(WEB_URL))
    snapshots = [snapshot(files) for files in found]
    calm()  # as the command line does; and a real one holds one repository, not all of them
    gc.freeze()
    with TemporaryDirectory(prefix="pubflow-analysis-") as folder, TemporaryDirectory(prefix="pubflow-start-") as small:
        rounds = measure(snapshots, given.rounds, Path(folder))
        started = starts(given.starts, Path(small))
    told = report("corpus" if has_corpus else "samples", snapshots, rounds, started)
    if given.format == "json":
        print(json.dumps(told))
        return
    Console(width=100).print(table(told))
    print(
        "start of check {check_ms} ms, of Python with typer and ruamel.yaml {beside_ms} ms".format(
            **told["figures"]["start"]
        )
    )
    for name, goal in told["goals"].items():
        ratio = told["ratios"][name]
        outcome = "not measured" if ratio is None else f"{ratio['median']} ({'met' if goal['met'] else 'missed'})"
        print(f"goal: {name} at most {goal['at_most']}: {outcome}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.analysis", description=__doc__)
    parser.add_argument("--format", choices=["text", "json"], default="text")
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="a folder with repos.tar.gz")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--starts", type=int, default=9)
    return parser.parse_args()


if __name__ == "__main__":
    main()
