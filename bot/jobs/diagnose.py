"""A run of a publish workflow failed: read what it wrote, and if we know the cause, say once what helps.

What is not understood is left alone. Nothing of a log is kept.
"""

from __future__ import annotations

from msgspec.structs import replace

from bot import unstarted
from bot.diagnosis import Diagnosis, Reader
from bot.errors import Forbidden, Gone, Stopped
from bot.following import Target, moving_pulls, targets
from bot.github import Lens
from bot.jobs.allowed import with_allowed
from bot.jobs.arguments import Repository, read
from bot.jobs.services import Services
from bot.jobs.thinking import think
from bot.jobs.wanted import halted, wanted
from bot.messages import release_failed
from bot.messages.registrations import registrations
from bot.messages.release_failed import FailedRelease
from bot.model import Done, InstallationId, Job, Outcome, OwnPull, PullState, Sha, Snapshot, Thread
from bot.rollout import State
from bot.store import in_thread
from bot.survey import survey

KIND = "diagnose"
_MOST_JOBS = 3
_OUR_DOING = (State.PROPOSED, State.REGISTERED, State.MERGED)
"""While a project is here, a failure belongs to the pull request that moves it."""


class Arguments(Repository, frozen=True):
    """Which run; `ref_name`: the tag or branch that it ran for."""

    run: int
    attempt: int
    workflow: str
    head: str
    url: str
    ref_name: str | None = None


async def diagnose(job: Job, services: Services) -> Outcome:
    """Raises GitHubError for what ends this attempt."""
    args = read(job, Arguments)
    if not await services.allowed.includes(args.ref.owner):
        return Done(summary=f"{args.ref.owner} is not among the accounts that this site serves")
    known = await in_thread(services.rollouts.of, args.ref.id)
    if known and not any(one.runs_in(args.workflow) for one in known):
        return Done(summary=f"{args.workflow} publishes nothing")
    lens = services.github.lens(job.installation, args.ref)
    snapshot = await services.github.read(job.installation, args.ref)
    heard = await wanted(job.installation, snapshot, services) is not None
    published = await _published(lens, snapshot, args) if heard else ()
    if not heard or not (published or known):
        return Done(summary=f"{args.workflow} publishes nothing" if heard else "pubflow is switched off here")
    try:
        diagnosis = await _diagnosis(job.installation, lens, snapshot, args, services)
    except Forbidden as refused:
        return Done(summary=f"a failed release was not looked into: {refused}")
    if diagnosis is None:
        return Done(summary="a release failed for a reason that is not known here")
    failed = _failed(snapshot, args, published, diagnosis, services)
    ours = any(one.state in _OUR_DOING for one in known)
    return await _tell(job, snapshot, failed, ours=ours, services=services)


async def _published(lens: Lens, snapshot: Snapshot, args: Arguments) -> tuple[Target, ...]:
    """What the workflow uploads, as it was when it ran: a run uses the workflow at its tag."""
    text = await lens.text(Sha(args.head), args.workflow)
    if text is None:
        return ()
    then = await think(survey, replace(snapshot, files={**snapshot.files, args.workflow: text}))
    return tuple(target for target in targets(then) if args.workflow in {target.workflow, *target.callers})


async def _diagnosis(
    installation: InstallationId, lens: Lens, snapshot: Snapshot, args: Arguments, services: Services
) -> Diagnosis | None:
    jobs = await lens.failed_jobs(args.run, args.attempt)
    if not jobs:  # it failed at its start
        there = await lens.at(snapshot.repo, Sha(args.head))
        return await think(_unstarted, await with_allowed(installation, there, services), args.workflow)
    for failed in jobs[:_MOST_JOBS]:
        reader = Reader()
        if not await lens.log(failed.id, reader.feed):
            for noted in await lens.annotations(failed.id):
                reader.feed(f"{noted}\n".encode())
        diagnosis = reader.end()
        if diagnosis is not None:
            return diagnosis
    return None


def _unstarted(there: Snapshot, workflow: str) -> Diagnosis | None:
    return unstarted.why(survey(there), workflow)


def _failed(
    snapshot: Snapshot, args: Arguments, published: tuple[Target, ...], diagnosis: Diagnosis, services: Services
) -> FailedRelease:
    repo = snapshot.repo.ref
    identities = [target.identity for target in published]
    return FailedRelease(
        workflow=args.workflow,
        run_url=args.url,
        ref=args.ref_name,
        diagnosis=diagnosis,
        registrations=registrations(identities, repo.owner, repo.name, services.places),
    )


async def _tell(job: Job, snapshot: Snapshot, failed: FailedRelease, *, ours: bool, services: Services) -> Outcome:
    desk = services.at(job.installation, snapshot.repo.ref)
    pull = _pull(snapshot) if ours else None
    marker, body = release_failed.marker(failed), release_failed.body(failed)
    cause = failed.diagnosis.ailment.id
    try:
        if pull is not None:
            await desk.comment(Thread(number=pull.number, pull=True), marker, body)
            return Done(summary=f"#{pull.number} says why a release failed: {cause}")
        issue = await desk.open_issue(marker, f"{release_failed.TITLE}: {failed.workflow.rsplit('/', 1)[-1]}", body)
    except (Forbidden, Gone) as refused:
        return Done(summary=f"a release failed ({cause}); not told: {refused}")
    except Stopped as stopped:
        return halted(f"a release failed ({cause})", stopped, services)
    return Done(summary=f"#{issue.number} says why a release failed: {cause}")


def _pull(snapshot: Snapshot) -> OwnPull | None:
    """The pull request that moved, or would move, the project."""
    return next((pull for pull in moving_pulls(snapshot.pulls) if pull.state is not PullState.CLOSED), None)
