"""What the rules about actions share: verdicts as findings, and all bumps of a file made in one edit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from urllib.parse import quote

from msgspec.structs import replace

from bot import bumping
from bot.bumping import Catalogue, Verdict
from bot.bumping.looked import Known
from bot.bumping.verdict import BROKEN, COMMENT, OUTDATED
from bot.config import Bump, Config
from bot.errors import Refused
from bot.messages import Mend
from bot.model import Change, Finding, FixKind, Refusal, RepoFacts
from bot.rules.rule import About, Context, Fix
from bot.survey import Survey
from bot.yaml import Document, Op, edit

_ORDER = (BROKEN, OUTDATED, COMMENT)
"""The gravest is told first."""


def finder(rule: str) -> Callable[[Context], tuple[Finding, ...]]:
    """What finds the verdicts of a rule: one finding for each line that it speaks of."""

    def find(context: Context) -> tuple[Finding, ...]:
        return tuple(_finding(verdict) for verdict in verdicts(context) if verdict.rule == rule)

    return find


unknown = finder(bumping.UNKNOWN)
"""The lines that a snapshot cannot judge, as findings that no rule made."""


def fix(context: Context, finding: Finding) -> Fix | Refusal:
    """All that is raised in the finding's file, by whatever rule, at once; or why its line is left to a person."""
    said = verdicts(context)
    this = next(one for one in said if one.rule == finding.rule and one.place.key == (finding.file, finding.path))
    if not this.makes:
        return _refusal(finding, this.refusal or this.message)
    beside = [one for one in said if one.makes and context.asks(one.rule) and this.ops.keys() & one.ops.keys()]
    try:
        return _fix(context, sorted(beside, key=lambda one: _ORDER.index(one.rule)))
    except Refused:
        pass  # one of the others cannot be made; this one perhaps can
    try:
        return _fix(context, [this])
    except Refused as refused:
        return _refusal(finding, refused.reason)


def verdicts(context: Context) -> tuple[Verdict, ...]:
    """All that there is to say about the repository's actions; nothing where nobody looked at what exists."""
    if context.catalogue is None or not context.survey.workflows:
        return ()
    return _judged(_Same(context.survey), _Same(context.catalogue), _Same(context.config))


class _Same:
    """A key that is a value's identity: the rules ask for the same repository one after the other."""

    __slots__ = ("value",)

    def __init__(self, value: Survey | Catalogue | Config | RepoFacts) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.value is other.value

    def __hash__(self) -> int:
        return id(self.value)


@lru_cache(maxsize=4)
def _judged(survey: _Same, catalogue: _Same, config: _Same) -> tuple[Verdict, ...]:
    assert isinstance(survey.value, Survey)
    assert isinstance(catalogue.value, Catalogue)
    assert isinstance(config.value, Config)
    bump, known = _rules_and_lines(catalogue, config, _Same(survey.value.snapshot.repo))
    return bumping.judge(survey.value, catalogue.value, bump, known)


@lru_cache(maxsize=2)
def _rules_and_lines(_catalogue: _Same, config: _Same, _repository: _Same) -> tuple[Bump, Known]:
    """What counts for actions, and what becomes known of lines while a repository is judged again after each change."""
    assert isinstance(config.value, Config)
    bump = config.value.bump
    return replace(bump, ignore=(*bump.ignore, *config.value.ignore.actions)), Known()


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
    ops: dict[str, list[Op]] = {}
    for verdict in made:
        for path, own in verdict.ops.items():  # steps that change together name the same operations
            known = ops.setdefault(path, [])
            known += [op for op in own if op not in known]
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
        mends=_mends(made),
    )


def _mends(made: Sequence[Verdict]) -> frozenset[About]:
    """All of them; nothing is promised where something may be left."""
    is_all = not any(one.leaves for one in made)
    return frozenset((one.rule, *one.place.key, one.message) for one in made) if is_all else frozenset()


def _change(document: Document, path: str, ops: Sequence[Op]) -> Change:
    return Change(file=path, before=document.text, after=edit(document, ops))


def _mend(verdict: Verdict, web: str) -> Mend:
    return Mend(
        file=verdict.place.workflow.path,
        what=verdict.what,
        why=verdict.why,
        severity=verdict.severity,
        notes=f"{web}/{quote(verdict.notes)}" if verdict.notes is not None else None,
        raises=True,
    )


def _refusal(finding: Finding, reason: str) -> Refusal:
    clause = reason.rstrip(".")  # what shows it puts a full stop
    return Refusal(rule=finding.rule, file=finding.file, path=finding.path, line=finding.line, reason=clause)
