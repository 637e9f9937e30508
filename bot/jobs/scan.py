"""The job that everything is about: read a repository, decide, and carry out what was decided."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import ParamSpec, TypeVar

import structlog

from bot import plan as planning
from bot.errors import Conflict, Forbidden, Stopped, WaitUntil
from bot.jobs.arguments import Repository, read
from bot.jobs.record import record
from bot.jobs.services import Services
from bot.messages import Places
from bot.model import Done, InstallationId, Job, Later, Outcome, Plan, PullRequest, RepoRef, Snapshot, Status
from bot.plan import Decision, Standing
from bot.settings import Mode
from bot.store import in_thread
from bot.store.ledger import Held, Reserved, Wait
from bot.store.repositories import Seen
from bot.survey import survey

KIND = "scan"
WAITING = "waiting: "
"""Starts the outcome of a repository whose pull request may not be opened yet."""
_NOT_YET_HANDLED = frozenset({Status.TOKEN, Status.MIXED, Status.INDIRECT, Status.UNKNOWN})
PAUSED_SECONDS = 300.0
"""How often a paused repository looks whether it may go on; it costs no request."""

P = ParamSpec("P")
T = TypeVar("T")

_MIND = ThreadPoolExecutor(1, thread_name_prefix="decide")
"""Where the core thinks: a repository made to take long must not stop deliveries and heartbeats. One thread: it is all
Python's own work, and more would not be faster."""

log = structlog.get_logger(__name__)


async def scan(job: Job, services: Services) -> Outcome:
    """Read, decide, write. Raises GitHubError for what ends this attempt; the queue knows what each of them means."""
    ref = read(job, Repository).ref
    if not await services.allowed.includes(ref.owner):
        return Done(summary=f"{ref.owner} is not among the accounts that this site serves")
    closed = await _still_closed(ref, services)
    if closed is not None:
        return closed
    snapshot, decision = await examine(job.installation, ref, services)
    outcome = await carry_out(job.installation, snapshot, decision, services)
    await _remember(job.installation, snapshot, decision, outcome, services)
    summary = outcome.summary if isinstance(outcome, Done) else WAITING + outcome.reason
    log.info("scanned", repository=snapshot.repo.ref.full_name, status=decision.status.value, outcome=summary)
    return outcome


async def examine(installation: InstallationId, ref: RepoRef, services: Services) -> tuple[Snapshot, Decision]:
    """Read a repository, ask the index what the decision hangs on, and decide. Raises GitHubError."""
    snapshot = await services.github.read(installation, ref)
    found = await _beside(survey, snapshot)
    index = [await services.pypi.project(name) for name in planning.questions(found)]
    decision = await _beside(
        planning.decide,
        snapshot,
        found=found,
        index=index,
        places=Places(
            pypi=services.settings.pypi_url,
            testpypi=services.settings.testpypi_url,
            web=services.settings.github_web_url,
        ),
    )
    return snapshot, decision


async def _beside(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """What `function` returns, computed beside the loop."""
    return await asyncio.get_running_loop().run_in_executor(_MIND, partial(function, *args, **kwargs))


async def _still_closed(ref: RepoRef, services: Services) -> Later | None:
    """For a repository that waits for its turn: whether it must go on waiting, found out without asking GitHub."""
    known = await in_thread(services.repositories.get, ref.id)
    if known is None or not (known.outcome or "").startswith(WAITING):
        return None
    if services.settings.pubflow_mode is Mode.OBSERVE:
        return None
    try:
        await services.may_write(ref)
    except Stopped as stopped:
        return Later(seconds=PAUSED_SECONDS, reason=str(stopped))
    per_hour = services.settings.pulls_per_hour
    return _wait(await in_thread(services.ledger.look, ref.owner, services.clock(), per_hour))


async def carry_out(
    installation: InstallationId, snapshot: Snapshot, decision: Decision, services: Services
) -> Outcome:
    """Make every planned pull request stand; Later when one may not be opened yet. Raises GitHubError."""
    ends: list[str] = []
    for plan in decision.plans:
        end = await _propose(_Proposal(installation, snapshot, plan), services)
        if isinstance(end, Later):
            return end
        ends.append(end.summary)
    return Done(summary="; ".join(ends) or _why_nothing(decision))


def _why_nothing(decision: Decision) -> str:
    if decision.silent is not None:
        return f"nothing proposed: {decision.silent}"
    if decision.refusals:
        return f"nothing proposed: {decision.refusals[0].reason}"
    if decision.status is Status.TRUSTED:
        return "nothing to do: every upload is trusted already"
    if decision.status in _NOT_YET_HANDLED:
        return f"seen, not yet handled ({decision.status})"
    return f"nothing to do ({decision.status})"


@dataclass(frozen=True, slots=True)
class _Proposal:
    installation: InstallationId
    snapshot: Snapshot
    plan: Plan

    @property
    def ref(self) -> RepoRef:
        return self.snapshot.repo.ref


async def _propose(proposal: _Proposal, services: Services) -> Outcome:
    standing, pull = planning.standing(proposal.plan, proposal.snapshot.pulls)
    if standing is Standing.DECLINED:
        return Done(summary=f"#{pull.number if pull else 0} was closed by people: not opened again")
    if standing is Standing.STANDS and pull is not None:
        await _note_opened(proposal, pull.number, services)
        return Done(summary=f"#{pull.number} stands already")
    if services.settings.pubflow_mode is Mode.OBSERVE:
        return Done(summary=f"would open “{proposal.plan.title}” (this site only observes)")
    if standing is Standing.NEW:
        turn = await _reserve(proposal, services)
        if turn is not None:
            return turn
    return await _write(proposal, services)


async def _write(proposal: _Proposal, services: Services) -> Outcome:
    async def permit() -> None:
        await services.may_write(proposal.ref)

    try:
        pull = await services.github.propose(proposal.installation, proposal.snapshot, proposal.plan, permit=permit)
    except Stopped as stopped:
        return Later(seconds=PAUSED_SECONDS, reason=str(stopped))
    except WaitUntil as wait:
        return Later(seconds=wait.seconds, reason=str(wait))
    except (Conflict, Forbidden) as refused:
        await _give_back(proposal, services)
        return Done(summary=f"nothing proposed: {refused}")
    await _note_opened(proposal, pull.number, services)
    return Done(summary=_said(pull, proposal.plan))


def _said(pull: PullRequest, plan: Plan) -> str:
    return f"#{pull.number} {'opened' if pull.created else 'brought up to date'}: {plan.title}"


async def _reserve(proposal: _Proposal, services: Services) -> Later | None:
    """Take a place in the account's ledger; Later when there is none at the moment."""
    turn = await in_thread(
        services.ledger.reserve,
        proposal.ref.owner,
        proposal.ref.id,
        proposal.plan.branch,
        proposal.plan.digest,
        services.clock(),
        services.settings.pulls_per_hour,
    )
    return _wait(turn)


def _wait(turn: Reserved | Wait | Held) -> Later | None:
    match turn:
        case Wait(seconds=seconds):
            return Later(seconds=seconds, reason="the account has had its pull requests of this hour")
        case Held(reason=reason):
            return Later(seconds=PAUSED_SECONDS, reason=f"{reason}; `pubflow resume ACCOUNT` lets it go on")
        case Reserved():
            return None


async def _note_opened(proposal: _Proposal, number: int, services: Services) -> None:
    ref, plan = proposal.ref, proposal.plan
    await in_thread(services.ledger.opened, ref.owner, ref.id, plan.branch, plan.digest, number, services.clock())


async def _give_back(proposal: _Proposal, services: Services) -> None:
    await in_thread(services.ledger.cancel, proposal.ref.id, proposal.plan.branch, proposal.plan.digest)


async def _remember(
    installation: InstallationId, snapshot: Snapshot, decision: Decision, outcome: Outcome, services: Services
) -> None:
    ref = snapshot.repo.ref
    seen = Seen(
        repo_id=ref.id,
        node_id=ref.node_id,
        installation=installation,
        full_name=ref.full_name,
        head=snapshot.head,
        status=None if planning.skip_reason(snapshot.repo) else decision.status,
        outcome=outcome.summary if isinstance(outcome, Done) else WAITING + outcome.reason,
        watched=decision.survey.watched,
        updated_at=services.clock(),
    )
    await in_thread(services.repositories.upsert, seen)
    scanned = await _beside(record, installation, snapshot, decision, outcome, seen.updated_at)
    await in_thread(services.reports.write, scanned)
