"""One `uses:` with all that is known of it: what it is, what it can become, why that matters, what is in the way."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from bot.allowing import objection
from bot.bumping import artifacts, surroundings
from bot.bumping.catalogue import Action, Catalogue
from bot.bumping.pins import Pin, Style, Trouble, at_head, read_pin
from bot.bumping.places import Place
from bot.bumping.policy import Policy
from bot.bumping.reasons import PUBLISHERS, Reason, reason_of
from bot.bumping.targets import Target, choose, vulnerable, write
from bot.config import Bump, Pins
from bot.model import Severity
from bot.survey import Survey
from bot.workflow import parse_uses

_NODE = "node24"
"""What runners have since 2.327.1: https://github.com/actions/runner/releases/tag/v2.327.1"""
_SUNSET = "master"
"""The branch of PyPI's publish action that is kept no more."""
# An attribute of an enumeration costs as much as a call.
_FLOATING, _COMMIT, _SHORT, _BRANCH, _OTHER = Style.FLOATING, Style.COMMIT, Style.SHORT, Style.BRANCH, Style.OTHER
_SOUND = Trouble.NONE


class Matter(Struct, frozen=True, kw_only=True):
    """What all judgements share."""

    survey: Survey
    catalogue: Catalogue
    bump: Bump
    locked: bool
    commits: bool
    """Nothing starts here that uses an action at anything but a commit."""


class Case(Struct, frozen=True, kw_only=True):
    """One line with all that is known of it; `target` None: nothing to go to."""

    place: Place
    """One of those where it stands, with what is said there."""
    pin: Pin
    action: Action
    policy: Policy
    target: Target | None
    reason: Reason | None
    stays: bool
    """It is at its target already."""
    hindrance: str | None = None
    """Why no change of this line is certain to work: one sentence."""

    @property
    def moves(self) -> bool:
        """Claims that there is somewhere to go, and nothing in the way."""
        return self.target is not None and not self.stays and self.hindrance is None


def read_case(place: Place, action: Action, policy: Policy, matter: Matter) -> Case | None:
    """What there is to know of the line at a place; None where its ref is a living branch.

    Of the place it looks at the line, at what its job runs on, and at the path of an action of the repository's own.
    """
    pin = read_pin(place, action, live=matter.catalogue.dated is None)
    sunset = _is_sunset(place)
    if pin.style is _BRANCH and not sunset:
        if not matter.commits or place.is_workflow:
            return None
        pin = at_head(pin, place.uses.ref, action)
    if matter.commits and not place.is_workflow:
        policy = replace(policy, pins=Pins.SHA)
    may_be_raised = sunset or _may_be_raised(pin)
    target = choose(place, pin, action, matter.catalogue, policy) if may_be_raised else None
    case = _case(place, pin, action, policy, target, matter)
    if case.target is None or case.stays:
        return case
    runner = _unsure_runner(case, matter)
    if runner is not None:
        lower = choose(place, pin, action, matter.catalogue, policy, without=_NODE)
        other = _case(place, pin, action, policy, lower, matter)
        case, runner = (other, None) if other.moves and _is_worth_it(other) else (case, runner)
    hindrance = next(_hindrances(case, matter, runner), None)
    return replace(case, hindrance=hindrance) if hindrance is not None else case


def _is_worth_it(case: Case) -> bool:
    """Claims that a version below the newest is better than none: it mends what is broken, or is a mere update."""
    assert case.target is not None
    same = case.pin.version is not None and case.pin.version.major == case.target.version.major
    return same or (case.reason is not None and case.reason.broken)


def _case(place: Place, pin: Pin, action: Action, policy: Policy, target: Target | None, matter: Matter) -> Case:
    newer = target.manifest if target is not None else None
    reason = _reason(place, pin, action, matter) or reason_of(
        action.name.lower(), pin.version, _using(place, pin, action), newer.using if newer is not None else None
    )
    return Case(
        place=place,
        pin=pin,
        action=action,
        policy=policy,
        target=target,
        reason=reason,
        stays=target is not None and _stays(place, pin, target, action, policy),
    )


def _is_sunset(place: Place) -> bool:
    return place.uses.ref == _SUNSET and place.name in PUBLISHERS


def _may_be_raised(pin: Pin) -> bool:
    """A commit that no tag names may be anything, and a branch's head and a word that is no version too."""
    if pin.style is _COMMIT or pin.style is _BRANCH or pin.style is _SHORT:
        return pin.tag is not None
    return pin.style is not _OTHER


def _using(place: Place, pin: Pin, action: Action) -> str | None:
    if pin.tag is None:
        return None
    if pin.tag.using is not None and not place.uses.path:
        return pin.tag.using
    manifest = action.manifest(place.uses.path, pin.tag)
    return manifest.using if manifest is not None else None


def _reason(place: Place, pin: Pin, action: Action, matter: Matter) -> Reason | None:
    """What is wrong with the ref itself, or with its version's security."""
    clause = _clause(place, pin)
    if clause is None and matter.commits and pin.style is not _COMMIT and not place.is_workflow:
        clause = "the settings of this repository refuse what is not at the id of a commit"
    if clause is not None:
        # The id of a tag is a pin like any other, except where an image is looked up by it.
        harmless = pin.trouble is Trouble.TAG_OBJECT and place.name not in PUBLISHERS
        return Reason(severity=Severity.MEDIUM if harmless else Severity.HIGH, clause=clause, broken=True)
    advisory = vulnerable(matter.catalogue, action, pin.version) if pin.style is not _FLOATING else None
    if advisory is None:
        return None
    return Reason(severity=Severity.HIGH, clause=f"the advisory {advisory.id} names this version")


def _clause(place: Place, pin: Pin) -> str | None:
    if pin.trouble is _SOUND:
        return "its branch `master` is kept no more" if _is_sunset(place) else None
    match pin.trouble:
        case Trouble.TAG_OBJECT:
            no_image = ", under which there is no image to run" if place.name in PUBLISHERS else ""
            return f"it is pinned to the id of a tag and not of a commit{no_image}"
        case Trouble.SHORT:
            return "GitHub resolves shortened commit ids no more"
        case _:
            return f"it has neither a tag nor a branch `{place.uses.ref[:60]}`"


def _stays(place: Place, pin: Pin, target: Target, action: Action, policy: Policy) -> bool:
    if pin.trouble is not _SOUND or pin.version is None or action.name.lower() != place.name:
        return False
    is_commit = pin.style is _COMMIT
    if policy.pins is (Pins.TAG if is_commit else Pins.SHA):
        return False
    if pin.style is _FLOATING:
        return pin.version.includes(target.version)
    return pin.version.order == target.version.order


def _hindrances(case: Case, matter: Matter, runner: str | None) -> Iterator[str]:
    """Why no change of a line is certain to work, the gravest first: one sentence each. `runner` may be too old."""
    assert case.target is not None
    name, place = case.action.name, case.place
    of_artifacts = name.lower() in artifacts.ACTIONS
    if matter.locked:
        yield f"`{surroundings.LOCK}` locks the actions of this repository; raise {name} together with it."
    if place.is_workflow:
        yield f"`{place.uses.text}` is a workflow of others, and what newer ones need of a caller is not known."
    if of_artifacts and not matter.survey.snapshot.repo.oidc and case.target.version.major >= 4:
        yield f"GitHub Enterprise Server has no artifacts of version 4, so {name} stays as it is."
    if of_artifacts and place.in_action and _member(case).moves_over:
        yield f"The action in `{place.workflow.path}` moves artifacts; raise it together with what uses it."
    if place.in_action and place.name in PUBLISHERS:
        # Since 1.12 it looks for its image under the name of the repository that holds the other action.
        yield f"{name} does not work inside of another action; use it in a job of its own."
    if matter.survey.snapshot.allowed:
        text = write(place, case.pin, case.target, case.action, case.policy).text
        barred = objection(parse_uses(text), matter.survey)
        if barred is not None:
            yield f"{barred[0].upper()}{barred[1:]}."
    if runner is not None:
        yield (
            f"{name} {case.target.tag.name} needs a runner of version 2.327.1 or newer, and how old `{runner}` is "
            "cannot be told; say `bump.self_hosted: true` if all of yours are."
        )


def _member(case: Case) -> artifacts.Member:
    return artifacts.Member(place=case.place, pin=case.pin, target=case.target)


def _unsure_runner(case: Case, matter: Matter) -> str | None:
    """The label of a runner that may be too old for the target; None where it is none, or the line needs it today."""
    assert case.target is not None
    runner = case.place.runner
    if runner is None or matter.bump.self_hosted:
        return None
    manifest = case.target.manifest
    needs = manifest is not None and manifest.using == _NODE != _using(case.place, case.pin, case.action)
    return runner if needs else None
