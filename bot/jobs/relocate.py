"""A repository was renamed or transferred: its publishers know the old name, so somebody must register the new one."""

from __future__ import annotations

from bot import guard
from bot.errors import Forbidden, Gone, Stopped
from bot.following import targets
from bot.jobs.arguments import Repository, read
from bot.jobs.services import Services
from bot.jobs.wanted import halted, wanted
from bot.messages import relocated
from bot.messages.registrations import registrations
from bot.model import Done, Job, Outcome
from bot.plan import skip_reason
from bot.rollout import Uploads
from bot.survey import survey

KIND = "relocate"


class Arguments(Repository, frozen=True):
    """`before`: `owner/name` as it was."""

    before: str


async def relocate(job: Job, services: Services) -> Outcome:
    """One issue, where the repository publishes by Trusted Publishing. Raises GitHubError."""
    args = read(job, Arguments)
    if not await services.allowed.includes(args.ref.owner):
        return Done(summary=f"{args.ref.owner} is not among the accounts that this site serves")
    snapshot = await services.github.read(job.installation, args.ref)
    repo = snapshot.repo.ref
    trusted = [target for target in targets(survey(snapshot)) if target.uploads is Uploads.TRUSTED]
    if await wanted(job.installation, snapshot, services, guard.ID) is None:
        return Done(summary="nobody here wants to hear of it")
    if skip_reason(snapshot.repo) or not trusted or repo.full_name == args.before:
        return Done(summary="no publisher knows the old name")
    identities = [target.identity for target in trusted]
    listed = registrations(identities, repo.owner, repo.name, services.places)
    body = relocated.body(args.before, repo.full_name, listed)
    desk = services.at(job.installation, repo)
    try:
        issue = await desk.open_issue(relocated.marker(repo.full_name), relocated.TITLE, body)
    except (Forbidden, Gone) as refused:
        return Done(summary=f"{args.before} is now {repo.full_name}; not told: {refused}")
    except Stopped as stopped:
        return halted(f"{args.before} is now {repo.full_name}", stopped, services)
    return Done(summary=f"#{issue.number} asks to register {repo.full_name}")
