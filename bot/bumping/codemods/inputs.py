"""Inputs that the new version does not know: the runner ignores them with a warning, so what they did is not done."""

from __future__ import annotations

from collections.abc import Collection

from bot.bumping.codemods.codemod import Crossing
from bot.errors import Refused


def require_known(crossing: Crossing, covered: Collection[str]) -> None:
    """Raises Refused for an input that is given, that the present version may know, and the new one does not."""
    before, after = crossing.before, crossing.after
    if after is None:
        raise Refused(f"What {crossing.action.name} {crossing.tag.name} takes as inputs is not known.")
    for name in crossing.step.inputs:
        lower = name.lower()
        if lower in after.inputs or lower in covered:
            continue
        if before is not None and lower not in before.inputs:
            continue  # ignored today as well
        raise Refused(
            f"{crossing.action.name} {crossing.tag.name} does not know the input `{name}`, which is given here; read "
            "its release notes and raise it by hand.",
            path=crossing.step.path,
            line=crossing.step.line,
        )
