"""`issues`: somebody ticked a box of an issue of ours, closed it or opened it again."""

from __future__ import annotations

from msgspec import Struct

from bot.events.payload import (
    NO_INSTALLATION,
    OTHER_ACTION,
    Action,
    Decision,
    Id,
    Installation,
    Jobs,
    NotForUs,
    Repository,
    Watched,
    follow_job,
)
from bot.model import InstallationId

HEARD = frozenset({"edited", "closed", "reopened"})
NOT_OURS = NotForUs("an issue of somebody else")
_MARK = "<!-- pubflow:last-steps -->"


class User(Struct, frozen=True, gc=False):
    login: str
    type: str


class Issue(Struct, frozen=True, gc=False):
    number: Id
    user: User | None
    body: str | None = None


class IssuesPayload(Struct, frozen=True, gc=False):
    action: Action
    issue: Issue
    repository: Repository
    sender: User
    installation: Installation | None = None


def issues(payload: IssuesPayload, _watched: Watched) -> Decision:
    """What we did ourselves is no news."""
    if payload.action not in HEARD:
        return OTHER_ACTION
    if payload.installation is None:
        return NO_INSTALLATION
    writer = payload.issue.user
    written = writer is not None and writer.type == "Bot" and _MARK in (payload.issue.body or "")
    if not written or payload.sender.type == "Bot":
        return NOT_OURS
    job = follow_job(InstallationId(payload.installation.id), payload.repository.ref())
    return Jobs(action=payload.action, jobs=(job,))
