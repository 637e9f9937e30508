"""An environment from which PyPI is published, and what it lacks: a reviewer, a rule for tags, or it is not there.

An environment without required reviewers uploads whatever reaches it, and one that does not exist is created without
any rule by the first run that names it. `/pubflow environment` says what to click and what to type.

It is looked at where pubflow may, and in public repositories; in a checkout there is nothing to look at.
https://docs.github.com/en/actions/reference/workflows-and-actions/deployments-and-environments
"""

from __future__ import annotations

from bot import environments
from bot.beside import publishing_environments
from bot.model import Finding, Refusal
from bot.rules.rule import Context

ID = environments.ID
BRANCH = None
WHY = "Whatever reaches an environment without rules is uploaded, and nobody is asked"


def find(context: Context) -> tuple[Finding, ...]:
    """One for each thing that an environment lacks."""
    lacking = context.beside.lacking(context.survey) or {}
    named = publishing_environments(context.survey)
    return tuple(
        finding
        for name, gaps in lacking.items()
        for finding in environments.findings(name, gaps, file=named[name].workflow, line=named[name].line)
    )


def fix(_context: Context, finding: Finding) -> Refusal:
    """Never: it takes the right to administer the repository, which is not asked for."""
    reason = "changing an environment takes the right to administer the repository"
    return Refusal(rule=ID, file=finding.file, line=finding.line, reason=reason)
