"""`pull_request`: something happened to one of ours, and a person did it; or somebody else's may touch what publishes.

Ours means all of: from one of our branches, within the same repository, written by an App. Anybody may name a branch of
a fork like ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta, Struct

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
    follow_job,
    named,
    scan,
)
from bot.events.speaking import Edited, Speech, User, tick_job, ticks
from bot.messages import is_withdrawn
from bot.model import OWN_BRANCHES, InstallationId, Job, JsonValue, RepoRef

Oid = Annotated[str, Meta(pattern=r"\A[0-9a-f]{40}\Z")]

GUARDED = frozenset({"opened", "reopened", "synchronize"})
"""What may bring a commit that nobody has looked at."""
NOT_OURS = NotForUs("a pull request of somebody else")
OUR_DOING = NotForUs("what we did ourselves")
NO_TICK = NotForUs("an edit that ticks no box of ours")


class Owned(Struct, frozen=True, gc=False):
    id: Id


class Side(Struct, frozen=True, gc=False):
    """Head or base; the repository is null when a fork was deleted. A base is always of the payload's repository."""

    ref: RefName
    repo: Owned | None = None
    sha: Oid | None = None


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
    if payload.action not in GUARDED | {"closed", "edited"}:
        return OTHER_ACTION
    if payload.installation is None:
        return NO_INSTALLATION
    if _ours(payload):
        return _done(payload, payload.installation)
    return _guard(payload, payload.installation) if payload.action in GUARDED else NOT_OURS


def _done(payload: PullRequestPayload, installation: Installation) -> Decision:
    look = scan(installation, payload.repository)
    if payload.action == "closed":
        return Jobs(action=payload.action, jobs=(_settle(payload, installation), look))
    if payload.action == "opened":
        followed = follow_job(InstallationId(installation.id), payload.repository.ref())
        return Jobs(action=payload.action, jobs=(followed,))
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
    asked = ticks(before, pull.body or "", pull.updated_at)
    if not asked:
        return NO_TICK
    author = pull.user.login if pull.user is not None else None
    speech = Speech(number=pull.number, pull=True, login=payload.sender.login, author=author)
    job = tick_job(InstallationId(installation.id), payload.repository.ref(), speech, asked)
    return Jobs(action=payload.action, jobs=(job,))


def _guard(payload: PullRequestPayload, installation: Installation) -> Decision:
    """Looks at this very commit, once."""
    pull, ref = payload.pull_request, payload.repository.ref()
    if pull.head.sha is None or pull.base.sha is None:
        return NOT_OURS
    args: dict[str, JsonValue] = {"number": pull.number, "head": pull.head.sha, "base": pull.base.sha}
    job = Job(
        kind="guard",
        key=f"{ref.id}:{pull.number}:{pull.head.sha}",
        installation=InstallationId(installation.id),
        args=named(ref) | args,
        once=True,
    )
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
