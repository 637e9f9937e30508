"""`pull_request`: one of ours was closed, merged or not.

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
    NotForUs,
    RefName,
    Repository,
    Watched,
)
from bot.model import OWN_BRANCHES, InstallationId, Job, RepoRef

Moment = Annotated[str, Meta(pattern=r"\A[0-9TZ:.+-]{1,40}\Z")]

NOT_OURS = NotForUs("a pull request of somebody else")


class User(Struct, frozen=True, gc=False):
    login: str
    type: str


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
    closed_at: Moment | None = None
    merged: bool = False


class PullRequestPayload(Struct, frozen=True, gc=False):
    action: Action
    number: Id
    pull_request: PullRequest
    repository: Repository
    installation: Installation | None = None


def pull_request(payload: PullRequestPayload, _watched: Watched) -> Decision:
    if payload.pull_request.number != payload.number:
        raise Malformed("a pull request of two numbers")
    if payload.action != "closed":
        return OTHER_ACTION
    if payload.installation is None:
        return NO_INSTALLATION
    if not _ours(payload):
        return NOT_OURS
    return Jobs(action=payload.action, jobs=(_settle(payload, payload.installation),))


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
        },
    )
