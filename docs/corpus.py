"""Writes `corpus.md`: what becomes of every upload in a collection of real repositories.

Run `python docs/corpus.py [FOLDER]`, FOLDER being the one that holds `corpus/repos.tar.gz` (default: `../shared`). Only
counts and reasons are written; nothing of the repositories is copied.
"""

from __future__ import annotations

import io
import json
import re
import sys
import tarfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.model import (
    Credential,
    EntryKind,
    Index,
    NodeId,
    Publisher,
    RepoFacts,
    RepoId,
    RepoRef,
    Sha,
    Snapshot,
    TreeEntry,
    Visibility,
)
from bot.moving import Moved, is_token_upload, move
from bot.survey import Survey, survey

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
PAGE = ROOT / "docs" / "corpus.md"
OUTCOMES = ("moved", "refused", "indirect", "already trusted", "other index", "unknown")
_ENTRY = TreeEntry(kind=EntryKind.BLOB, oid=Sha("0" * 40), size=1)
_NAMES = (
    (re.compile(r"the job \S+ is left as it is: "), ""),
    (re.compile(r"the action \S+ uploads"), "an action of a third party uploads"),
    (re.compile(r"the upload happens inside .+?, which"), "the upload happens inside another file, which"),
    (re.compile(r"the job \S+ downloads"), "another job downloads"),
    (re.compile(r"its input “[^”]+”"), "one of its inputs"),
    (re.compile(r"its variable \S+ is"), "one of its variables is"),
)
_Counts = Counter[tuple[str, str]]


def surveys(shared: Path) -> Iterator[tuple[str, Survey]]:
    """Every repository of the archive, understood."""
    for name, files in _folders(shared / "corpus" / "repos.tar.gz"):
        yield name, survey(_snapshot(files))


def page(shared: Path) -> str:
    """The text of `corpus.md`."""
    counts: _Counts = Counter()
    reasons: Counter[str] = Counter()
    statuses: Counter[str] = Counter()
    for _, found in surveys(shared):
        statuses[found.status.value] += 1
        _count(found, counts, reasons)
    return _render(counts, reasons, statuses)


def main(arguments: list[str]) -> int:
    """Write the page."""
    PAGE.write_text(page(Path(arguments[0]) if arguments else SHARED), "utf-8")
    sys.stderr.write(f"wrote {PAGE.relative_to(ROOT)}\n")
    return 0


def _folders(archive_path: Path) -> Iterator[tuple[str, Mapping[str, str]]]:
    found: dict[str, dict[str, str]] = {}
    with tarfile.open(archive_path) as archive:
        for member in archive:
            parts = Path(member.name).parts
            content = archive.extractfile(member) if member.isfile() else None
            if content is None:
                continue
            folder = next(index for index, part in enumerate(parts) if "__" in part)
            text = io.TextIOWrapper(content, encoding="utf-8", newline="").read()
            found.setdefault(parts[folder], {})["/".join(parts[folder + 1 :])] = text
    yield from sorted(found.items())


def _snapshot(files: Mapping[str, str]) -> Snapshot:
    owner, _, name = str(json.loads(files["source.json"])["repo"]).partition("/")
    ref = RepoRef(id=RepoId(1), node_id=NodeId("n"), owner=owner, name=name)
    return Snapshot(
        repo=RepoFacts(ref=ref, visibility=Visibility.PUBLIC, default_branch="main"),
        head=Sha("0" * 40),
        root_tree=Sha("0" * 40),
        tree=dict.fromkeys(files["tree.txt"].splitlines(), _ENTRY),
        files={path: text for path, text in files.items() if path not in ("tree.txt", "source.json")},
    )


def _count(found: Survey, counts: _Counts, reasons: Counter[str]) -> None:
    results = {path: move(found, path) for path in {publisher.workflow for publisher in found.publishers}}
    for publisher in found.publishers:
        result = results[publisher.workflow]
        outcome = _outcome(publisher, result.publishers if isinstance(result, Moved) else ())
        counts[publisher.method.value, outcome] += 1
        if outcome == "refused":
            refusals = result.refusals if isinstance(result, Moved) else result
            said = next(each.reason for each in refusals if each.line == publisher.line)
            reasons[_anonymous(said)] += 1


def _outcome(publisher: Publisher, moved: tuple[Publisher, ...]) -> str:
    if publisher in moved:
        return "moved"
    if publisher.index is Index.OTHER:
        return "other index"
    if publisher.indirect or publisher.step is None:
        return "indirect"
    if publisher.credential is Credential.OIDC:
        return "already trusted"
    return "refused" if is_token_upload(publisher) else "unknown"


def _anonymous(reason: str) -> str:
    for pattern, replacement in _NAMES:
        reason = pattern.sub(replacement, reason)
    return reason


def _render(counts: _Counts, reasons: Counter[str], statuses: Counter[str]) -> str:
    methods = sorted({method for method, _ in counts}, key=lambda name: (-_total(counts, name), name))
    lines = [
        "# What becomes of real uploads",
        "",
        f"{sum(statuses.values())} snapshots of real repositories, {sum(counts.values())} uploads. Made by",
        "`python docs/corpus.py`; run it after changing how uploads are read or moved, and see what changes here.",
        "",
        "## Method and outcome",
        "",
        f"| method | {' | '.join(OUTCOMES)} |",
        f"| --- |{' ---: |' * len(OUTCOMES)}",
    ]
    lines += [_row(name, [counts[name, outcome] for outcome in OUTCOMES]) for name in methods]
    totals = [sum(count for (_, outcome), count in counts.items() if outcome == wanted) for wanted in OUTCOMES]
    lines += [_row("**all**", totals), ""]
    moved, refused = totals[0], totals[1]
    share = f"{moved} are moved: {100 * moved / (moved + refused):.1f} %."
    lines += [
        f"Of the {moved + refused} uploads with a stored credential in the repositories' own workflows, {share}",
        "",
        "## Why some are refused",
        "",
        "| uploads | reason |",
        "| ---: | --- |",
    ]
    lines += [
        f"| {count} | {reason} |" for reason, count in sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    ]
    lines += ["", "## Status of the repositories", "", "| repositories | status |", "| ---: | --- |"]
    lines += [f"| {count} | {name} |" for name, count in sorted(statuses.items(), key=lambda item: (-item[1], item[0]))]
    return "\n".join(lines) + "\n"


def _total(counts: _Counts, name: str) -> int:
    return sum(count for (method, _), count in counts.items() if method == name)


def _row(name: str, numbers: list[int]) -> str:
    return f"| {name} | {' | '.join(str(number or '') for number in numbers)} |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
