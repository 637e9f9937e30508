"""What a 422 means when a plan is carried out: permission, rule, or somebody was faster. Pure."""

from __future__ import annotations

from bot import hindrance
from bot.errors import Conflict, Forbidden, GitHubError
from bot.github.faults import Unprocessable
from bot.model import Plan

_RULES = ("rule violation", "protected branch", "restricted", "ruleset", "hook declined")


def in_words(error: GitHubError, plan: Plan) -> GitHubError:
    """`error`, or what it means here in a sentence for a person."""
    if not isinstance(error, Unprocessable):
        return error
    if error.says("workflow"):
        text = f"{hindrance.PERMISSION} 'workflows: write', which an owner of the account must accept: {error}"
        return Forbidden(text, status=422, permission="workflows")
    if error.says("'updaterefs'"):
        text = (
            f"this GitHub server is too old to move {plan.branch} on condition that nobody else did, so it was left as "
            "it is: delete the branch, and a new one is made"
        )
        return Forbidden(text, status=422)
    if error.says(*_RULES):
        return Forbidden(f"{hindrance.RULE} (Settings, Rules): {error.message}", status=422)
    moved = _moved(error, plan)
    return error if moved is None else Conflict(moved, status=422)


def _moved(error: Unprocessable, plan: Plan) -> str | None:
    if error.says("no commits between"):
        return "the base branch already holds what was to be proposed"
    if error.names("base"):
        return f"the base branch {plan.base} is gone"
    if error.names("head"):
        return f"the branch {plan.branch} is gone"
    if error.says("reference update failed", "cannot lock ref"):
        return f"the branch {plan.branch} cannot be made: a branch with the beginning of its name stands in its way"
    if error.says("does not exist", "badobjectstate"):
        return "the commit that was read is gone, or a file that was to be deleted: the repository was rewritten"
    return None
