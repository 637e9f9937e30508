"""`pull_request`: something happened to one of ours, and a person did it.

Ours means all of: from one of our branches, within the same repository, written by an App. Anybody may name a branch of
a fork like ours.
"""

from __future__ import annotations

from dataclasses import dataclass

from msgspec import Struct

from bot.errors import Malformed
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
    RefName,
    Repository,
    Watched,
    scan,
)
from bot.events.speaking import Edited, Speech, User, tick_job
from bot.messages import is_withdrawn
from bot.messages.checkboxes import ticked
from bot.model import OWN_BRANCHES, InstallationId, Job, RepoRef

NOT_OURS = NotForUs("a pull request of somebody else")
OUR_DOING = NotForUs("what we did ourselves")
NO_TICK = NotForUs("an edit that ticks no box of ours")

SCANNED = frozenset({"reopened", "synchronize"})
"""What people do to a pull request of ours after which there may be something to do."""


class Owned(Struct, frozen=True, gc=False):
    id: Id


class Side(Struct, frozen=True, gc=False):
    """Head or base; the repository is null when a fork was deleted. A base is always of the payload's repository."""

    ref: RefName
    repo: Owned | None = None


class PullRequest(Struct, frozen=True, gc=False):
    number: Id
    user: User | None
    head: Side
    base: Side
    body: str | None = None
    updated_at: Moment = ""
    closed_at: Moment | None = None
    merged: bool = False


class PullRequestPayload(Struct, frozen=True, gc=False):
    action: Action
    number: Id
    pull_request: PullRequest
    repository: Repository
    sender: User
    changes: Edited | None = None
    installation: Installation | None = None


def pull_request(payload: PullRequestPayload, _watched: Watched) -> Decision:
    if payload.pull_request.number != payload.number:
        raise Malformed("a pull request of two numbers")
    if payload.action not in SCANNED | {"closed", "edited"}:
        return OTHER_ACTION
    if payload.installation is None:
        return NO_INSTALLATION
    if not _ours(payload):
        return NOT_OURS
    return _done(payload, payload.installation)


def _done(payload: PullRequestPayload, installation: Installation) -> Decision:
    look = scan(installation, payload.repository)
    if payload.action == "closed":
        return Jobs(action=payload.action, jobs=(_settle(payload, installation), look))
    if payload.sender.is_bot:
        return OUR_DOING
    if payload.action == "edited":
        return _edited(payload, installation)
    return Jobs(action=payload.action, jobs=(look,))


def _ours(payload: PullRequestPayload) -> bool:
    pull = payload.pull_request
    return (
        pull.head.ref in OWN_BRANCHES
        and pull.head.repo is not None
        and pull.head.repo.id == payload.repository.id
        and pull.user is not None
        and pull.user.type == "Bot"
        and pull.user.login.endswith("[bot]")
    )


def _edited(payload: PullRequestPayload, installation: Installation) -> Decision:
    pull, before = payload.pull_request, payload.changes.before if payload.changes is not None else None
    if before is None:
        return NO_TICK
    boxes = ticked(pull.body or "") - ticked(before)
    if not boxes:
        return NO_TICK
    author = pull.user.login if pull.user is not None else None
    speech = Speech(number=pull.number, pull=True, login=payload.sender.login, author=author)
    job = tick_job(InstallationId(installation.id), payload.repository.ref(), speech, boxes, pull.updated_at)
    return Jobs(action=payload.action, jobs=(job,))


def _settle(payload: PullRequestPayload, installation: Installation) -> Job:
    pull = payload.pull_request
    return settle_job(
        InstallationId(installation.id),
        payload.repository.ref(),
        Ending(
            number=pull.number,
            merged=pull.merged,
            branch=pull.head.ref,
            base=pull.base.ref,
            closed_at=pull.closed_at or "None",
            withdrawn=is_withdrawn(pull.body or ""),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a pull request of ours ended; `closed_at` as GitHub writes it."""

    number: int
    merged: bool
    branch: str
    base: str
    closed_at: str
    withdrawn: bool = False
    """We closed it ourselves, as nothing was left to propose."""


def settle_job(installation: InstallationId, ref: RepoRef, ending: Ending) -> Job:
    """Keyed by the closing itself: told twice it is done once, closed again after a reopening it is done again."""
    return Job(
        kind="settle",
        key=f"{ref.id}:{ending.number}:{ending.closed_at}",
        installation=installation,
        once=True,
        args={
            "repo_id": ref.id,
            "node_id": ref.node_id,
            "owner": ref.owner,
            "name": ref.name,
            "number": ending.number,
            "merged": ending.merged,
            "branch": ending.branch,
            "base": ending.base,
            "withdrawn": ending.withdrawn,
        },
    )
