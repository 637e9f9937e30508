"""What a tool made of workflows, line by line and file by file, held against what exists.

Nothing here is pubflow's own: workflows are read with ruamel.yaml, versions by `bumps_facts.py`, and what new versions
break by the few facts below, from the actions' release notes and their lists of inputs.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bumps_facts import Facts, Numbers, full, numbers
from ruamel.yaml import YAML

COLUMNS = ("right", "wrong comment", "style changed", "other lines", "does not resolve", "breaks")
UPLOAD, DOWNLOAD, PUBLISH = "actions/upload-artifact", "actions/download-artifact", "pypa/gh-action-pypi-publish"
BUILDER = "hynek/build-and-inspect-python-package"
"""Uploads by itself."""
BUILDS_OTHERWISE = {
    "pypa/cibuildwheel": (2, 3, 4),
    "python-semantic-release/python-semantic-release": (8, 9, 10),
    "googleapis/release-please-action": (4,),
}
"""Major versions after which something else is built or done."""
_ACTION = re.compile(r"([\w.-]+/[\w.-]+)((?:/[^@\s]+)?)@([^\s'\"]+)\Z")
_NAMED = re.compile(r"(?<![\w./-])[vV]?(\d{1,6}(?:\.\d{1,6}){0,3})(?![\w-]|\.\d)")
_V_NAMED = re.compile(r"(?<![\w./-])v(\d{1,6}(?:\.\d{1,6}){0,3})(?![\w-]|\.\d)")


@dataclass(slots=True)
class Judged:
    """Counts of one tool."""

    wanted: int = 0
    right: int = 0
    wrong_comment: int = 0
    style_changed: int = 0
    other_lines: int = 0
    unresolved: int = 0
    breaks: int = 0

    def figures(self) -> tuple[int, ...]:
        return self.right, self.wrong_comment, self.style_changed, self.other_lines, self.unresolved, self.breaks


@dataclass(frozen=True, kw_only=True)
class Use:
    """One step that uses an action, as a text has it."""

    name: str
    ref: str
    comment: str
    job: str
    inputs: Mapping[str, str]
    rows: tuple[int, int]
    """First and last line of the step."""


@dataclass(frozen=True)
class Line:
    """The same step before and after."""

    old: Use
    new: Use
    about: Facts

    @property
    def changed(self) -> bool:
        return (self.old.ref, self.old.comment) != (self.new.ref, self.new.comment)

    def passes(self, *bound: int) -> bool:
        """Claims that the line came from below a version to it, or beyond."""
        before, after = self.about.version(self.old.ref), self.about.version(self.new.ref)
        if before is None or after is None:
            return False
        # A moving tag stands for the newest below it; from one below which a bound lies, nobody knows which it was.
        start = _newest(before) if len(before) < self.about.width and len(bound) > 1 else full(before)
        end = _newest(after) if len(after) < self.about.width else full(after)
        return start < full(bound) <= end


@dataclass(frozen=True)
class File:
    """A workflow read."""

    text: str
    root: Any
    uses: Sequence[Use] = field(default_factory=tuple)


def judge(files: Mapping[str, str], after: Mapping[str, str], actions: Mapping[str, Facts]) -> Judged:
    """The counts over all files."""
    total = Judged()
    for name, text in files.items():
        _file(total, read(text), read(after[name]), actions)
    return total


def _file(total: Judged, before: File, after: File, actions: Mapping[str, Facts]) -> None:
    pairs = zip(before.uses, after.uses, strict=True)
    lines = [Line(old, new, actions[old.name]) for old, new in pairs if old.name in actions]
    torn = _torn(after, lines)
    for line in lines:
        wants, lies = _wants(line), _lies(line.new, line.about)
        total.wanted += wants
        total.wrong_comment += lies
        if not line.changed:
            continue
        styled, resolved = _same_style(line), line.about.resolves(line.new.ref)
        breaks = line in torn or _breaks(after, line)
        total.style_changed += not styled
        total.unresolved += not resolved
        total.breaks += breaks
        total.right += wants and resolved and styled and not lies and not breaks and _is_better(line)
    total.other_lines += _other_lines(before.text, after.text, [line.new.rows for line in lines if line.changed])


def _newest(version: Numbers) -> Numbers:
    return (*version, 999_999, 999_999, 999_999)[:4]


# ---------------------------------------------------------------- reading


def read(text: str) -> File:
    """A workflow with all steps that use actions, in the order of the file."""
    root = YAML(typ="safe", pure=False).compose(text)
    return File(text, _plain(root), tuple(_uses(text.split("\n"), _get(root, "jobs"))))


def _uses(lines: Sequence[str], jobs: Any) -> Iterator[Use]:  # noqa: ANN401 - a node
    for job, body in jobs.value:
        steps = _get(body, "steps")
        for step in steps.value if steps is not None else ():
            uses = _get(step, "uses")
            found = _ACTION.match(uses.value) if uses is not None else None
            if found is None or found[2]:
                continue
            behind = lines[uses.end_mark.line][uses.end_mark.column :]
            comment = re.match(r"[\s}]*(#.*)", behind)
            inputs = _plain(_get(step, "with")) or {}
            yield Use(
                name=found[1].lower(),
                ref=found[3],
                comment=comment[1].rstrip() if comment else "",
                job=job.value,
                inputs={key.lower(): value for key, value in inputs.items()},
                rows=(step.start_mark.line, _last(lines, step.start_mark.line, step.start_mark.column)),
            )


def _get(node: Any, key: str) -> Any:  # noqa: ANN401
    return next((value for name, value in node.value if name.value == key), None)


def _plain(node: Any) -> Any:  # noqa: ANN401
    """Mappings, lists and texts."""
    match getattr(node, "id", None):
        case "mapping":
            return {name.value: _plain(value) for name, value in node.value}
        case "sequence":
            return [_plain(each) for each in node.value]
        case _:
            return getattr(node, "value", None)


def _last(lines: Sequence[str], start: int, column: int) -> int:
    """The last line of a step that begins in this line and column."""
    last = start
    for row in range(start + 1, len(lines)):
        stripped = lines[row].strip()
        if stripped and not stripped.startswith("#") and len(lines[row]) - len(lines[row].lstrip()) < column:
            break
        last = row if stripped else last
    return last


# ---------------------------------------------------------------- lines


def _named(use: Use) -> Numbers | None:
    """The version that a comment names: with a `v` anywhere, without one at its beginning."""
    found = _V_NAMED.search(use.comment)
    if found is None:
        found = _NAMED.match(re.sub(r"\A#\s*(?:(?:tag|ref|version|release|pin)\s*[=:@]?\s*)?", "", use.comment))
        if found is not None and "." not in found[1] and use.comment.strip("# ") != found[1]:
            return None
    return numbers(found[1]) if found is not None else None


def _lies(use: Use, about: Facts) -> bool:
    named = _named(use)
    if about.style(use.ref) != "commit" or named is None or about.version(use.ref) is None:
        return False
    return not about.is_of(use.ref, named)


def _wants(line: Line) -> bool:
    ref, about = line.old.ref, line.about
    if ref in about.objects or about.style(ref) == "short" or _lies(line.old, about):
        return True
    version = about.version(ref)
    if version is None or about.style(ref) in ("branch", "word"):
        return False
    return version != about.newest[: len(version)] and full(version) < about.newest


def _is_better(line: Line) -> bool:
    """Higher than it was, or the same and mended."""
    before, after = line.about.version(line.old.ref), line.about.version(line.new.ref)
    if before is None or after is None:
        return line.about.resolves(line.new.ref)
    mended = line.old.ref in line.about.objects or _lies(line.old, line.about)
    return full(after) > full(before) or (full(after) == full(before) and mended)


def _same_style(line: Line) -> bool:
    before, after = line.about.style(line.old.ref), line.about.style(line.new.ref)
    if before == "short":
        return after == "commit"
    if (before, after) == ("moving", "exact"):
        count = len(numbers(line.old.ref) or ())
        moving = ".".join(map(str, (numbers(line.new.ref) or ())[:count]))
        return not {moving, f"v{moving}"} & set(line.about.tags)
    return before == after


# ---------------------------------------------------------------- what breaks


def _breaks(file: File, line: Line) -> bool:
    """What the versions in between changed, and the workflow does not take care of."""
    if line.new.ref in line.about.objects and line.new.name == PUBLISH:
        return True
    if any(line.passes(major) for major in BUILDS_OTHERWISE.get(line.new.name, ())):
        return True
    return _loses_an_input(line) or _lacks_what_it_needs(file, line)


def _loses_an_input(line: Line) -> bool:
    before, after = line.about.version(line.old.ref), line.about.version(line.new.ref)
    if before is None or after is None or after <= before:
        return False
    known, left = line.about.inputs.get(before[0], frozenset()), line.about.inputs.get(after[0])
    return left is not None and any(name in known and name not in left for name in line.new.inputs)


def _lacks_what_it_needs(file: File, line: Line) -> bool:
    given, text = line.new.inputs, file.text
    needs = {
        "actions/checkout": lambda: line.passes(2) and "fetch-depth" not in given,
        "actions/setup-python": lambda: line.passes(4) and not {"python-version", "python-version-file"} & given.keys(),
        "actions/setup-node": lambda: line.passes(7) and "registry-url" in given and "NODE_AUTH_TOKEN" not in text,
        "actions/github-script": lambda: line.passes(9) and "@actions/github" in given.get("script", ""),
        "astral-sh/setup-uv": lambda: (
            line.passes(6) and "python-version" in given and "activate-environment" not in given
        ),
        UPLOAD: lambda: line.passes(4, 4) and _is_hidden(given) and "include-hidden-files" not in given,
        DOWNLOAD: lambda: line.passes(5) and "pattern" in given and given.get("merge-multiple") != "true",
        PUBLISH: lambda: line.passes(1, 11) and "attestations" not in given and _cannot_sign(file, line),
    }
    return line.new.name in needs and needs[line.new.name]()


def _is_hidden(given: Mapping[str, str]) -> bool:
    return re.search(r"(?:\A|[\s/])\.\w", given.get("path", "")) is not None


def _cannot_sign(file: File, line: Line) -> bool:
    """Claims that PyPI would refuse the attestations: of a called workflow, or of a second upload in a job."""
    if "password" in line.new.inputs:
        return False
    twice = sum(use.name == PUBLISH and use.job == line.new.job for use in file.uses) > 1
    return twice or "workflow_call" in (file.root.get("on") or ())


def _torn(file: File, lines: Sequence[Line]) -> Sequence[Line]:
    """Lines of artifacts that came to version 4, where the sides do not meet, or two uploads have one name."""
    ours = [line for line in lines if line.old.name in (UPLOAD, DOWNLOAD)]
    moved = [line for line in ours if line.changed and line.passes(4)]
    if not moved:
        return ()
    sides = {(line.about.version(line.new.ref) or (0,))[0] >= 4 for line in ours}
    sent = [use for use in file.uses if use.name == UPLOAD]
    names = [use.inputs.get("name", "artifact") for use in sent]
    told = not any("${{" in name for name in names) and not any(use.name == BUILDER for use in file.uses)
    lost = told and any(_is_missing(use, names) for use in file.uses if use.name == DOWNLOAD)
    collide = len(set(names)) < len(names) or any(_repeats(file, use) for use in sent)
    return moved if len(sides) > 1 or lost or collide else ()


def _is_missing(use: Use, names: Sequence[str]) -> bool:
    """Claims that a download names what nothing in this run uploads."""
    name = use.inputs.get("name", "")
    return bool(name) and "${{" not in name and name not in names and "run-id" not in use.inputs


def _repeats(file: File, use: Use) -> bool:
    """Claims that several legs of a matrix upload under one name."""
    matrix = (file.root["jobs"][use.job].get("strategy") or {}).get("matrix")
    if not matrix:
        return False
    name = use.inputs.get("name", "artifact")
    if "strategy.job-index" in name:
        return False
    if isinstance(matrix, str):
        return "matrix." not in name
    axes = {key: value for key, value in matrix.items() if key not in ("include", "exclude")}
    if not axes:
        return "matrix." not in name and len(matrix.get("include") or ()) != 1
    return any(
        f"matrix.{key}" not in name for key, value in axes.items() if not (isinstance(value, list) and len(value) == 1)
    )


def _other_lines(before: str, after: str, spans: Sequence[tuple[int, int]]) -> int:
    """Lines added, removed or changed outside the steps whose action was changed."""
    count = 0
    matcher = difflib.SequenceMatcher(None, before.split("\n"), after.split("\n"), autojunk=False)
    for tag, _, _, start, stop in matcher.get_opcodes():
        if tag != "equal":
            rows = range(start, max(stop, start + 1))
            count += sum(not any(first - 1 <= row <= last + 1 for first, last in spans) for row in rows)
    return count
