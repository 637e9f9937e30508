"""A workflow looked at line by line, once: a change of one leaves the others as they are."""

from __future__ import annotations

from msgspec import Struct, field

from bot.bumping.case import Case, Lines, Matter, read_case
from bot.bumping.places import Place, places
from bot.bumping.policy import policy_for
from bot.bumping.unknown import unknown
from bot.bumping.verdict import BROKEN, Verdict
from bot.interest import WORKFLOW
from bot.model import Severity
from bot.workflow import Workflow


class File(Struct, frozen=True, kw_only=True):
    """A workflow, or an action of the repository's own, with what is known of its lines."""

    workflow: Workflow
    everywhere: tuple[Place, ...]
    cases: tuple[Case, ...]
    """Of the lines that are not ignored and of whose actions something is known, in their order."""
    gone: tuple[Verdict, ...]
    aged: tuple[Verdict, ...]
    said: dict[int, tuple[Verdict, ...]] = field(default_factory=dict)
    """What is to be said of a case by itself, by its number; grows."""


class Known(Struct, frozen=True, kw_only=True):
    """What was found out already of one repository, by one catalogue and one set of rules; grows."""

    lines: Lines = field(default_factory=dict)
    files: dict[int, File] = field(default_factory=dict)
    """By the identity of the workflow, which `File` keeps alive."""


def look(workflow: Workflow, matter: Matter, known: Known) -> File:
    """The lines of a workflow. What an action of the repository's own may become hangs on those that use it."""
    if not WORKFLOW.match(workflow.path):
        return _look(workflow, matter)
    file = known.files.get(id(workflow))
    if file is None:
        file = known.files[id(workflow)] = _look(workflow, matter)
    return file


def _look(workflow: Workflow, matter: Matter) -> File:
    everywhere = tuple(places(workflow))
    ignored = {name for name in {place.name for place in everywhere} if policy_for(name, matter.bump).ignored}
    found = [place for place in everywhere if place.name not in ignored]
    read = [(place, read_case(place, matter)) for place in found]
    own, gone = f"{matter.survey.snapshot.repo.ref.owner.lower()}/", matter.catalogue.gone
    aged = (unknown(place, case, matter.catalogue) for place, case in read)
    return File(
        workflow=workflow,
        everywhere=everywhere,
        cases=tuple(case for _, case in read if case is not None),
        gone=tuple(_gone(place) for place in found if place.name in gone and not place.name.startswith(own)),
        aged=tuple(verdict for verdict in aged if verdict is not None),
    )


def _gone(place: Place) -> Verdict:
    name = f"{place.uses.owner}/{place.uses.repo}"
    text = f"`{name}` is not there: it was deleted, or it is private and pubflow may not see it"
    return Verdict(rule=BROKEN, place=place, severity=Severity.HIGH, message=text, refusal=f"{text}.")
