"""A line with all that is said of it, worked out once for all the places where it stands."""

from __future__ import annotations

from msgspec import Struct

from bot.bumping.case import Case, Matter, read_case
from bot.bumping.codemods import Crossing, crossing
from bot.bumping.leaving import left, moved, right_beside, unconfirmed
from bot.bumping.pins import Style
from bot.bumping.places import Place
from bot.bumping.policy import policy_for
from bot.bumping.targets import Target, Written, write
from bot.bumping.unknown import unknown
from bot.bumping.verdict import BROKEN, Verdict
from bot.bumping.wording import not_at_target, what, why
from bot.model import Severity

_COMMIT = Style.COMMIT


class Raising(Struct, frozen=True, kw_only=True):
    """How a line is raised, as far as that is the same wherever it stands."""

    written: Written
    crossing: Crossing
    verdict: Verdict
    """That it is not at its target, without what is done about it."""
    what: str
    why: str
    is_needed: bool
    """It works no more as it is."""
    leaves: bool
    """Something may be left to say of it then."""


class Line(Struct, frozen=True, kw_only=True):
    """What is known of a line and said of it. Its verdicts are on one of the places where it stands."""

    case: Case | None = None
    """None where nothing is known of its action, its ref is a living branch, or nobody wants to hear of it."""
    raising: Raising | None = None
    said: tuple[Verdict, ...] = ()
    comment: str | None = None
    """What its comment has to say in place of a wrong version."""
    gone: Verdict | None = None
    aged: Verdict | None = None
    speaks: bool = False
    """Something is raised or said."""


_IGNORED = Line()


def read_line(place: Place, matter: Matter) -> Line:
    """What there is to know and to say of the line at a place."""
    catalogue = matter.catalogue
    policy = policy_for(place.name, matter.bump)
    if policy.ignored:
        return _IGNORED
    action = catalogue.actions.get(place.name)
    case = read_case(place, action, policy, matter) if action is not None else None
    gone, aged = _gone(place, matter), unknown(place, case, catalogue)
    if case is None:
        return Line(gone=gone, aged=aged)
    said = [not_at_target(case, refusal=case.hindrance)] if case.hindrance is not None else []
    said += left(case) if case.target is None or case.stays else moved(case)
    comment = None
    if place.comment is not None and case.pin.style is _COMMIT:
        said += unconfirmed(case, place.comment)
        comment = right_beside(case, place.comment)
    raising = None
    if case.target is not None and case.moves:
        raising = _raising(case, case.target, matter, is_relabelled=comment is not None)
    speaks = raising is not None or bool(said) or comment is not None
    return Line(case=case, raising=raising, said=tuple(said), comment=comment, gone=gone, aged=aged, speaks=speaks)


def _raising(case: Case, target: Target, matter: Matter, *, is_relabelled: bool) -> Raising:
    written = write(case.place, case.pin, target, case.action, case.policy)
    return Raising(
        written=written,
        crossing=crossing(matter.survey, case.place, case.pin, case.action, target),
        verdict=not_at_target(case),
        what=what(case, written.text),
        why=why(case),
        is_needed=case.reason is not None and case.reason.broken,
        leaves=is_relabelled or _leaves(case, target),
    )


def _leaves(case: Case, target: Target) -> bool:
    """As `left` and `moved` have it: of the tags that were moved others lie above the new version than above this."""
    return target.newest is not None or case.action.archived or bool(case.action.moved)


def _gone(place: Place, matter: Matter) -> Verdict | None:
    if place.name not in matter.catalogue.gone:
        return None
    if place.name.startswith(f"{matter.survey.snapshot.repo.ref.owner.lower()}/"):
        return None
    name = f"{place.uses.owner}/{place.uses.repo}"
    text = f"`{name}` is not there: it was deleted, or it is private and pubflow may not see it"
    return Verdict(rule=BROKEN, place=place, severity=Severity.HIGH, message=text, refusal=f"{text}.")
