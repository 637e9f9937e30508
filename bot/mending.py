"""The rules applied: what they find, and for each of our branches the changes that mend it.

Two rules may change one file. So each fix of a file is made on what the fixes before it left, and the rule looks again:
a finding that an earlier fix has mended is gone by then. Where a fix says what it mends, nobody needs to look.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from msgspec import Struct, field
from msgspec.structs import replace

from bot.allowing import first_objection
from bot.messages import Message
from bot.model import Change, EntryKind, Finding, FixKind, Refusal, Sha, Snapshot, TreeEntry
from bot.rules import RULES
from bot.rules.rule import About, Context, Fix, Rule, about
from bot.survey import Survey, resurvey

_MOST_FIXES = 200
"""Of one rule in one repository; a rule that never ends is stopped there."""
_NEW = TreeEntry(kind=EntryKind.BLOB, oid=Sha("0" * 40))

Found = Mapping[str, tuple[Finding, ...]]
"""The rules that were asked, by their IDs, in their order -> their findings."""


class Mended(Struct, kw_only=True):
    """What one branch will carry; grows while rules are applied."""

    before: Context
    """As the repository stands without the changes."""
    looked: Context
    """As it stood when it was looked at last."""
    fixes: list[Fix] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    original: dict[str, str | None] = field(default_factory=dict)
    """File -> its text before the first change."""
    since: dict[str, Change] = field(default_factory=dict)
    """File -> how it changed since the repository was looked at last."""
    answered: set[About] = field(default_factory=set)
    """What was tried, or mended on the way."""

    def look(self) -> Context:
        """As the repository stands with the changes so far."""
        if self.since:
            snapshot = _changed(self.looked.survey.snapshot, tuple(self.since.values()))
            self.go_on(resurvey(self.looked.survey, snapshot))
        return self.looked

    def go_on(self, survey: Survey) -> None:
        """`survey` is what the repository is with all changes so far."""
        self.looked = replace(self.looked, survey=survey)
        self.since.clear()

    @property
    def changes(self) -> tuple[Change, ...]:
        """One for each file, from its first text to its last."""
        looked = self.looked.survey.snapshot.files
        now = {**looked, **{file: change.after for file, change in self.since.items()}}
        return tuple(Change(file=file, before=before, after=now.get(file)) for file, before in self.original.items())

    def resolved(self, branch: str) -> tuple[Finding, ...]:
        """What the rules of this branch found before the changes and no longer find after them, in their order."""
        return tuple(finding for rule in RULES if branch == rule.BRANCH for finding in self._resolved(rule))

    def _resolved(self, rule: Rule) -> Iterator[Finding]:
        # By file and words, and how often: what stands above a place moves its line and may move its path.
        left = Counter((finding.file, finding.message) for finding in _found(rule, self.look()))
        for finding in _found(rule, self.before):
            if left[finding.file, finding.message] > 0:
                left[finding.file, finding.message] -= 1
            else:
                yield finding

    @property
    def messages(self) -> tuple[Message, ...]:
        return tuple(message for fix in self.fixes for message in (fix.message, *fix.also))


def find(context: Context) -> Found:
    """What every rule that is asked for has to say of the repository as it is."""
    return {rule.ID: _found(rule, context) for rule in RULES if context.asks(rule.ID)}


def mend(context: Context, found: Found, *, declined: str | None = None) -> Mapping[str, Mended]:
    """Branch -> what it carries and what was refused; branches of which there is nothing to say are left out.

    `found` is what `find` said of the same context.
    A file is changed on one branch alone, the one whose rules come first: two pull requests never contradict. The
    branch `declined`, of which people want nothing, keeps no file from the others. A checkout has no branches: there
    each goes on from what those before it made.
    """
    branches: dict[str, Mended] = {}
    taken: set[str] = set()
    last: Mended | None = None
    for branch in dict.fromkeys(rule.BRANCH for rule in RULES if rule.BRANCH is not None):
        start = last.look() if last is not None and context.asked else context
        last = mended = Mended(before=start, looked=start)
        for rule in RULES:
            if branch == rule.BRANCH and rule.ID in found:
                first = found[rule.ID] if mended.looked is context else _found(rule, mended.looked)
                _apply(rule, first, mended, frozenset(taken))
        if not context.asked and branch != declined:
            taken |= set(mended.original)
        if mended.fixes or mended.refusals:
            branches[branch] = mended
    return branches


def _found(rule: Rule, context: Context) -> tuple[Finding, ...]:
    return tuple(finding for finding in rule.find(context) if not _is_ignored(finding.file, context))


def _is_ignored(file: str | None, context: Context) -> bool:
    return file is not None and any(fnmatchcase(file, pattern) for pattern in context.config.ignore.files)


def _apply(rule: Rule, found: Sequence[Finding], mended: Mended, taken: frozenset[str]) -> None:
    for _ in range(_MOST_FIXES):
        finding = next((one for one in found if _is_open(one, mended.answered, taken)), None)
        if finding is None:
            return
        answer = rule.fix(mended.looked, finding)
        if isinstance(answer, Fix) and not mended.since.keys().isdisjoint(change.file for change in answer.changes):
            found = _found(rule, mended.look())  # it would undo what was changed since: see what is left of it
            continue
        mended.answered.add(about(finding))
        if isinstance(answer, Refusal):
            mended.refusals.append(answer)
        elif (reason := _obstacle(answer, mended.looked)) is not None:
            mended.refusals.append(Refusal(rule=rule.ID, reason=reason, file=finding.file, line=finding.line))
        elif not taken & {change.file for change in answer.changes}:
            _take(mended, answer)
            if not answer.mends:
                found = _found(rule, mended.look())


def _obstacle(fix: Fix, context: Context) -> str | None:
    """Why a fix may not be made, whatever rule it is of."""
    kept = next((each.file for each in fix.changes if _is_ignored(each.file, context)), None)
    if kept is not None:
        return f"it would change {kept}, which `ignore.files` in .github/pubflow.yml keeps as it is"
    return first_objection(context.survey, fix.changes)


def _is_open(finding: Finding, answered: set[About], taken: frozenset[str]) -> bool:
    return finding.fix is not FixKind.NONE and about(finding) not in answered and finding.file not in taken


def _take(mended: Mended, fix: Fix) -> None:
    mended.fixes.append(fix)
    mended.answered |= fix.mends
    for change in fix.changes:
        mended.original.setdefault(change.file, change.before)
        mended.since[change.file] = change
    if fix.after is not None and len(mended.since) == len(fix.changes):
        mended.go_on(fix.after)


def _changed(snapshot: Snapshot, changes: Sequence[Change]) -> Snapshot:
    files = dict(snapshot.files)
    for change in changes:
        if change.after is None:
            files.pop(change.file, None)
        else:
            files[change.file] = change.after
    gone = {change.file for change in changes if change.after is None}
    new = [change.file for change in changes if change.after is not None and change.file not in snapshot.tree]
    if not new and gone.isdisjoint(snapshot.tree):
        return replace(snapshot, files=files)
    tree = {path: entry for path, entry in snapshot.tree.items() if path not in gone} | dict.fromkeys(new, _NEW)
    return replace(snapshot, files=files, tree=tree)
