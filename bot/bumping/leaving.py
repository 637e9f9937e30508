"""What is said of a line that stays as it is, and of what stands beside it: the same wherever the line stands."""

from __future__ import annotations

from collections.abc import Iterator

from bot.bumping.case import Case
from bot.bumping.changes import How, crossed
from bot.bumping.comments import Comment as Beside
from bot.bumping.places import Place
from bot.bumping.targets import right_comment
from bot.bumping.verdict import COMMENT, OUTDATED, Verdict
from bot.bumping.versions import Version
from bot.bumping.wording import not_at_target
from bot.model import Severity
from bot.yaml import Comment


def left(case: Case) -> Iterator[Verdict]:
    """What is not raised and worth a word."""
    name = case.action.name
    newest = case.target.newest if case.target is not None else None
    if case.reason is not None and case.reason.broken and (case.target is None):
        yield not_at_target(case, refusal=f"{name}: {case.reason.clause}; which version to use instead is left to you.")
    elif newest is not None and case.pin.version is not None:
        yield _reported(case, newest)
    yield from moved(case)
    if case.action.archived:
        text = f"`{name}` is archived: nobody mends it any more"
        yield Verdict(rule=OUTDATED, place=case.place, severity=Severity.LOW, message=text, refusal=f"{text}.")


def moved(case: Case) -> Iterator[Verdict]:
    """A version that we would go to, or are at, whose tag does not point where it did when it was seen first."""
    version = case.pin.version
    for other, tag in case.action.moved:
        if version is not None and other.order >= version.order:
            text = f"the tag {tag.name} of {case.action.name} was moved to another commit after it was published"
            said = f"T{text[1:]}: find out why before using it."
            yield Verdict(rule=OUTDATED, place=case.place, severity=Severity.MEDIUM, message=text, refusal=said)
            return


def unconfirmed(case: Case, beside: Beside) -> Iterator[Verdict]:
    """A commit that no tag names, beside a version that is there and has another one."""
    named = beside.version if case.pin.tag is None else None
    if named is None:
        return
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


def right_beside(case: Case, beside: Beside) -> str | None:
    """What a comment has to say that names a version which the commit beside it is not."""
    if case.pin.tag is None or beside.version is None:
        return None
    return right_comment(case.place, case.pin.tag, case.action)


def relabelled(place: Place, case: Case, fresh: str) -> Verdict:
    """The comment at a place made what `right_beside` says."""
    assert case.pin.tag is not None
    assert place.comment is not None
    tag, said = case.pin.tag.name, place.comment.text
    return Verdict(
        rule=COMMENT,
        place=place,
        severity=Severity.LOW,
        message=f"the comment `{said}` stands beside a commit of {tag}",
        ops={place.workflow.path: (Comment(place.path, fresh, where="beside", replace=True),)},
        what=f"The comment beside `{case.action.name}` says {tag}",
        why=f"That is the version whose commit is pinned; it said `{said}`",
    )


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
