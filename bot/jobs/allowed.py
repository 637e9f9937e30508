"""What a repository's settings say of actions, where that may be asked."""

from __future__ import annotations

from msgspec.structs import replace

from bot import plan as planning
from bot.errors import Forbidden
from bot.jobs.services import Services
from bot.model import InstallationId, Snapshot


async def with_allowed(installation: InstallationId, snapshot: Snapshot, services: Services) -> Snapshot:
    """The snapshot, with what its settings say of actions where that may be asked. Raises WaitUntil, Unavailable."""
    wanted = planning.skip_reason(snapshot.repo) is None
    if not wanted or not await services.github.was_granted(installation, "administration"):
        return snapshot
    try:
        allowed = await services.github.lens(installation, snapshot.repo.ref).allowed_actions()
    except Forbidden:  # taken back within the hour
        return snapshot
    return replace(snapshot, allowed=(allowed,))
