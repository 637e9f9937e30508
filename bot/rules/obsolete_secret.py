"""A stored secret that a move replaced, after a release went through Trusted Publishing: revoke its token, delete it.

A token that nothing needs any more can still upload for whoever gets hold of it. A secret that a workflow of the
default branch or of a release branch refers to is in use; where secrets are chosen at run time, or handed to a workflow
of another repository, nobody can tell.

Names are looked at where pubflow may, never values; in a checkout there is nothing to look at.
"""

from __future__ import annotations

from bot import secrets
from bot.model import Finding, Refusal
from bot.rules.rule import Context

ID = secrets.OBSOLETE
BRANCH = None
WHY = "A token that nothing needs any more can still upload for whoever gets hold of it"


def find(context: Context) -> tuple[Finding, ...]:
    """One for each secret; those that the public must not read of are marked so."""
    return context.beside.left_over(context.survey, ID, context.config.secrets.keep)


def fix(_context: Context, finding: Finding) -> Refusal:
    """Never: values cannot be read, and a token may be good for other projects too."""
    reason = "deleting a secret is for people: its token may be good for other projects too"
    return Refusal(rule=finding.rule, file=finding.file, line=finding.line, reason=reason)
