"""actions/checkout: the whole history that version 1 fetched, and what version 7 refuses.

https://github.com/actions/checkout/blob/main/CHANGELOG.md
"""

from __future__ import annotations

from bot.bumping.codemods.codemod import NOTHING, Crossing, Rewrite
from bot.errors import Refused

ACTIONS = frozenset({"actions/checkout"})

_FORKS = ("pull_request_target", "workflow_run")
_CONFIG, _HEADER = ".git/config", "extraheader"
"""Where credentials were kept, and under which key."""


def rewrite(crossing: Crossing) -> Rewrite:
    """`fetch-depth: 0` for what came from version 1. Raises Refused."""
    if crossing.passes(7):
        _require_own_code(crossing)
    if crossing.passes(6):
        _require_no_look_at_credentials(crossing)
    if not crossing.passes(2) or crossing.given("fetch-depth") is not None:
        return NOTHING
    return Rewrite(
        ops=(crossing.adding("fetch-depth", "0"),),
        said=("`fetch-depth: 0` goes on fetching the whole history, as version 1 did",),
    )


def _require_own_code(crossing: Crossing) -> None:
    risky = [event for event in _FORKS if event in crossing.place.workflow.triggers]
    if risky and (crossing.given("ref") or crossing.given("repository")):
        raise Refused(
            f"actions/checkout 7 refuses to check out a fork's code on `{risky[0]}`; see to what this step checks out "
            "before raising it."
        )


def _require_no_look_at_credentials(crossing: Crossing) -> None:
    texts = [step.run for step in crossing.job.steps if step.run]
    if crossing.place.in_action:  # the steps around it are those of whoever uses it
        texts = [workflow.document.text for workflow in (crossing.place.workflow, *crossing.survey.workflows.values())]
    for text in texts:
        if _CONFIG in text or _HEADER in text:
            raise Refused(
                "actions/checkout 6 keeps its credentials out of .git/config, where a step of this job looks for them; "
                "change that step before raising it."
            )
