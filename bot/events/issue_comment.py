"""`issue_comment`: somebody said something in the conversation of an issue or a pull request, or ticked a box there.

New comments of people may hold commands; whether one does is looked into by the job, for it takes reading Markdown. An
edited comment says nothing new, but for a box that a person ticked in one of ours. Bots are not heard, nor are we.
"""

from __future__ import annotations

from msgspec import UNSET, Raw, Struct, UnsetType

from bot.commands import might_hold
from bot.events.payload import (
    NO_INSTALLATION,
    OTHER_ACTION,
    Action,
    Decision,
    Id,
    Installation,
    Jobs,
    Moment,
    NotForUs,
    Repository,
    Watched,
)
from bot.events.speaking import Edited, Speech, User, hear_job, tick_job, ticks
from bot.model import InstallationId

A_BOT = NotForUs("a bot's doing")
NO_COMMAND = NotForUs("a comment without a command")
NO_TICK = NotForUs("an edit that ticks no box of ours")


class Issue(Struct, frozen=True, gc=False):
    """`pull_request` is there for a pull request's conversation alone."""

    number: Id
    user: User | None
    pull_request: Raw | UnsetType = UNSET


class Comment(Struct, frozen=True, gc=False):
    id: Id
    body: str
    user: User | None
    updated_at: Moment


class IssueCommentPayload(Struct, frozen=True, gc=False):
    action: Action
    issue: Issue
    comment: Comment
    sender: User
    repository: Repository
    changes: Edited | None = None
    installation: Installation | None = None


def issue_comment(payload: IssueCommentPayload, _watched: Watched) -> Decision:
    if payload.action not in {"created", "edited"}:
        return OTHER_ACTION
    if payload.installation is None:
        return NO_INSTALLATION
    if payload.sender.is_bot:
        return A_BOT
    installation = InstallationId(payload.installation.id)
    return _said(payload, installation) if payload.action == "created" else _edited(payload, installation)


def _said(payload: IssueCommentPayload, installation: InstallationId) -> Decision:
    author, comment = payload.comment.user, payload.comment
    if author is None or author.is_bot:
        return A_BOT
    if not might_hold(comment.body):
        return NO_COMMAND
    job = hear_job(installation, payload.repository.ref(), _speech(payload, author), comment.id, comment.body)
    return Jobs(action=payload.action, jobs=(job,))


def _edited(payload: IssueCommentPayload, installation: InstallationId) -> Decision:
    """That the comment is a bot's is seen here, that it is ours by the job."""
    comment, before = payload.comment, payload.changes.before if payload.changes is not None else None
    if before is None or comment.user is None or not comment.user.is_bot:
        return NO_TICK
    asked = ticks(before, comment.body, comment.updated_at, comment.id)
    if not asked:
        return NO_TICK
    speech, ref = _speech(payload, payload.sender), payload.repository.ref()
    job = tick_job(installation, ref, speech, asked)
    return Jobs(action=payload.action, jobs=(job,))


def _speech(payload: IssueCommentPayload, who: User) -> Speech:
    issue = payload.issue
    author = issue.user.login if issue.user is not None else None
    return Speech(number=issue.number, pull=issue.pull_request is not UNSET, login=who.login, author=author)
