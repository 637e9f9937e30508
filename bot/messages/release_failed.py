"""What is said of a failed release: why, what helps, how to release again."""

from __future__ import annotations

from dataclasses import dataclass

from bot.diagnosis import Diagnosis, Fix
from bot.messages.markdown import render
from bot.messages.marker import remark_marker
from bot.messages.registrations import Registration

TITLE = "A release failed"
_AGAIN = {
    Fix.OUTSIDE: "Run the failed jobs of that run again when it is done; nothing has to be tagged again.",
    Fix.WORKFLOW: (
        "Running it again does not help: a run uses the workflow as it is at its tag. Merge the fix, then release a new"
        " version; or, if nothing of this one was uploaded, move its tag to the commit with the fix."
    ),
    Fix.VERSION: "With a new version: running this one again fails in the same way.",
    Fix.WAIT: "Run the failed jobs of that run again in a few minutes.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedRelease:
    """One failed run that we understand. `ref`: the tag or branch that it ran for, as GitHub names it."""

    workflow: str
    run_url: str
    ref: str | None
    diagnosis: Diagnosis
    registrations: tuple[Registration, ...] = ()


def marker(failed: FailedRelease) -> str:
    """One conversation a workflow and cause: the same failure again is no news."""
    stem = "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in failed.workflow)[:80]
    return remark_marker(f"release-failed-{failed.diagnosis.ailment.id}-{stem}")


def body(failed: FailedRelease) -> str:
    """The comment, or the issue's body."""
    diagnosis = failed.diagnosis
    ailment = diagnosis.ailment
    return render(
        "release-failed.md",
        workflow=failed.workflow,
        run_url=failed.run_url,
        ref=failed.ref,
        about=diagnosis.about,
        cause=ailment.cause,
        remedy=ailment.remedy,
        claims=list(diagnosis.claims.items()) if ailment.publisher else [],
        registrations=failed.registrations if ailment.publisher else (),
        most=20,
        again=_AGAIN[ailment.fix],
        marker=marker(failed),
    )
