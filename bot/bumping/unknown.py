"""What a snapshot is too old, or too small, to say: lines of which nobody knows whether they are at their newest."""

from __future__ import annotations

from bot.bumping.case import Case
from bot.bumping.catalogue import Action, Catalogue
from bot.bumping.pins import Pin, Style, Trouble
from bot.bumping.places import Place
from bot.bumping.verdict import UNKNOWN, Verdict
from bot.bumping.wording import short
from bot.model import Severity


def unknown(place: Place, case: Case | None, catalogue: Catalogue) -> Verdict | None:
    """A word on a line that a dated catalogue cannot judge; None for others, and where GitHub was asked.

    `case`: what was found out about it, which is nothing where its ref is a branch.
    """
    if catalogue.dated is None:
        return None
    action = catalogue.get(place.name)
    why = f"`{place.name}` was not known" if action is None else _why(case.pin, action) if case is not None else None
    if why is None:
        return None
    # Of many actions nothing is known, and that is no news; of a line that ran ahead of the snapshot it is.
    severity = Severity.INFO if action is None else Severity.LOW
    text = f"`{short(place.uses.text)}`: on {catalogue.dated} {why}"
    return Verdict(rule=UNKNOWN, place=place, severity=severity, message=text)


def _why(pin: Pin, action: Action) -> str | None:
    if pin.tag is not None or pin.style is Style.BRANCH or pin.trouble is not Trouble.NONE:
        return None
    if _is_newer(pin, action):
        return f"the newest version known was {action.releases[0][0]}"
    return None if pin.style in (Style.EXACT, Style.FLOATING) else "this ref was not known"


def _is_newer(pin: Pin, action: Action) -> bool:
    """Claims that a version lies beyond all that are known; one that merely was not listed is judged by its number."""
    if pin.version is None or not action.releases:
        return False
    return pin.version.order > action.releases[0][0].order and not pin.version.includes(action.releases[0][0])
