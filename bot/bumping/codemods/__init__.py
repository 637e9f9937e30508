"""What makes a bump safe: one module for each action whose new versions need something of the workflow.

A codemod says what has to change beside the ref itself, or raises Refused with the sentence that a person needs. Those
that a bump need not fear answer with nothing.
"""

from __future__ import annotations

from bot.bumping.codemods import checkout, github_script, inputs, publish, setup_node, setup_python, setup_uv
from bot.bumping.codemods.codemod import Codemod, Crossing, Rewrite

__all__ = ["CODEMODS", "Codemod", "Crossing", "Rewrite", "rewrite"]

CODEMODS: tuple[Codemod, ...] = (checkout, setup_python, setup_node, setup_uv, github_script, publish)


def rewrite(crossing: Crossing) -> Rewrite:
    """All that one bump needs within its step. Raises Refused."""
    made = [codemod.rewrite(crossing) for codemod in CODEMODS if crossing.action.name.lower() in codemod.ACTIONS]
    covered = frozenset(name for one in made for name in one.covers)
    inputs.require_known(crossing, covered)
    return Rewrite(
        ops=tuple(op for one in made for op in one.ops), said=tuple(sentence for one in made for sentence in one.said)
    )
