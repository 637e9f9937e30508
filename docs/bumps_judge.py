"""What a tool made of workflows, line by line and file by file, held against what exists."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.bumping import Action
from bot.bumping.artifacts.renaming import may_be
from bot.bumping.artifacts.uploads import downloads, families, uploads
from bot.bumping.changes import How, crossed
from bot.bumping.codemods import Crossing, rewrite
from bot.bumping.pins import Pin, Style, Trouble, is_told_right, read_pin
from bot.bumping.places import Place, places
from bot.bumping.reasons import DOWNLOAD, PUBLISHERS, UPLOAD
from bot.errors import PubflowError, Refused
from bot.survey import Survey, survey
from bot.workflow import Workflow

COLUMNS = ("right", "wrong comment", "style changed", "other lines", "does not resolve", "breaks")
_FILE = ".github/workflows/publish.yml"


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


@dataclass(frozen=True, slots=True)
class Line:
    """One `uses:` before and after."""

    old: Place
    new: Place
    action: Action
    was: Pin
    now: Pin

    @property
    def changed(self) -> bool:
        return self.old.uses.text != self.new.uses.text or self.old.comment != self.new.comment


def judge(files: Mapping[str, str], after: Mapping[str, str], actions: Mapping[str, Action]) -> Judged:
    """The counts over all files."""
    total = Judged()
    for name, text in files.items():
        _file(total, text, after[name], actions)
    return total


def _file(total: Judged, before: str, after: str, actions: Mapping[str, Action]) -> None:
    old, new = _survey(before), _survey(after)
    lines = list(_lines(old.workflows[_FILE], new.workflows[_FILE], actions))
    broken = _broken_pairs(new.workflows[_FILE], lines)
    for line in lines:
        wants = _wants(line)
        lies = _lies(line.new, line.now, line.action)
        total.wanted += wants
        total.wrong_comment += lies
        if not line.changed:
            continue
        styled, resolved = _same_style(line), _resolves(line)
        breaks = id(line) in broken or _breaks(new, line)
        total.style_changed += not styled
        total.unresolved += not resolved
        total.breaks += breaks
        total.right += wants and resolved and styled and not lies and not breaks and _is_better(line)
    total.other_lines += _other_lines(before, after, new.workflows[_FILE], lines)


def _survey(text: str) -> Survey:
    from tests.snapshots import PYPROJECT, snapshot  # noqa: PLC0415 - the script puts it on the path

    return survey(snapshot({"pyproject.toml": PYPROJECT, _FILE: text}))


def _lines(old: Workflow, new: Workflow, actions: Mapping[str, Action]) -> Iterator[Line]:
    """Lines are told by their job and their order among the job's actions."""
    for job in old.jobs:
        pairs = zip(_of_job(old, job), _of_job(new, job), strict=True)
        for before, after in pairs:
            action = actions.get(before.name)
            if action is not None and before.step is not None and not before.uses.path:
                was, now = (read_pin(place, action, live=True) for place in (before, after))
                yield Line(before, after, action, was, now)


def _of_job(workflow: Workflow, job: str) -> list[Place]:
    return [place for place in places(workflow) if place.job.id == job]


def _wants(line: Line) -> bool:
    if line.was.trouble is not Trouble.NONE or _lies(line.old, line.was, line.action):
        return True
    version, newest = line.was.version, line.action.releases[0][0]
    if version is None or (line.was.style is Style.COMMIT and line.was.tag is None):
        return False
    return not version.includes(newest) and version.order < newest.order


def _lies(place: Place, pin: Pin, action: Action) -> bool:
    named = place.comment.version if place.comment is not None else None
    if pin.style is not Style.COMMIT or named is None or pin.tag is None:
        return False
    return not is_told_right(named, pin.tag.commit, action)


def _is_better(line: Line) -> bool:
    """Higher than it was, or the same and mended."""
    before, after = line.was.version, line.now.version
    if before is None or after is None:
        return line.now.trouble is Trouble.NONE
    mended = line.was.trouble is not Trouble.NONE or _lies(line.old, line.was, line.action)
    return after.order > before.order or (after.order == before.order and mended)


def _same_style(line: Line) -> bool:
    before, after = line.was.style, line.now.style
    if before is Style.SHORT:
        return after is Style.COMMIT
    if before is Style.FLOATING and after is Style.EXACT and line.was.version and line.now.version:
        floating = f"{line.was.version.prefix}{line.now.version.cut(len(line.was.version.numbers))}"
        return floating not in line.action.by_name
    return before is after


def _resolves(line: Line) -> bool:
    ref = line.new.uses.ref
    if line.now.style is Style.COMMIT:
        return line.now.tag is not None and line.now.trouble is Trouble.NONE
    return ref in line.action.by_name or ref in line.action.branches


def _breaks(new: Survey, line: Line) -> bool:
    """What the versions in between changed, and the workflow does not take care of."""
    if line.now.trouble is Trouble.TAG_OBJECT and line.new.name in PUBLISHERS:
        return True
    tag, version = line.now.tag, line.now.version
    if tag is None or version is None or line.was.version is None or version.order <= line.was.version.order:
        return False
    if any(major.how is How.REPORT for _, major in crossed(line.action.name, line.was.version, version)):
        return True
    exact = next((release for release in line.action.releases if version.includes(release[0])), (version, tag))
    try:
        made = rewrite(
            Crossing(survey=new, place=line.new, pin=line.was, action=line.action, tag=exact[1], version=exact[0])
        )
    except (Refused, PubflowError):
        return True
    return bool(made.ops)


def _broken_pairs(new: Workflow, lines: list[Line]) -> frozenset[int]:
    """Lines of artifacts that moved to version 4 or newer, where now names collide or the sides do not meet."""
    ours = [line for line in lines if line.changed and line.old.name in (UPLOAD, DOWNLOAD)]
    moved = [line for line in ours if _major(line.was) < 4 <= _major(line.now)]
    if not moved:
        return frozenset()
    ups = {_major(line.now) >= 4 for line in lines if line.old.name == UPLOAD}
    downs = {_major(line.now) >= 4 for line in lines if line.old.name == DOWNLOAD}
    meets = len(ups | downs) == 1 or not ups or not downs
    sent = list(uploads([new]))
    try:
        collides = bool(families(sent))
    except Refused:
        collides = True
    lost = any(one.name is not None and not any(may_be(one.name, each) for each in sent) for one in downloads([new]))
    return frozenset(id(line) for line in moved) if collides or lost or not meets else frozenset()


def _major(pin: Pin) -> int:
    return pin.version.major if pin.version is not None else 0


def _other_lines(before: str, after: str, new: Workflow, lines: list[Line]) -> int:
    """Lines added, removed or changed outside the steps whose action was changed."""
    text = new.document.text
    spans = [_rows(text, line.new) for line in lines if line.changed]
    count = 0
    matcher = difflib.SequenceMatcher(None, before.split("\n"), after.split("\n"), autojunk=False)
    for tag, _, _, start, stop in matcher.get_opcodes():
        if tag != "equal":
            rows = range(start, max(stop, start + 1))
            count += sum(not any(first - 1 <= row <= last + 1 for first, last in spans) for row in rows)
    return count


def _rows(text: str, place: Place) -> tuple[int, int]:
    assert place.step is not None
    node = place.step.node
    return text.count("\n", 0, node.start), text.count("\n", 0, node.end)
