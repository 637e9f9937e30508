"""`status`: what is so, and what waits for whom."""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands.command import Command, Deed, View
from bot.config import Permission
from bot.lifecycle import Verdict, verdicts
from bot.messages import replies


def act(_argument: str, view: View) -> Deed:
    return Deed(
        says=replies.status(
            view.decision.survey,
            findings=sum(not finding.quiet for finding in view.decision.findings),
            refusals=view.decision.refusals,
            silent=view.decision.silent,
            standing=[standing for verdict in _verdicts(view) if (standing := _standing(verdict)) is not None],
            wishes=view.wishes,
            outcome=view.outcome,
        )
    )


def _verdicts(view: View) -> Sequence[Verdict]:
    return verdicts(view.snapshot, view.decision, view.wishes)


def _standing(verdict: Verdict) -> replies.Standing | None:
    """What is said of one branch; None where there is nothing."""
    pull = verdict.look.open or verdict.look.answer
    if pull is None and verdict.look.plan is None:
        return None
    number = pull.number if pull is not None else None
    return replies.Standing(number=number, when=verdict.row.when, then=verdict.row.then)


COMMAND = Command(
    name="status",
    about="says how this repository publishes, what is proposed, and what was asked for",
    needs=Permission.TRIAGE,
    act=act,
)
