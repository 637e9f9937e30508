"""The rules applied: what they find, and for each of our branches the changes that mend it.

Two rules may change one file. So each fix is made on what the fixes before it left, and the rule looks again: a finding
that an earlier fix has mended is gone by then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from msgspec import Struct, field
from msgspec.structs import replace

from bot.allowing import first_objection
from bot.messages import Message
from bot.model import Change, EntryKind, Finding, FixKind, Refusal, Sha, Snapshot, TreeEntry, YamlPath
from bot.rules import RULES
from bot.rules.rule import Context, Fix, Rule
from bot.survey import resurvey

_MOST_FIXES = 200
"""Of one rule in one repository; a rule that never ends is stopped there."""
_NEW = TreeEntry(kind=EntryKind.BLOB, oid=Sha("0" * 40))

_Key = tuple[str | None, YamlPath, str]
Found = Mapping[str, tuple[Finding, ...]]
"""The rules that were asked, by their IDs, in their order -> their findings."""


class Mended(Struct, kw_only=True):
    """What one branch will carry; grows while rules are applied."""

    context: Context
    """As the repository stands with the changes so far."""
    before: Context
    """As the repository stands without them."""
    fixes: list[Fix] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    original: dict[str, str | None] = field(default_factory=dict)
    """File -> its text before the first change."""

    @property
    def changes(self) -> tuple[Change, ...]:
        """One for each file, from its first text to its last."""
        now = self.context.survey.snapshot.files
        return tuple(Change(file=file, before=before, after=now.get(file)) for file, before in self.original.items())

    def resolved(self, branch: str) -> tuple[Finding, ...]:
        """What the rules of this branch found before the changes and no longer find after them, in their order."""
        return tuple(finding for rule in RULES if branch == rule.BRANCH for finding in self._resolved(rule))

    def _resolved(self, rule: Rule) -> Iterator[Finding]:
        # By file and words, and how often: what stands above a place moves its line and may move its path.
        left = Counter((finding.file, finding.message) for finding in _found(rule, self.context))
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
    start = context
    for branch in dict.fromkeys(rule.BRANCH for rule in RULES if rule.BRANCH is not None):
        mended = Mended(context=start, before=start)
        for rule in RULES:
            if branch == rule.BRANCH and rule.ID in found:
                first = found[rule.ID] if mended.context is context else _found(rule, mended.context)
                _apply(rule, first, mended, frozenset(taken))
        if context.asked:
            start = mended.context
        elif branch != declined:
            taken |= set(mended.original)
        if mended.fixes or mended.refusals:
            branches[branch] = mended
    return branches


def _found(rule: Rule, context: Context) -> tuple[Finding, ...]:
    return tuple(finding for finding in rule.find(context) if not _is_ignored(finding.file, context))


def _is_ignored(file: str | None, context: Context) -> bool:
    return file is not None and any(fnmatchcase(file, pattern) for pattern in context.config.ignore.files)


def _apply(rule: Rule, found: Sequence[Finding], mended: Mended, taken: frozenset[str]) -> None:
    answered: set[_Key] = set()
    for _ in range(_MOST_FIXES):
        finding = next((one for one in found if _open(one, answered, taken)), None)
        if finding is None:
            return
        answered.add(_key(finding))
        answer = rule.fix(mended.context, finding)
        if isinstance(answer, Refusal):
            mended.refusals.append(answer)
        elif (reason := _obstacle(answer, mended.context)) is not None:
            mended.refusals.append(Refusal(rule=rule.ID, reason=reason, file=finding.file, line=finding.line))
        elif not taken & {change.file for change in answer.changes}:
            _take(mended, answer)
            found = _found(rule, mended.context)


def _obstacle(fix: Fix, context: Context) -> str | None:
    """Why a fix may not be made, whatever rule it is of."""
    kept = next((each.file for each in fix.changes if _is_ignored(each.file, context)), None)
    if kept is not None:
        return f"it would change {kept}, which `ignore.files` in .github/pubflow.yml keeps as it is"
    return first_objection(context.survey, fix.changes)


def _open(finding: Finding, answered: set[_Key], taken: frozenset[str]) -> bool:
    return finding.fix is not FixKind.NONE and _key(finding) not in answered and finding.file not in taken


def _key(finding: Finding) -> _Key:
    """What a finding is about; its line moves with every change above it."""
    return finding.file, finding.path, finding.message


def _take(mended: Mended, fix: Fix) -> None:
    mended.fixes.append(fix)
    for change in fix.changes:
        mended.original.setdefault(change.file, change.before)
    snapshot = _changed(mended.context.survey.snapshot, fix.changes)
    mended.context = replace(mended.context, survey=fix.after or resurvey(mended.context.survey, snapshot))


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
