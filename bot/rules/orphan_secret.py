"""A stored secret that by its name is good for uploads alone, and that nothing refers to.

It is usually forgotten, and its token is alive. Find out where that was made, revoke it, and delete the secret. No
public place names it: what nothing shows is told on the dashboard, to those who may write to the repository.
"""

from __future__ import annotations

from bot import secrets
from bot.model import Finding, Refusal
from bot.rules import obsolete_secret
from bot.rules.rule import Context

ID = secrets.ORPHAN
BRANCH = None
WHY = "A secret that nothing refers to is usually forgotten, and its token is alive"


def find(context: Context) -> tuple[Finding, ...]:
    """One for each secret."""
    return context.beside.left_over(context.survey, ID, context.config.secrets.keep)


def fix(context: Context, finding: Finding) -> Refusal:
    """Never, for the same reason as one that is replaced."""
    return obsolete_secret.fix(context, finding)
