"""Whether a repository's maintainers want to hear of something, asked before it is said."""

from __future__ import annotations

from bot.config import Config
from bot.errors import Stopped
from bot.jobs import configuring
from bot.jobs.pace import PAUSED_SECONDS
from bot.jobs.services import Services
from bot.model import Done, InstallationId, Later, Outcome, Snapshot
from bot.plan import in_force
from bot.settings import Mode
from bot.store import in_thread


def halted(what: str, stopped: Stopped, services: Services) -> Outcome:
    """What becomes of a job that may not write now: a pause ends some time, a site that only observes stays so."""
    if services.settings.pubflow_mode is Mode.OBSERVE:
        return Done(summary=f"{what}; not told: {stopped}")
    return Later(seconds=PAUSED_SECONDS, reason=str(stopped))


async def wanted(
    installation: InstallationId, snapshot: Snapshot, services: Services, rule: str | None = None
) -> Config | None:
    """The configuration in force, with what was asked for by commands.

    None where nothing is to be said about `rule`, or at all: it is ignored, pubflow is switched off, or nobody can
    tell. Raises WaitUntil, Unavailable.
    """
    prepared = await configuring.prepare(installation, snapshot, services)
    config = in_force(prepared.snapshot, prepared.kept).config
    if config is None or not config.enabled:
        return None
    config = (await in_thread(services.wishes.of, snapshot.repo.ref.id)).over(config)
    return None if rule in config.ignore.rules else config
