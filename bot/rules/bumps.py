"""What the rules about actions share: verdicts as findings, and all bumps of a file made in one edit."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import quote

from msgspec import Struct, field
from msgspec.structs import replace

from bot import bumping
from bot.bumping import Catalogue, Verdict
from bot.bumping.looked import Known
from bot.bumping.verdict import BROKEN, COMMENT, OUTDATED
from bot.config import Bump, Config
from bot.errors import Refused
from bot.messages import Mend
from bot.model import Change, Finding, FixKind, Refusal, YamlPath
from bot.rules.rule import About, Context, Fix
from bot.survey import Survey
from bot.yaml import Document, Insert, Op, edit

_PLAIN = re.compile(r"[A-Za-z0-9_.~/-]*\Z")
"""What an address may hold as it is: nearly all names and tags."""
_ORDER = (BROKEN, OUTDATED, COMMENT)
"""The gravest is told first."""


class _Judged(Struct, frozen=True, kw_only=True):
    """What was found out of one survey: the rules ask for the same one after the other."""

    survey: Survey
    catalogue: Catalogue
    config: Config
    bump: Bump
    """What counts for actions."""
    known: Known
    """What becomes known of lines while a repository is judged again after each change."""
    verdicts: tuple[Verdict, ...]
    found: dict[str, tuple[Finding, ...]] = field(default_factory=dict)
    """Rule -> its findings; grows."""


_KEPT = "actions"
_MOST_KEPT = 4


def finder(rule: str) -> Callable[[Context], tuple[Finding, ...]]:
    """What finds the verdicts of a rule: one finding for each line that it speaks of."""

    def find(context: Context) -> tuple[Finding, ...]:
        judged = _judged(context)
        if judged is None:
            return ()
        found = judged.found.get(rule)
        if found is None:
            found = tuple([_finding(verdict) for verdict in judged.verdicts if verdict.rule == rule])
            judged.found[rule] = found
        return found

    return find


unknown = finder(bumping.UNKNOWN)
"""The lines that a snapshot cannot judge, as findings that no rule made."""


def fix(context: Context, finding: Finding) -> Fix | Refusal:
    """All that is raised in the finding's file, by whatever rule, at once; or why its line is left to a person."""
    judged = _judged(context)
    assert judged is not None, "somebody found this"
    said = judged.verdicts
    this = next(one for one in said if one.rule == finding.rule and one.place.key == (finding.file, finding.path))
    if not this.makes:
        return _refusal(finding, this.refusal or this.message)
    makes = [one for one in said if one.makes and context.asks(one.rule)]
    beside = [one for one in makes if this.ops.keys() & one.ops.keys()]
    try:
        made = _fix(context, sorted(beside, key=lambda one: _ORDER.index(one.rule)))
        return replace(made, mends=_mends(made, beside, makes))
    except Refused:
        pass  # one of the others cannot be made; this one perhaps can
    try:
        return _fix(context, [this])
    except Refused as refused:
        return _refusal(finding, refused.reason)


def _judged(context: Context) -> _Judged | None:
    """All that there is to say about the repository's actions; nothing where nobody looked at what exists."""
    survey, catalogue, config = context.survey, context.catalogue, context.config
    if catalogue is None or not survey.workflows:
        return None
    kept: list[_Judged] = context.kept.setdefault(_KEPT, [])
    alike: _Judged | None = None
    for one in reversed(kept):
        if one.catalogue is catalogue and one.config is config:
            if one.survey is survey:
                return one
            alike = one
    if alike is not None:
        bump, known = alike.bump, alike.known
    else:
        bump, known = replace(config.bump, ignore=(*config.bump.ignore, *config.ignore.actions)), Known()
    verdicts = bumping.judge(survey, catalogue, bump, known)
    judged = _Judged(survey=survey, catalogue=catalogue, config=config, bump=bump, known=known, verdicts=verdicts)
    kept.append(judged)
    del kept[:-_MOST_KEPT]
    return judged


def _finding(verdict: Verdict) -> Finding:
    place = verdict.place
    kind = FixKind.SAFE if verdict.makes else FixKind.MANUAL if verdict.refusal is not None else FixKind.NONE
    return Finding(
        rule=verdict.rule,
        severity=verdict.severity,
        message=verdict.message,
        fix=kind,
        file=place.workflow.path,
        path=place.path,
        line=place.node.line,
        column=place.node.column,
    )


def _fix(context: Context, made: Sequence[Verdict]) -> Fix:
    """Safe, because every version was looked up, what it needs of the workflow was read, and the edit is proved."""
    ops = _joined(made)
    survey, web = context.survey, context.places.web
    own_files = {verdict.place.workflow.path: verdict.place.workflow for verdict in made}
    files = {**survey.workflows, **own_files}  # among them actions of the repository's own
    changes = tuple(_change(files[path].document, path, own) for path, own in sorted(ops.items()))
    first, *others = dict.fromkeys(_mend(verdict, web) for verdict in made)
    return Fix(
        changes=changes,
        subject=tuple(sorted({f"{one.rule} {one.place.name} {one.what}" for one in made})),
        message=first,
        also=tuple(others),
    )


def _joined(made: Sequence[Verdict]) -> Mapping[str, list[Op]]:
    """All operations by file. Steps that change together name the same ones."""
    ops: dict[str, list[Op]] = {}
    there: dict[tuple[str, YamlPath], list[Op]] = {}
    for verdict in made:
        for file, own in verdict.ops.items():
            fresh = [op for op in own if op not in there.get((file, op.path), ())]
            ops.setdefault(file, []).extend(fresh)
            for op in fresh:
                there.setdefault((file, op.path), []).append(op)
    return ops


def _mends(fix: Fix, made: Sequence[Verdict], makes: Sequence[Verdict]) -> frozenset[About]:
    """All of them; nothing is promised where something may be left to say, or is left to do in one of the files.

    What is done there later would be done on other places than those that were answered for.
    """
    files = {change.file for change in fix.changes}
    is_left = len(made) < sum(1 for one in makes if not files.isdisjoint(one.ops))
    if is_left or any(one.leaves or _moves_steps(one) for one in made):
        return frozenset()
    return frozenset((one.rule, *one.place.key, one.message) for one in made)


def _moves_steps(verdict: Verdict) -> bool:
    """Claims that steps below get other paths, by which what was answered is known again."""
    return any(isinstance(op, Insert) for own in verdict.ops.values() for op in own)


def _change(document: Document, path: str, ops: Sequence[Op]) -> Change:
    return Change(file=path, before=document.text, after=edit(document, ops))


def _mend(verdict: Verdict, web: str) -> Mend:
    return Mend(
        file=verdict.place.workflow.path,
        what=verdict.what,
        why=verdict.why,
        severity=verdict.severity,
        notes=f"{web}/{_quoted(verdict.notes)}" if verdict.notes is not None else None,
        raises=True,
    )


def _quoted(page: str) -> str:
    return page if _PLAIN.match(page) else quote(page)


def _refusal(finding: Finding, reason: str) -> Refusal:
    clause = reason.rstrip(".")  # what shows it puts a full stop
    return Refusal(rule=finding.rule, file=finding.file, path=finding.path, line=finding.line, reason=clause)
