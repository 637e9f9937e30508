"""Goes along after a merge: sees how far each project has come, asks people for what only they can do, remembers.

Everything is found out again each time, so that this may be killed anywhere, and run as often as anybody likes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from types import MappingProxyType

import structlog

from bot import environments
from bot import plan as planning
from bot.beside import Beside, publishing_environments
from bot.environments import Gap
from bot.errors import Forbidden, Gone, Stopped
from bot.following import Evidence, Target, moving_pulls, targets
from bot.github import Desk, Opened
from bot.jobs.arguments import Repository, read
from bot.jobs.gathering import Gathering
from bot.jobs.last_steps import Asking, asked, secrets_left
from bot.jobs.others import with_others
from bot.jobs.services import Services
from bot.jobs.thinking import think
from bot.jobs.wanted import wanted
from bot.messages import last_steps, register_first
from bot.model import Done, InstallationId, Job, Outcome, PullState, Visibility
from bot.released import stranger, unconstrained
from bot.rollout import Asked, Proof, State, Uploads
from bot.secrets import OBSOLETE, Inventory, Verdict, findings, kept
from bot.secrets import State as Left
from bot.store import in_thread
from bot.store.rollouts import CALLERS, Rollout
from bot.survey import survey

KIND = "follow"
ON_THE_WAY = (
    State.PROPOSED,
    State.REGISTERED,
    State.MERGED,
    State.PROVEN,
    State.TOKEN_TO_BE_REVOKED,
    State.SECRET_TO_BE_DELETED,
)
"""Looked at again every day."""
TRUSTED = (State.MERGED, State.PROVEN, State.TOKEN_TO_BE_REVOKED, State.SECRET_TO_BE_DELETED, State.DONE)
"""The default branch uploads by Trusted Publishing."""

log = structlog.get_logger(__name__)


async def follow(job: Job, services: Services) -> Outcome:
    """Raises GitHubError for what ends this attempt."""
    ref = read(job, Repository).ref
    if not await services.allowed.includes(ref.owner):
        return Done(summary=f"{ref.owner} is not among the accounts that this site serves")
    snapshot = await services.github.read(job.installation, ref)
    found = await think(survey, snapshot)
    listed = () if planning.skip_reason(snapshot.repo) else targets(found)
    gathering = Gathering(services, services.github.lens(job.installation, snapshot.repo.ref), found)
    found_out = await _rollouts(job.installation, listed, gathering)
    changed = await in_thread(services.rollouts.record, snapshot.repo.ref.id, found_out, services.clock())
    for one in changed:
        log.info("rollout", repository=snapshot.repo.ref.full_name, project=one.project, state=one.state.value)
    return Done(summary=_said(found_out))


async def _rollouts(
    installation: InstallationId, listed: tuple[Target, ...], gathering: Gathering
) -> tuple[Rollout, ...]:
    services, snapshot = gathering.services, gathering.snapshot
    evidence = await _evidence(listed, gathering)
    config = await wanted(installation, snapshot, services, OBSOLETE)
    inventory = Inventory()
    verdicts: tuple[Verdict, ...] = ()
    if evidence.replaced and any(evidence.proof(target) is Proof.PROVEN for target in listed):
        named = dict.fromkeys(target.environment for target in listed if target.environment)
        beside = await gathering.secrets(named, evidence.replaced)
        inventory = await with_others(installation, beside.inventory, evidence.replaced, gathering.services)
        beside = replace(beside, inventory=inventory)
        verdicts = replace(beside, replaced=evidence.replaced, proven=True).verdicts(gathering.found)
        verdicts = kept(verdicts, config.secrets.keep if config is not None else ())
        desk = services.at(installation, snapshot.repo.ref)
        issue = await _issue(desk)
        evidence = replace(
            evidence, asked=asked(issue), secrets_left=secrets_left(evidence.replaced, inventory, verdicts)
        )
        asking = Asking(
            desk=desk,
            places=services.places,
            evidence=evidence,
            targets=listed,
            inventory=inventory,
            verdicts=verdicts,
            issue=issue,
        )
        if config is not None:
            evidence = replace(evidence, asked=await asking.settle())
    if config is not None:
        await _first(installation, evidence, gathering.services)
    there = Beside(environments=await gathering.environments(publishing_environments(gathering.found)))
    return rollouts(evidence, listed, _facts(evidence, inventory, verdicts), there.lacking(gathering.found))


def rollouts(
    evidence: Evidence,
    listed: Sequence[Target],
    facts: Mapping[str, str | list[str]] = MappingProxyType({}),
    gaps: Mapping[str, Sequence[Gap]] | None = None,
) -> tuple[Rollout, ...]:
    """How far each target has come; `facts` are of all of them, `gaps` of each environment."""
    return tuple(
        Rollout(
            project=target.project,
            index=target.index,
            workflow=target.workflow,
            state=evidence.state(target),
            facts={**facts, **_own_facts(target, evidence, (gaps or {}).get(target.environment or "", ()))},
        )
        for target in {(target.project, target.index): target for target in listed}.values()
    )


async def _first(installation: InstallationId, evidence: Evidence, services: Services) -> None:
    """Where GitHub knows no drafts, a check says that a publisher must be registered before merging."""
    snapshot = evidence.snapshot
    pull = next((pull for pull in moving_pulls(snapshot.pulls) if pull.state is PullState.OPEN), None)
    if pull is None or snapshot.repo.visibility not in {Visibility.PRIVATE, Visibility.INTERNAL}:
        return
    ref, check = snapshot.repo.ref, register_first.check(pull.head, registered=evidence.confirmed(pull))

    async def permit() -> None:
        await services.may_write(ref)

    with suppress(Forbidden, Stopped):
        await services.github.check(installation, ref, check, permit=permit)


async def _issue(desk: Desk) -> Opened | None:
    """The issue that asks for the last steps; None also where issues are switched off, or not ours to read."""
    try:
        return await desk.find_issue(last_steps.MARKER)
    except (Forbidden, Gone):
        return None


async def _evidence(listed: Sequence[Target], gathering: Gathering) -> Evidence:
    services, snapshot = gathering.services, gathering.snapshot
    known = await in_thread(services.rollouts.of, snapshot.repo.ref.id)
    remembered = dict.fromkeys(name for one in known for name in one.facts.get("replaced", ()))
    evidence = Evidence(
        snapshot=snapshot,
        wishes=await in_thread(services.wishes.of, snapshot.repo.ref.id),
        released=await gathering.released(listed),
        remembered=tuple(remembered),
    )
    return replace(evidence, runs=await gathering.runs(evidence, listed)) if evidence.replaced else evidence


def _facts(evidence: Evidence, inventory: Inventory, verdicts: Sequence[Verdict]) -> dict[str, str | list[str]]:
    """For the dashboard, and there for those who may write to the repository; names and no values."""
    facts: dict[str, str | list[str]] = {"replaced": list(evidence.replaced)}
    for finding in findings(verdicts):
        facts[finding.rule] = [*facts.get(finding.rule, ()), finding.message]
    others = [verdict for verdict in verdicts if verdict.state not in {Left.OBSOLETE, Left.ORPHAN}]
    facts["secrets"] = [
        f"{verdict.secret.store} {verdict.secret.name}: {verdict.state} ({verdict.why})" for verdict in others
    ]
    if evidence.asked is not Asked.NOT_YET:
        facts["secrets checked"] = sorted(inventory.checked)
    return {name: value for name, value in facts.items() if value}


def _own_facts(target: Target, evidence: Evidence, gaps: Sequence[Gap]) -> dict[str, str | list[str]]:
    released, full_name = evidence.released_of(target), evidence.snapshot.repo.ref.full_name
    other = stranger(released, full_name)
    takes_any = unconstrained(released, target.expected(full_name))
    lacking = environments.findings(target.environment or "", gaps, file=target.workflow, line=target.line)
    facts: dict[str, str | list[str]] = {
        "environment": target.environment or "",
        CALLERS: list(target.callers),
        environments.ID: [finding.message for finding in lacking],
        "released from": other or "",
        "publisher": "takes any environment; bind it to this one on the index" if takes_any else "",
    }
    return {name: value for name, value in facts.items() if value}


def _said(rollouts: Sequence[Rollout]) -> str:
    if not rollouts:
        return "nothing here is published to an index that takes identity tokens"
    return "; ".join(f"{one.project or 'a project'} on {one.index}: {one.state}" for one in rollouts)


def worth_a_look(known: Sequence[Rollout], listed: Sequence[Target]) -> bool:
    """Claims that a look is worth its requests: something is on its way, or other than it was."""
    return differs(known, listed) or any(one.state in ON_THE_WAY for one in known)


def differs(known: Sequence[Rollout], listed: Sequence[Target]) -> bool:
    """Claims that other things are uploaded, or in another way, than was known."""
    there = {(one.project, one.index, one.workflow, one.state in TRUSTED) for one in known}
    wanted = {(target.project, target.index, target.workflow, target.uploads is Uploads.TRUSTED) for target in listed}
    return wanted != there
