"""What makes a bump safe: one module for each action whose new versions need something of the workflow.

A codemod says what has to change beside the ref itself, or raises Refused with the sentence that a person needs. Those
that a bump need not fear answer with nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.bumping.codemods import checkout, github_script, inputs, publish, setup_node, setup_python, setup_uv
from bot.bumping.codemods.codemod import NOTHING, Codemod, Crossing, Rewrite, crossing

__all__ = ["CODEMODS", "Codemod", "Crossing", "Rewrite", "crossing", "rewrite"]

CODEMODS: tuple[Codemod, ...] = (checkout, setup_python, setup_node, setup_uv, github_script, publish)

_BY_ACTION: Mapping[str, Codemod] = {name: codemod for codemod in CODEMODS for name in codemod.ACTIONS}


def rewrite(crossing: Crossing) -> Rewrite:
    """All that one bump needs within its step. Raises Refused."""
    codemod = _BY_ACTION.get(crossing.action.name.lower())
    made = codemod.rewrite(crossing) if codemod is not None else NOTHING
    inputs.require_known(crossing, made.covers)
    return made
