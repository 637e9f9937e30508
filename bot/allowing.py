"""Which actions a repository may use: what its settings on GitHub say, as far as they are known, and its configuration.

A workflow that uses another one does not start.
https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/enabling-features-for-your-repository/managing-github-actions-settings-for-a-repository
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from msgspec.structs import replace

from bot.config import Bump
from bot.errors import Unparsable
from bot.interest import WORKFLOW
from bot.model import AllowedActions, Change
from bot.survey import Survey
from bot.workflow import Uses, UsesKind, Workflow, read_workflow
from bot.yaml import parse

_COMMIT = re.compile(r"[0-9a-f]{40}\Z")
_OWNERS = frozenset({"actions", "github"})
"""Accounts whose actions count as GitHub's own."""
_ANY = {"*": "[^/]*", "**": ".*"}
_SETTINGS = "the settings of this repository (Actions, General)"
_KEY = "`bump.allowed` in the configuration"


def with_configured(found: Survey, bump: Bump) -> Survey:
    """The same repository, with what its configuration allows beside what its settings do."""
    if bump.allowed is None:
        return found
    said = AllowedActions(patterns=bump.allowed, configured=True)
    snapshot = found.snapshot
    return replace(found, snapshot=replace(snapshot, allowed=(*snapshot.allowed, said)))


def wants_commits(found: Survey) -> bool:
    """Claims that no job starts that uses an action at anything but the id of a commit; workflows may be called so."""
    return any(one.commits for one in found.snapshot.allowed)


def objection(uses: Uses, found: Survey) -> str | None:
    """Why a workflow here may not use an action at this ref: a clause without a full stop; None: it may."""
    for one in found.snapshot.allowed:
        where = _KEY if one.configured else _SETTINGS
        if one.commits and not (_COMMIT.match(uses.ref) or WORKFLOW.match(uses.path)):
            return f"{where} want every action at the id of a commit, and `{uses.text}` is not"
        name = f"{uses.owner}/{uses.repo}"
        match _allows(uses, one, found):
            case True:
                continue
            case False if one.configured:
                return f"{where} does not allow `{uses.text}`; name `{name}` there if it may be used"
            case False:
                return f"{where} do not allow `{uses.text}`; let an owner allow `{name}` there first"
            case None:
                return (
                    f"{where} allow verified creators and some others, and whether `{name}` is among them cannot be "
                    "told; let an owner allow it there by name"
                )
    return None


def first_objection(before: Survey, changes: Iterable[Change]) -> str | None:
    """Why one of the actions that changes bring in may not be used; of those that stand there today nothing is said."""
    if not before.snapshot.allowed:
        return None
    known = {uses.text for uses in _all_used(before)}
    for change in changes:
        for uses in _after(change):
            reason = objection(uses, before) if uses.text not in known else None
            if reason is not None:
                return reason
    return None


def forbidden(workflow: Workflow, found: Survey) -> Uses | None:
    """The first of its actions for which GitHub certainly does not start it; what hangs on a creator is not certain."""
    settings = [one for one in found.snapshot.allowed if not one.configured]
    for uses in _used(workflow):
        pinned = _COMMIT.match(uses.ref) or WORKFLOW.match(uses.path)
        if any((one.commits and not pinned) or _allows(uses, one, found) is False for one in settings):
            return uses
    return None


def _allows(uses: Uses, one: AllowedActions, found: Survey) -> bool | None:
    """None: it depends on whether its creator is verified, and nothing here shows that."""
    owner = uses.owner.lower()
    if one.patterns is None or owner == found.snapshot.repo.ref.owner.lower():
        return True
    name = f"{owner}/{uses.repo}{'/' if uses.path else ''}{uses.path}".lower()
    # Who writes our configuration and names no ref means all of them; of GitHub's settings nobody promises that.
    at = "**" if one.configured else "*"
    meant = [pattern for pattern in one.patterns if not pattern.startswith("!")]
    if any(_fits(name, uses.ref, pattern[1:], "**") for pattern in one.patterns if pattern.startswith("!")):
        return False
    if (one.github and owner in _OWNERS) or any(_fits(name, uses.ref, pattern, at) for pattern in meant):
        return True
    if any(_fits(name, None, pattern, at) for pattern in meant):
        return False  # at other refs alone
    # What is used already is allowed, or the workflow would not start.
    if (one.verified or one.configured) and uses.name in {each.name for each in _all_used(found)}:
        return True
    return None if one.verified else False


def _fits(name: str, ref: str | None, pattern: str, otherwise: str) -> bool:
    """Claims that a pattern means an action at a ref, None: at any. `otherwise`: the ref of one that names none."""
    wanted, _, at = pattern.lower().partition("@")
    return _expression(wanted).fullmatch(name) is not None and (
        ref is None or _expression(at or otherwise).fullmatch(ref.lower()) is not None
    )


@lru_cache(maxsize=256)
def _expression(pattern: str) -> re.Pattern[str]:
    """As GitHub reads it: `**` is anything, `*` anything without a slash, so that `*` does not mean `release/v1`."""
    parts = re.split(r"(\*+)", pattern)
    return re.compile("".join(_ANY.get(part[:2]) or re.escape(part) for part in parts))


def _all_used(found: Survey) -> Iterator[Uses]:
    for workflow in found.workflows.values():
        yield from _used(workflow)


def _after(change: Change) -> Iterator[Uses]:
    if change.after is None or not WORKFLOW.match(change.file):
        return
    try:
        yield from _used(read_workflow(change.file, parse(change.after)))
    except Unparsable:
        return  # whoever made the change proves it


def _used(workflow: Workflow) -> Iterator[Uses]:
    for job in workflow.jobs.values():
        for uses in (job.uses, *(step.uses for step in job.steps)):
            if uses is not None and uses.kind is UsesKind.REMOTE:
                yield uses
