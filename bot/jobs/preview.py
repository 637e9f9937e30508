"""A configuration on a branch: said to be right or wrong on its commit, before it counts anywhere."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from bot import config as configuration
from bot.config import Kept
from bot.errors import Forbidden, Stopped
from bot.jobs.arguments import Repository, read
from bot.jobs.services import Services
from bot.messages import checks
from bot.model import Done, Job, Outcome, Sha

KIND = "preview"


class Arguments(Repository, frozen=True):
    """Which commit."""

    sha: Annotated[str, Meta(pattern=r"\A[0-9a-f]{40}\Z")]


async def preview(job: Job, services: Services) -> Outcome:
    """Put the check on the commit; told twice, said once. Raises GitHubError."""
    args = read(job, Arguments)
    ref, sha = args.ref, Sha(args.sha)
    if not await services.allowed.includes(ref.owner):
        return Done(summary=f"{ref.owner} is not among the accounts that this site serves")
    text = await services.github.text_at(job.installation, ref, sha, configuration.PATH)
    if text is None:
        return Done(summary=f"{configuration.PATH} is not there any more")
    at_home = ref.name.lower() == configuration.ORGANISATION_REPOSITORY
    found = configuration.in_force(text, None, Kept(), is_organisation=at_home)

    async def permit() -> None:
        await services.may_write(ref)

    check = checks.preview(sha, found.problems, broken=found.broken)
    try:
        await services.github.check(job.installation, ref, check, permit=permit)
    except (Forbidden, Stopped) as refused:
        return Done(summary=f"no check was written: {refused}")
    return Done(summary=f"{check.title.lower()} at {sha[:7]}")
