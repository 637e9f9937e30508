"""The parts that payloads share, and what every event function gives back.

Only the few fields that decide something are named; everything else in a body is skipped unread. Names and ids are
bounded here, so that nothing past this door has to be: whatever does not fit is no payload of GitHub's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated

from msgspec import Meta, Struct

from bot.errors import Malformed
from bot.model import InstallationId, Job, JsonValue, NodeId, RepoId, RepoRef

Id = Annotated[int, Meta(ge=1, le=2**53)]
"""GitHub's ids; a larger one would not survive a JSON reader that counts in doubles."""
Short = Annotated[str, Meta(min_length=1, max_length=250)]
Login = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]{1,100}(?:\[bot\])?\Z")]
Action = Annotated[str, Meta(pattern=r"\A[a-z_]{1,64}\Z")]
Moment = Annotated[str, Meta(pattern=r"\A[0-9TZ:.+-]{0,40}\Z")]
"""A time as GitHub writes it."""
RefName = Annotated[str, Meta(min_length=1, max_length=1024)]

_NODE = re.compile(r"[A-Za-z0-9_=+/-]{1,200}").fullmatch
_FULL_NAME = re.compile(r"[A-Za-z0-9_-]{1,100}/(?!\.{1,2}\Z)[A-Za-z0-9._-]{1,100}").fullmatch

MOST_IN_A_JOB = 100
"""Repositories that one job carries: a record in the queue stays small."""

SWEEPING = 100
"""Rank of a sweep: pushes, and whatever else somebody has just done, go first."""
ENROLLED = 50
"""Rank of the first scan of a repository that came."""

Watched = Callable[[RepoId], frozenset[str] | None]
"""The paths that the last plan of a repository was made from, and the workflows whose runs may publish; None: nothing
is known of it yet."""


@dataclass(frozen=True, slots=True)
class NotForUs:
    """A delivery that asks nothing of us; `reason` is for counters and debugging, never from the body."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Jobs:
    """A delivery's work; never empty."""

    action: str | None
    jobs: tuple[Job, ...]


Decision = Jobs | NotForUs

NO_INSTALLATION = NotForUs("not sent for an installation")
OTHER_ACTION = NotForUs("an action without consequence")


class Installation(Struct, frozen=True, gc=False):
    """What every delivery to an App says of its installation."""

    id: Id


class Repository(Struct, frozen=True, gc=False):
    """The identity of a repository; the numeric and the node id survive a rename."""

    id: Id
    node_id: Short
    full_name: Short

    def ref(self) -> RepoRef:
        """Raises `Malformed` for a name or node id that GitHub would not give; most deliveries are dropped before."""
        if _NODE(self.node_id) is None or _FULL_NAME(self.full_name) is None:
            raise Malformed("a repository of an impossible name")
        owner, _, name = self.full_name.partition("/")
        return RepoRef(id=RepoId(self.id), node_id=NodeId(self.node_id), owner=owner, name=name)


class Account(Struct, frozen=True, gc=False):
    """A user or an organisation has a login, an enterprise a slug."""

    login: Login | None = None
    slug: Login | None = None


class FullInstallation(Struct, frozen=True, gc=False):
    """As only the events about installations themselves carry it."""

    id: Id
    account: Account | None
    """Null for a deleted account, but there: elsewhere an installation is an id and nothing more."""

    def owner(self) -> str | None:
        return None if self.account is None else self.account.login or self.account.slug


def scan(installation: Installation, repository: Repository) -> Job:
    """Reads the repository again; a waiting scan of the same repository is the same work."""
    return scan_job(InstallationId(installation.id), repository.ref())


def scan_job(installation: InstallationId, ref: RepoRef, *, rank: int = 0) -> Job:
    """The job that scans `ref`; scans of one repository that wait at the same time are one."""
    return Job(kind="scan", key=str(ref.id), installation=installation, args=named(ref), rank=rank)


def preview_job(installation: Installation, repository: Repository, sha: str) -> Job:
    """The job that says of one commit whether its configuration can be understood."""
    number, key = InstallationId(installation.id), f"{repository.id}:{sha}"
    return Job(kind="preview", key=key, installation=number, args=named(repository.ref()) | {"sha": sha}, once=True)


def reconfigured(installation: InstallationId, owner: str) -> Job:
    """The job that looks again at everything, because the account's own configuration changed."""
    args: dict[str, JsonValue] = {"account": owner, "repositories": None}
    return Job(kind="enrol", key=_key(installation, None), installation=installation, args=args)


def follow_job(installation: InstallationId, ref: RepoRef, *, rank: int = 0) -> Job:
    """The job that looks how far a repository has come; looks that wait at the same time are one."""
    return Job(kind="follow", key=str(ref.id), installation=installation, args=named(ref), rank=rank)


def sweep_job(installation: InstallationId, asked_at: float) -> Job:
    """The job that looks for what changed in all repositories of an installation.

    `asked_at`, in seconds since 1970: a sweep that began later has answered it.
    """
    return Job(
        kind="sweep", key=str(installation), installation=installation, args={"asked_at": asked_at}, rank=SWEEPING
    )


def enrol(installation: FullInstallation, repositories: Iterable[Repository] | None) -> tuple[Job, ...]:
    """Takes an installation's repositories under care: these, or with None (and when there are many) all it sees."""
    chosen = None if repositories is None else [named(repository.ref()) for repository in repositories]
    if chosen is not None and len(chosen) > MOST_IN_A_JOB:
        chosen = None
    ids = None if chosen is None else [int(str(named["repo_id"])) for named in chosen]
    listed: JsonValue = None if chosen is None else list(chosen)
    args: dict[str, JsonValue] = {"account": installation.owner(), "repositories": listed}
    number = InstallationId(installation.id)
    return (Job(kind="enrol", key=_key(number, ids), installation=number, args=args),)


def forget(installation: int, repo_ids: Iterable[int] | None, reason: str) -> tuple[Job, ...]:
    """Ends all work for these repositories, or with None for the whole installation."""
    number = InstallationId(installation)
    if repo_ids is None:
        return (Job(kind="forget", key=_key(number, None), installation=number, args=_gone(None, reason)),)
    ids = sorted(set(repo_ids))
    parts = [ids[start : start + MOST_IN_A_JOB] for start in range(0, len(ids), MOST_IN_A_JOB)]
    return tuple(
        Job(kind="forget", key=_key(number, part), installation=number, args=_gone(part, reason)) for part in parts
    )


def named(ref: RepoRef) -> dict[str, JsonValue]:
    """The arguments by which a job knows its repository."""
    return {"repo_id": ref.id, "node_id": ref.node_id, "owner": ref.owner, "name": ref.name}


def _gone(repo_ids: list[int] | None, reason: str) -> dict[str, JsonValue]:
    listed: JsonValue = None if repo_ids is None else list(repo_ids)
    return {"repo_ids": listed, "reason": reason}


def _key(installation: InstallationId, repo_ids: Iterable[int] | None) -> str:
    """The installation, and which of its repositories: a waiting job must not absorb one about other repositories."""
    if repo_ids is None:
        return str(installation)
    return f"{installation}:{sha256(repr(sorted(repo_ids)).encode()).hexdigest()[:16]}"
