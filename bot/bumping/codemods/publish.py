"""PyPI's publish action: since 1.11 it signs attestations, which some workflows must go on doing without.

https://github.com/pypa/gh-action-pypi-publish/releases
"""

from __future__ import annotations

from bot.bumping.codemods.codemod import NOTHING, Crossing, Rewrite
from bot.bumping.reasons import PUBLISHERS

ACTIONS = PUBLISHERS


def rewrite(crossing: Crossing) -> Rewrite:
    """`attestations: false` where they would break an upload that works without them."""
    if not crossing.passes(1, 11) or crossing.given("attestations") is not None or crossing.given("password"):
        return NOTHING
    why = _hindrance(crossing)
    if why is None:
        return NOTHING
    return Rewrite(ops=(crossing.adding("attestations", "false"),), said=(f"`attestations: false`, for {why}",))


def _hindrance(crossing: Crossing) -> str | None:
    """Why PyPI would refuse the attestations: https://docs.pypi.org/trusted-publishers/troubleshooting/"""
    if "workflow_call" in crossing.place.workflow.triggers:
        return "PyPI refuses those of a workflow that another one calls"
    uploads = [each for each in crossing.job.steps if each.uses is not None and each.uses.name in PUBLISHERS]
    return "they cannot be signed twice in one job" if len(uploads) > 1 else None
