"""How verdicts are said: one sentence each, without a full stop."""

from __future__ import annotations

from bot.bumping.case import Case
from bot.bumping.pins import Style
from bot.bumping.verdict import BROKEN, OUTDATED, Verdict
from bot.model import Severity


def not_at_target(case: Case, refusal: str | None = None) -> Verdict:
    """The verdict on a line that is not at its target."""
    assert case.target is not None or refusal is not None
    broken = case.reason is not None and case.reason.broken
    return Verdict(
        rule=BROKEN if broken else OUTDATED,
        place=case.place,
        severity=_severity(case),
        message=_message(case),
        refusal=refusal,
        notes=f"{case.action.name}/releases/tag/{case.target.tag.name}" if case.target is not None else None,
    )


def _severity(case: Case) -> Severity:
    if case.reason is not None:
        return case.reason.severity
    assert case.target is not None
    same = case.pin.version is not None and case.pin.version.major == case.target.version.major
    return Severity.LOW if same else Severity.MEDIUM


def _message(case: Case) -> str:
    shown = f"`{short(case.place.uses.text)}`"
    reason = case.reason.clause if case.reason is not None else ""
    if case.target is None:
        return f"{shown}: {reason}"
    if not reason and _same(case):
        return f"{shown} is not written as `bump.pins` asks for, or under the action's name of today"
    behind = f"{shown} can be {case.target.tag.name}"
    newest = f"; {case.target.newest} is out too, and left to you" if case.target.newest is not None else ""
    return f"{behind}{': ' + reason if reason else ''}{newest}"


def _same(case: Case) -> bool:
    return (
        case.target is not None and case.pin.version is not None and case.pin.version.order == case.target.version.order
    )


def short(text: str) -> str:
    """A `uses:` as it is shown: of a commit's id seven characters."""
    name, _, ref = text.rpartition("@")
    return f"{name}@{ref[:7]}" if len(ref) == 40 else text


def what(case: Case, after: str) -> str:
    assert case.target is not None
    version = case.pin.version
    now = str(version) if version is not None and case.pin.style is Style.COMMIT else case.place.uses.ref
    then = after.rpartition("@")[2]
    shown = case.target.tag.name if len(then) == 40 else then
    name = case.action.name
    renamed = "" if name.lower() == case.place.name else f", by the name that `{case.place.name}` has today,"
    return f"`{name}`{renamed} from `{now}` to `{shown}`"


def why(case: Case) -> str:
    return case.reason.clause if case.reason is not None else ""
