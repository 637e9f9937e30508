"""Stored secrets: which of them are still used, which are left over, which nobody can tell. Names only, never values.

`references` reads who refers to what on a branch, `judge` compares that with what GitHub lists. Deleting is for people.
"""

from __future__ import annotations

from bot.secrets.nouns import Branch, Inventory, Secret, State, Store, Verdict
from bot.secrets.references import in_use, references, release_branches
from bot.secrets.verdicts import OBSOLETE, ORPHAN, doubt, findings, judge, kept, may_be_named

__all__ = [
    "OBSOLETE",
    "ORPHAN",
    "Branch",
    "Inventory",
    "Secret",
    "State",
    "Store",
    "Verdict",
    "doubt",
    "findings",
    "in_use",
    "judge",
    "kept",
    "may_be_named",
    "references",
    "release_branches",
]
