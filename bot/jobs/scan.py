"""The job that everything is about: read a repository, decide, and carry out what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import structlog
from msgspec.structs import replace

from bot import fingerprint, messages, questions
from bot import plan as planning
from bot.beside import Beside
from bot.errors import Gone
from bot.events.payload import ENROLLED, follow_job, scan_job
from bot.following import Evidence, evidently_registered, moving_pulls, publishing_workflows, targets
from bot.jobs import carrying, configuring, dressing, pace
from bot.jobs.allowed import with_allowed
from bot.jobs.arguments import Repository, read
from bot.jobs.carrying import End
from bot.jobs.follow import differs, rollouts, worth_a_look
from bot.jobs.looking_beside import look_beside
from bot.jobs.record import record
from bot.jobs.services import Services
from bot.jobs.thinking import think
from bot.lifecycle import Action, verdicts
from bot.messages.checkboxes import Box, ticked
from bot.model import (
    TRUSTED_PUBLISHING_BRANCH,
    Done,
    IndexFacts,
    InstallationId,
    Job,
    Later,
    Outcome,
    PullState,
    RepoRef,
    Snapshot,
    Status,
)
from bot.plan import Decision
from bot.rollout import State
from bot.settings import Mode
from bot.store import in_thread
from bot.store.repositories import Seen
from bot.store.rollouts import Rollout
from bot.store.sightings import Sighting
from bot.survey import UNREADABLE, survey
from bot.wishes import Wish, Wished, Wishes

KIND = "scan"
WAITING = "waiting: "
"""Starts the outcome of a repository whose pull request may not be opened yet."""
_NOT_YET_HANDLED = frozenset({Status.TOKEN, Status.MIXED, Status.INDIRECT, Status.UNKNOWN})

log = structlog.get_logger(__name__)


async def scan(job: Job, services: Services) -> Outcome:
    """Read, decide, write. Raises GitHubError for what ends this attempt; the queue knows what each of them means."""
    ref = read(job, Repository).ref
    if not await services.allowed.includes(ref.owner):
        return Done(summary=f"{ref.owner} is not among the accounts that this site serves")
    closed = await _still_closed(job.installation, ref, services)
    if closed is not None:
        return closed
    return (await work(job.installation, ref, services)).outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody who asked for a scan wants of it."""

    remade: frozenset[str] = frozenset()
    """Branches whose pull requests are made anew."""
    told: int | None = None
    """The conversation in which the outcome is said."""
    confirmed: bool = False
    """They say that the publishers are registered."""


_UNASKED = Asked()


@dataclass(frozen=True, slots=True)
class Worked:
    """What came of a scan, as a whole and for each of our branches of which there is something to say."""

    outcome: Outcome
    ends: tuple[End, ...] = ()


async def work(installation: InstallationId, ref: RepoRef, services: Services, asked: Asked = _UNASKED) -> Worked:
    """The scan itself. Raises GitHubError."""
    snapshot, decision = await examine(installation, ref, services)
    if not await services.allowed.includes(snapshot.repo.ref.owner):
        raise Gone(f"the repository belongs to {snapshot.repo.ref.owner} now, which this site does not serve")
    worked = await carry_out(installation, snapshot, decision, services, asked)
    outcome = worked.outcome
    await pace.note(ref.id, outcome, services)
    await remember(installation, [Found(snapshot=snapshot, decision=decision, outcome=outcome)], services)
    if await configuring.is_outdated(decision.survey.snapshot, services):
        await services.queue.submit([scan_job(installation, ref)])
    summary = outcome.summary if isinstance(outcome, Done) else WAITING + outcome.reason
    log.info("scanned", repository=snapshot.repo.ref.full_name, status=decision.status.value, outcome=summary)
    return worked


async def examine(installation: InstallationId, ref: RepoRef, services: Services) -> tuple[Snapshot, Decision]:
    """Read a repository, and decide. Raises GitHubError."""
    snapshot = await services.github.read(installation, ref)
    return snapshot, await consider(installation, snapshot, services, closely=True)


async def consider(
    installation: InstallationId, snapshot: Snapshot, services: Services, *, closely: bool = False
) -> Decision:
    """Ask the account's configuration, the index, GitHub and people's wishes what the decision hangs on, and decide.

    What GitHub keeps beside the files takes requests for each repository: it is looked at `closely`, or where a pull
    request of ours stands that speaks of it. Only what was looked at closely is ready to be written on GitHub: other
    plans have no body. Raises GitHubError.
    """
    prepared = await configuring.prepare(installation, snapshot, services)
    snapshot, kept = await with_allowed(installation, prepared.snapshot, services), prepared.kept
    await _recover(snapshot, services)
    closely = closely or any(pull.state is PullState.OPEN for pull in moving_pulls(snapshot.pulls))
    found = await think(survey, snapshot)
    index = [await services.pypi.project(name) for name in questions.projects(found, kept)]
    index += [await _known_publisher(name, services) for name in questions.owners(found, closely=closely)]
    trial = [await services.testpypi.project(name) for name in questions.trial(found, kept)]
    catalogue = await services.actions.look(installation, questions.actions(found, kept))
    decide = partial(
        planning.decide,
        snapshot,
        found=found,
        index=index,
        trial=trial,
        places=services.places,
        kept=kept,
        catalogue=catalogue,
    )
    decision = await think(decide, wishes=await in_thread(services.wishes.of, snapshot.repo.ref.id), worded=False)
    news = await _proved(decision, index, services)
    beside = await look_beside(installation, decision, services) if closely else None
    if not news and beside is None and not (closely and decision.plans):
        return decision
    wishes = await in_thread(services.wishes.of, snapshot.repo.ref.id)
    return await think(decide, wishes=wishes, beside=beside or Beside(), worded=closely)


async def _recover(snapshot: Snapshot, services: Services) -> None:
    """Where the database knows nothing of an open pull request of ours, it was lost: a tick in its body counts again.

    Nobody without the right to write can edit that body. A tick of which the database can know is heard as an event.
    """
    ref = snapshot.repo.ref
    for pull in moving_pulls(snapshot.pulls):
        marked = messages.read_marker(pull.body)
        if pull.state is not PullState.OPEN or marked is None or Box.REGISTERED not in ticked(pull.body):
            continue
        if (ref.id, pull.number) not in await in_thread(services.ledger.open_among, [ref.id]):
            said = Wished(wish=Wish.REGISTERED, value=marked.subject, note=ref.full_name)
            await in_thread(services.wishes.change, ref.id, services.clock(), add=[said])


async def _proved(decision: Decision, index: Sequence[IndexFacts], services: Services) -> bool:
    """Note that the publishers of the plan are registered, where the index itself shows it; True when that is news."""
    ref = decision.survey.snapshot.repo.ref
    plan = next((plan for plan in decision.plans if plan.branch == TRUSTED_PUBLISHING_BRANCH), None)
    if plan is None or not any(facts.attested for facts in index):
        return False
    wishes = await in_thread(services.wishes.of, ref.id)
    if wishes.registered(plan.subject, ref.full_name) or not evidently_registered(decision.survey, plan, index):
        return False
    shown = Wished(wish=Wish.REGISTERED, value=plan.subject, note=ref.full_name)
    await in_thread(services.wishes.change, ref.id, services.clock(), add=[shown])
    return True


async def _known_publisher(name: str, services: Services) -> IndexFacts:
    """What PyPI says of a project, when its newest files came and by which publisher."""
    facts = await services.pypi.project(name)
    if not facts.exists:
        return facts
    released = await services.pypi.released(name)
    return replace(facts, attested=released.attested, uploaded=max(released.uploads, default=None))


async def _still_closed(installation: InstallationId, ref: RepoRef, services: Services) -> Later | None:
    """For a repository that waits for its turn: whether it must go on waiting, found out without asking GitHub."""
    known = await in_thread(services.repositories.get, ref.id)
    later: Later | None = None
    if known is not None and (known.outcome or "").startswith(WAITING):
        later = await pace.still_closed(installation, ref, services)
    elif services.settings.pubflow_mode is not Mode.OBSERVE and await in_thread(services.turns.stands, ref.id):
        later = await pace.too_fast(installation, services)
    if later is not None:
        await pace.note(ref.id, later, services)
    return later


async def to_be_done(snapshot: Snapshot, decision: Decision, services: Services) -> frozenset[Action]:
    """What carrying this out would write on GitHub; nothing when all stands as it should."""
    wishes = await _bearing_upon(snapshot, decision, services)
    found = verdicts(snapshot, decision, wishes)
    actions = {verdict.row.action for verdict in found} - {Action.LEAVE}
    for look in (verdict.look for verdict in found):
        if look.open is not None and await dressing.lacking(look, look.open.number, services):
            actions.add(Action.UPDATE)
    if await configuring.wants_check(snapshot, decision, services):
        actions.add(Action.UPDATE)
    return frozenset(actions)


async def carry_out(
    installation: InstallationId,
    snapshot: Snapshot,
    decision: Decision,
    services: Services,
    asked: Asked = _UNASKED,
) -> Worked:
    """Make everything stand as decided; Later when something may not be done yet. Raises GitHubError."""
    wishes = await _bearing_upon(snapshot, decision, services)
    ends = await carrying.carry_out(
        installation,
        verdicts(snapshot, decision, wishes, asked.remade, confirmed=asked.confirmed),
        services,
        told=asked.told,
        asked=asked is not _UNASKED,
    )
    if isinstance(ends, Later):
        return Worked(ends)
    return Worked(Done(summary="; ".join(end.summary for end in ends) or _why_nothing(decision)), ends)


async def _bearing_upon(snapshot: Snapshot, decision: Decision, services: Services) -> Wishes:
    """What people wish of what is planned or stands; most repositories have neither."""
    if not (decision.plans or snapshot.pulls or snapshot.branches):
        return Wishes()
    return await in_thread(services.wishes.of, snapshot.repo.ref.id)


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


def sighting(installation: InstallationId, snapshot: Snapshot, watched: frozenset[str]) -> Sighting:
    """A repository as it was read."""
    repo = snapshot.repo
    return Sighting(
        ref=repo.ref,
        installation=installation,
        standing=fingerprint.of_standing(repo),
        files=fingerprint.of_files(snapshot.tree, watched),
        head=snapshot.head,
        bare=not snapshot.tree,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What came of one repository."""

    snapshot: Snapshot
    decision: Decision
    outcome: Outcome


async def remember(installation: InstallationId, found: Sequence[Found], services: Services) -> None:
    """Keep what was found, and by what a sweep tells that it has not changed."""
    if not found:
        return
    now, ids = services.clock(), [one.snapshot.repo.ref.id for one in found]
    configured = await in_thread(services.configurations.of_all, ids)
    for one in found:
        known = configured[one.snapshot.repo.ref.id]
        await configuring.follow_up(installation, one.snapshot, one.decision, known, services)
        services.tally.refused.update(refusal.rule for refusal in one.decision.refusals)
    await in_thread(services.repositories.upsert_all, [_seen(installation, one, now) for one in found])
    scanned = await think(lambda: [record(installation, one.snapshot, one.decision, one.outcome, now) for one in found])
    await in_thread(services.reports.write_all, scanned)
    rollouts = await in_thread(services.rollouts.of_all, ids)
    for one in found:
        await _follow(installation, one.snapshot, one.decision, rollouts[one.snapshot.repo.ref.id], services)
    sightings = [sighting(installation, one.snapshot, one.decision.survey.watched) for one in found]
    await in_thread(services.sightings.put, sightings)


def _seen(installation: InstallationId, found: Found, now: float) -> Seen:
    snapshot, decision, outcome = found.snapshot, found.decision, found.outcome
    ref = snapshot.repo.ref
    return Seen(
        repo_id=ref.id,
        node_id=ref.node_id,
        installation=installation,
        full_name=ref.full_name,
        head=snapshot.head,
        status=None if planning.skip_reason(snapshot.repo) else decision.status,
        outcome=outcome.summary if isinstance(outcome, Done) else WAITING + outcome.reason,
        watched=decision.survey.watched | publishing_workflows(decision.survey),
        updated_at=now,
    )


async def _follow(
    installation: InstallationId,
    snapshot: Snapshot,
    decision: Decision,
    known: Sequence[Rollout],
    services: Services,
) -> None:
    """Ask for a look at how far its projects have come, where a pull request of ours is on the way or was merged.

    Of the others this much is known without a request.
    """
    ref = snapshot.repo.ref
    listed = () if planning.skip_reason(snapshot.repo) else targets(decision.survey)
    unread = {problem.file for problem in decision.survey.problems if problem.rule == UNREADABLE}
    if any(one.workflow in unread for one in known):
        return  # it publishes as little as it can be read, and that proves nothing
    # Those that were proposed and are no longer: the pull request was closed.
    taken_back = any(one.state in {State.PROPOSED, State.REGISTERED} for one in known)
    if taken_back or any(pull.state is not PullState.CLOSED for pull in moving_pulls(snapshot.pulls)):
        if worth_a_look(known, listed):
            await services.queue.submit([follow_job(installation, ref, rank=ENROLLED)])
    elif differs(known, listed):
        await in_thread(
            services.rollouts.record, ref.id, rollouts(Evidence(snapshot=snapshot), listed), services.clock()
        )
