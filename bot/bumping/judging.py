"""Each `uses:` of a repository looked at: what is wrong with it, and what it is raised to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from bot.allowing import wants_commits
from bot.bumping import artifacts, surroundings
from bot.bumping.case import Case, Matter
from bot.bumping.catalogue import Catalogue
from bot.bumping.codemods import rewrite
from bot.bumping.leaving import relabelled
from bot.bumping.line import Line, Raising
from bot.bumping.looked import File, Known, look
from bot.bumping.pins import Pin, Style
from bot.bumping.places import Place, remote
from bot.bumping.reasons import DOWNLOAD
from bot.bumping.verdict import Verdict, at
from bot.config import Bump, Scope
from bot.errors import Refused
from bot.model import Severity
from bot.survey import Survey
from bot.yaml import Comment, Op, Replace

_Manager = tuple[str, str] | None
_PUBLISH = "gh-action-pypi-publish"
"""How the names of PyPI's action and of its forks end."""


def judge(survey: Survey, catalogue: Catalogue, bump: Bump, known: Known | None = None) -> tuple[Verdict, ...]:
    """Every verdict on the workflows in scope, in the order of files and lines.

    `known`: what was found out about the same repository by the same catalogue and rules, and grows.
    """
    if not bump.enabled:
        return ()
    if known is None or survey.snapshot.allowed:  # what is allowed may hang on other lines
        known = Known()
    matter = Matter(
        survey=survey,
        catalogue=catalogue,
        bump=bump,
        locked=surroundings.has_lock(survey.snapshot),
        commits=wants_commits(survey),
    )
    scope = surroundings.in_scope(survey, everything=bump.scope is Scope.ALL)
    files = [look(workflow, matter, known) for workflow in scope]
    together = _together(files, survey)
    is_raised = any(line.raising is not None for file in files for _, line in file.spoken)
    manager = surroundings.manager(survey.snapshot) if is_raised else None
    verdicts = _said_once([one for file in files for one in _said(file, together, survey, manager)], manager)
    apart = (one for file in files for one in (*file.gone, *file.aged))
    return tuple(sorted((*verdicts, *apart), key=lambda one: (one.place.workflow.path, one.place.uses.line)))


def wanted(survey: Survey, bump: Bump) -> Mapping[str, frozenset[str]]:
    """The actions of which the catalogue must know before anything is judged: `owner/repo` -> refs, in lower case."""
    asked: dict[str, set[str]] = {}
    if bump.enabled:
        for workflow in surroundings.in_scope(survey, everything=bump.scope is Scope.ALL):
            for _, step, uses, _ in remote(workflow):
                path = "" if step is None else uses.path
                asked.setdefault(uses.name, set()).add(f"{path}@{uses.ref}")
    return {name: frozenset(refs) for name, refs in asked.items()}


# ---------------------------------------------------------------- verdicts


def _together(files: Sequence[File], survey: Survey) -> Mapping[artifacts.Key, artifacts.Part | Refused]:
    """What uploads and downloads of artifacts need beside each other, by place."""
    concerned = [
        (place, line.case) for file in files for place, line in file.artifacts if not place.uses.path and place.step
    ]
    if not any(case is not None and case.moves for _, case in concerned):
        return {}
    together = surroundings.components(survey)
    groups: dict[frozenset[str], list[artifacts.Member]] = {}
    for place, case in concerned:
        # What an action of the repository's own does with artifacts is nobody's other half: see `Case.hindrance`.
        group = frozenset({str(place.key)}) if place.in_action else together[place.workflow.path]
        groups.setdefault(group, []).append(_member(place, case))
    return {key: part for group in groups.values() for key, part in artifacts.rewrite(survey, group).items()}


def _member(place: Place, case: Case | None) -> artifacts.Member:
    """What is on a branch, left alone or not known holds the others as one that cannot be raised."""
    if case is None:
        return artifacts.Member(place=place, pin=Pin(style=Style.OTHER, version=None), target=None)
    return artifacts.Member(place=place, pin=case.pin, target=case.target if case.moves else None)


def _said(
    file: File, together: Mapping[artifacts.Key, artifacts.Part | Refused], survey: Survey, manager: _Manager
) -> Iterator[Verdict]:
    for number, (place, line) in enumerate(file.spoken):
        part = together.get(place.key) if together and place.name in artifacts.ACTIONS else None
        if part is not None:
            yield from _of(place, line, part, survey, manager)
            continue
        if number not in file.said:
            file.said[number] = _of(place, line, None, survey, manager)
        yield from file.said[number]


def _of(
    place: Place, line: Line, part: artifacts.Part | Refused | None, survey: Survey, manager: _Manager
) -> tuple[Verdict, ...]:
    found = [_raised(place, line.raising, part, survey, manager)] if line.raising is not None else []
    found += [at(verdict, place) for verdict in line.said]
    if line.case is not None and line.comment is not None:
        # By the comment beside a commit it is known which names of inputs its version has.
        found.append(replace(relabelled(place, line.case, line.comment), leaves=_has_old_names(place)))
    return tuple(found)


def _raised(
    place: Place, raising: Raising, part: artifacts.Part | Refused | None, survey: Survey, manager: _Manager
) -> Verdict:
    """The bump, or a word on who does it, or why it is left to a person."""
    if isinstance(part, Refused):
        return replace(raising.verdict, place=place, refusal=part.reason)
    try:
        own = rewrite(replace(raising.crossing, survey=survey, place=place))
    except Refused as refused:
        return replace(raising.verdict, place=place, refusal=refused.reason)
    is_plain = not own.ops and part is None and not raising.is_needed
    if is_plain and (elsewhere := _elsewhere(place, raising, survey, manager)) is not None:
        return replace(raising.verdict, place=place, severity=Severity.INFO, message=elsewhere)
    path, written = place.path, raising.written
    ops: list[Op] = [Replace(path, written.text)]
    if written.comment is not None:
        ops.append(Comment(path, written.comment, where="beside", replace=True))
    everything = {place.workflow.path: (*ops, *own.ops)}
    for file, more in (part.ops if part is not None else {}).items():
        everything[file] = (*everything.get(file, ()), *more)
    shared = part.said if part is not None and place.name != DOWNLOAD else ()  # said where it is uploaded
    said = (raising.what, *own.said, *shared, *([written.said] if written.said else ()))
    return replace(
        raising.verdict,
        place=place,
        ops=everything,
        what="; ".join(said),
        why=raising.why,
        leaves=raising.leaves or _has_old_names(place),
    )


def _has_old_names(place: Place) -> bool:
    """Claims that an input of PyPI's action, or of anybody's fork, may be called otherwise from the new version on."""
    step = place.step
    return step is not None and place.name.endswith(_PUBLISH) and any("_" in name for name in step.inputs)


def _elsewhere(place: Place, raising: Raising, survey: Survey, manager: _Manager) -> str | None:
    """Who raises a line that needs nothing of us: another bot that is told to, or has."""
    snapshot = survey.snapshot
    if manager is not None and surroundings.reaches(snapshot, manager, place.workflow.path):
        return f"{manager[0]} raises the actions of this repository (`{manager[1]}`), and is left to it"
    branch = surroundings.raised_elsewhere(snapshot, place.name)
    return f"`{branch}` raises {raising.crossing.action.name} already" if branch is not None else None


def _said_once(verdicts: Sequence[Verdict], manager: _Manager) -> Iterator[Verdict]:
    """The same, with a manager of all actions named once and not at every line."""
    named = False
    for verdict in verdicts:
        is_word = manager is not None and verdict.severity is Severity.INFO
        if not (is_word and named):
            yield verdict
        named = named or is_word
