"""Who gains most from a pull request, where an account is given only so many an hour. Pure.

In this order: a stored token that can be read and stolen, a package that somebody publishes by hand, a release that is
about to break, everything else; within each the worst finding first, what the public uses before what it does not, and
what was released lately before what lies still.
"""

from __future__ import annotations

from typing import Final

from bot.model import TRUSTED_PUBLISHING_BRANCH, Severity, Status, Visibility
from bot.plan import Decision

MOST: Final = 95
"""The largest rank."""
_STEPS: Final = {Status.TOKEN: 0, Status.MIXED: 0, Status.MISSING: 30}
_DAY: Final = 86_400.0
_LATELY: Final = ((90 * _DAY, 0), (365 * _DAY, 3))
"""Seconds since the last upload, and what that adds; longer ago, or never seen, adds most."""
_LONG_AGO: Final = 6
_BROKEN: Final = frozenset({"broken-action"})
_ORDER: Final = tuple(Severity)


def rank(decision: Decision, now: float) -> int:
    """0 for what is most worth a pull request, up to `MOST`; `now` in seconds since 1970."""
    worst = min((_ORDER.index(finding.severity) for finding in decision.findings), default=len(_ORDER) - 1)
    is_public = decision.survey.snapshot.repo.visibility is Visibility.PUBLIC
    return _step(decision) + worst * 2 + (0 if is_public else 10) + _stillness(decision, now)


def _stillness(decision: Decision, now: float) -> int:
    if decision.uploaded is None:
        return _LONG_AGO
    return next((adds for seconds, adds in _LATELY if now - decision.uploaded <= seconds), _LONG_AGO)


def _step(decision: Decision) -> int:
    moves = any(plan.branch == TRUSTED_PUBLISHING_BRANCH for plan in decision.plans)
    if moves and decision.status in _STEPS:
        return _STEPS[decision.status]
    if any(finding.rule in _BROKEN for finding in decision.findings):
        return 50
    return 70
