"""One issue about a whole account, in the private repository that its configuration names; none where it names none."""

from __future__ import annotations

import msgspec

from bot.config import Config
from bot.errors import Forbidden, Gone, Stopped
from bot.events.payload import SWEEPING
from bot.jobs import configuring, pace
from bot.jobs.arguments import read as arguments
from bot.jobs.services import Services
from bot.messages import onboarding
from bot.model import Done, InstallationId, Job, Later, Outcome, RepoRef, Visibility
from bot.store import in_thread

KIND = "summarise"
SOON_SECONDS = 20.0
"""The issue says what came of the scans that run: it waits for them."""


class Arguments(msgspec.Struct, frozen=True):
    """Whose repositories it is about."""

    account: str


def summary_job(installation: InstallationId, account: str) -> Job:
    """The job that writes the issue, after everything else that waits for the installation."""
    args = {"account": account}
    return Job(kind=KIND, key=str(installation), installation=installation, args=args, rank=SWEEPING * 2)


async def is_wanted(account: str, services: Services) -> bool:
    """Claims that the account's configuration, as it was read last, names a place; asks nothing of GitHub."""
    return (await configuring.account_config(account, services)).onboarding.issue is not None


async def summarise(job: Job, services: Services) -> Outcome:
    """Write the issue or bring it up to date; what people closed stays closed. Raises GitHubError."""
    account = arguments(job, Arguments).account
    scans = await services.queue.moving(job.installation, "scan")
    if scans:
        return Later(seconds=SOON_SECONDS, reason=f"{scans} scans are to end first")
    config = await configuring.config_of(await configuring.of_account(job.installation, account, services), services)
    place = await _place(job.installation, account, config, services)
    if isinstance(place, str):
        return Done(summary=f"no summary issue: {place}")
    about = await _about(job.installation, account, config, services)
    try:
        desk = services.at(job.installation, place)
        issue = await desk.open_issue(onboarding.MARKER, onboarding.title(about), onboarding.body(about))
    except (Forbidden, Stopped) as refused:
        return Done(summary=f"no summary issue: {refused}")
    return Done(summary=f"summary issue #{issue.number} {'opened' if issue.created else 'is up to date'}")


async def _place(installation: InstallationId, account: str, config: Config, services: Services) -> RepoRef | str:
    """Where the issue belongs, or why there is none: what it says is private, and so must be whoever reads it."""
    wanted = config.onboarding.issue
    if wanted is None:
        return "none is wanted"
    owner, _, name = wanted.partition("/")
    if owner.lower() != account.lower():
        return f"{wanted} is not a repository of {account}"
    try:
        ref = await services.github.repository(installation, owner, name)
        facts = (await services.github.read(installation, ref)).repo
    except Gone:
        return f"{wanted} is not there, or the App does not cover it"
    return ref if facts.visibility is Visibility.PRIVATE else f"{ref.full_name} is not private"


async def _about(installation: InstallationId, account: str, config: Config, services: Services) -> onboarding.Account:
    seen = await in_thread(services.repositories.listed, installation)
    looked = [onboarding.Looked(name=each.full_name, status=each.status, outcome=each.outcome or "") for each in seen]
    return onboarding.Account(
        login=account,
        repositories=looked,
        pulls_per_hour=pace.per_hour(config, services.settings),
        site=services.settings.public_url,
    )
