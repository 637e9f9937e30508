"""Each `uses:` of a repository looked at: what is wrong with it, and what it is raised to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from bot.allowing import wants_commits
from bot.bumping import artifacts, surroundings
from bot.bumping.case import Case, Matter
from bot.bumping.catalogue import Catalogue
from bot.bumping.changes import How, crossed
from bot.bumping.codemods import Crossing, rewrite
from bot.bumping.looked import File, Known, look
from bot.bumping.pins import Pin, Style
from bot.bumping.places import Place, places
from bot.bumping.reasons import DOWNLOAD, PUBLISHERS
from bot.bumping.targets import Target, right_comment, write
from bot.bumping.verdict import COMMENT, OUTDATED, Verdict
from bot.bumping.versions import Version
from bot.bumping.wording import not_at_target, what, why
from bot.config import Bump, Scope
from bot.errors import Refused
from bot.model import Severity
from bot.survey import Survey
from bot.yaml import Comment, Op, Replace


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
        manager=surroundings.manager(survey.snapshot),
        locked=surroundings.has_lock(survey.snapshot),
        commits=wants_commits(survey),
        known=known.lines,
    )
    scope = surroundings.in_scope(survey, everything=bump.scope is Scope.ALL)
    files = [look(workflow, matter, known) for workflow in scope]
    together = _together(files, matter)
    verdicts = _said_once([one for file in files for one in _said(file, together, matter)], matter)
    apart = (one for file in files for one in (*file.gone, *file.aged))
    return tuple(sorted((*verdicts, *apart), key=lambda one: (one.place.workflow.path, one.place.uses.line)))


def wanted(survey: Survey, bump: Bump) -> Mapping[str, frozenset[str]]:
    """The actions of which the catalogue must know before anything is judged: `owner/repo` -> refs, in lower case."""
    asked: dict[str, set[str]] = {}
    if bump.enabled:
        for workflow in surroundings.in_scope(survey, everything=bump.scope is Scope.ALL):
            for place in places(workflow):
                path = "" if place.is_workflow else place.uses.path
                asked.setdefault(place.name, set()).add(f"{path}@{place.uses.ref}")
    return {name: frozenset(refs) for name, refs in asked.items()}


# ---------------------------------------------------------------- verdicts


def _together(files: Sequence[File], matter: Matter) -> Mapping[artifacts.Key, artifacts.Part | Refused]:
    """What uploads and downloads of artifacts need beside each other, by place."""
    everywhere = (place for file in files for place in file.everywhere)
    concerned = [one for one in everywhere if one.name in artifacts.ACTIONS and not one.uses.path and one.step]
    if not concerned:
        return {}
    cases = (case for file in files for case in file.cases)
    known = {case.place.key: case for case in cases if case.place.name in artifacts.ACTIONS}
    together = surroundings.components(matter.survey)
    groups: dict[frozenset[str], list[artifacts.Member]] = {}
    for place in concerned:
        member = _member(place, known.get(place.key))
        # What an action of the repository's own does with artifacts is nobody's other half: see `Case.hindrance`.
        alone = frozenset({str(place.key)})
        groups.setdefault(alone if place.in_action else together[place.workflow.path], []).append(member)
    return {key: part for group in groups.values() for key, part in artifacts.rewrite(matter.survey, group).items()}


def _member(place: Place, case: Case | None) -> artifacts.Member:
    """What is on a branch, left alone or not known holds the others as one that cannot be raised."""
    if case is None:
        return artifacts.Member(place=place, pin=Pin(style=Style.OTHER, version=None), target=None)
    return artifacts.Member(place=place, pin=case.pin, target=case.target if case.moves else None)


def _said(file: File, together: Mapping[artifacts.Key, artifacts.Part | Refused], matter: Matter) -> Iterator[Verdict]:
    for number, case in enumerate(file.cases):
        part = together.get(case.place.key) if together else None
        if part is not None:
            yield from _of(case, part, matter)
            continue
        if number not in file.said:
            file.said[number] = tuple(_of(case, None, matter))
        yield from file.said[number]


def _of(case: Case, part: artifacts.Part | Refused | None, matter: Matter) -> Iterator[Verdict]:
    if case.target is None or case.stays:
        yield from _left(case)
    else:
        yield from _raised(case, part, matter)
        yield from _moved(case)
    yield from _lying_comment(case)


def _raised(case: Case, part: artifacts.Part | Refused | None, matter: Matter) -> Iterator[Verdict]:
    if case.hindrance is not None or isinstance(part, Refused):
        yield not_at_target(case, refusal=part.reason if isinstance(part, Refused) else case.hindrance)
        return
    try:
        yield _made(case, part, matter)
    except Refused as refused:
        yield not_at_target(case, refusal=refused.reason)


def _made(case: Case, part: artifacts.Part | None, matter: Matter) -> Verdict:
    """The bump, or a word on who does it. Raises Refused."""
    assert case.target is not None
    crossing = Crossing(
        survey=matter.survey,
        place=case.place,
        pin=case.pin,
        action=case.action,
        tag=case.target.tag,
        version=case.target.version,
    )
    own = rewrite(crossing)
    written = write(case.place, case.pin, case.target, case.action, case.policy)
    ops: list[Op] = [Replace(case.place.path, written.text)]
    if written.comment is not None:
        ops.append(Comment(case.place.path, written.comment, where="beside", replace=True))
    ops += own.ops
    shared = part.said if part is not None and case.place.name != DOWNLOAD else ()  # said where it is uploaded
    said = (*own.said, *shared, *([written.said] if written.said else []))
    everything = {case.place.workflow.path: tuple(ops)}
    for path, more in (part.ops if part is not None else {}).items():
        everything[path] = (*everything.get(path, ()), *more)
    is_plain = not own.ops and part is None and not (case.reason is not None and case.reason.broken)
    if is_plain and (elsewhere := _elsewhere(case, matter)) is not None:
        return replace(not_at_target(case), severity=Severity.INFO, message=elsewhere)
    return replace(
        not_at_target(case),
        ops=everything,
        what="; ".join((what(case, written.text), *said)),
        why=why(case),
        leaves=_leaves(case, case.target),
    )


def _leaves(case: Case, target: Target) -> bool:
    """As `_left` has it; and what is given to PyPI's action may have other names from its new version on."""
    return target.newest is not None or case.action.archived or case.place.name in PUBLISHERS


def _elsewhere(case: Case, matter: Matter) -> str | None:
    """Who raises a line that needs nothing of us: another bot that is told to, or has."""
    manager, snapshot = matter.manager, matter.survey.snapshot
    if manager is not None and surroundings.reaches(snapshot, manager, case.place.workflow.path):
        return f"{manager[0]} raises the actions of this repository (`{manager[1]}`), and is left to it"
    branch = surroundings.raised_elsewhere(snapshot, case.place.name)
    return f"`{branch}` raises {case.action.name} already" if branch is not None else None


def _said_once(verdicts: Sequence[Verdict], matter: Matter) -> Iterator[Verdict]:
    """The same, with a manager of all actions named once and not at every line."""
    named = False
    for verdict in verdicts:
        is_word = matter.manager is not None and verdict.severity is Severity.INFO
        if not (is_word and named):
            yield verdict
        named = named or is_word


def _left(case: Case) -> Iterator[Verdict]:
    """What is not raised and worth a word."""
    name = case.action.name
    newest = case.target.newest if case.target is not None else None
    if case.reason is not None and case.reason.broken and (case.target is None):
        yield not_at_target(case, refusal=f"{name}: {case.reason.clause}; which version to use instead is left to you.")
    elif newest is not None and case.pin.version is not None:
        yield _reported(case, newest)
    yield from _moved(case)
    if case.action.archived:
        text = f"`{name}` is archived: nobody mends it any more"
        yield Verdict(rule=OUTDATED, place=case.place, severity=Severity.LOW, message=text, refusal=f"{text}.")


def _moved(case: Case) -> Iterator[Verdict]:
    """A version that we would go to, or are at, whose tag does not point where it did when it was seen first."""
    version = case.pin.version
    for other, tag in case.action.moved:
        if version is not None and other.order >= version.order:
            text = f"the tag {tag.name} of {case.action.name} was moved to another commit after it was published"
            said = f"T{text[1:]}: find out why before using it."
            yield Verdict(rule=OUTDATED, place=case.place, severity=Severity.MEDIUM, message=text, refusal=said)
            return


def _reported(case: Case, newest: Version) -> Verdict:
    changes = [
        f"from version {number} on {major.sentence}"
        for number, major in crossed(case.action.name, case.pin.version, newest)
        if major.how is How.REPORT
    ]
    first = changes[0] if changes else "major versions are not raised here (`bump.majors`)"
    text = f"{case.action.name} {newest} is out and is left to you: {first}"
    return Verdict(
        rule=OUTDATED,
        place=case.place,
        severity=Severity.LOW if case.reason is None else case.reason.severity,
        message=text,
        refusal=f"{text}.",
        notes=f"{case.action.name}/releases/tag/{newest}",
    )


def _lying_comment(case: Case) -> Iterator[Verdict]:
    """A comment that names a version which the commit beside it is not."""
    place, pin = case.place, case.pin
    named = place.comment.version if place.comment is not None else None
    if pin.style is not Style.COMMIT or named is None or place.comment is None:
        return
    if pin.tag is None:
        yield from _unconfirmed(case, named)
        return
    fresh = right_comment(place, pin.tag, case.action)
    if fresh is None:
        return
    what = f"the comment `{place.comment.text}` stands beside a commit of {pin.tag.name}"
    yield Verdict(
        rule=COMMENT,
        place=place,
        severity=Severity.LOW,
        message=what,
        ops={place.workflow.path: (Comment(place.path, fresh, where="beside", replace=True),)},
        what=f"The comment beside `{case.action.name}` says {pin.tag.name}",
        why=f"That is the version whose commit is pinned; it said `{place.comment.text}`",
    )


def _unconfirmed(case: Case, named: Version) -> Iterator[Verdict]:
    """A commit that no tag names, beside a version that is there and has another one."""
    tag = next((tag for version, tag in case.action.releases if version.order == named.order), None)
    if tag is None or len(named.numbers) < case.action.width or not case.action.complete:
        return
    text = f"the pinned commit is not that of {tag.name}, which the comment beside it names"
    yield Verdict(
        rule=COMMENT,
        place=case.place,
        severity=Severity.MEDIUM,
        message=text,
        refusal=f"{text[0].upper()}{text[1:]}: pin `{tag.commit}`, or find out where the commit comes from.",
    )
