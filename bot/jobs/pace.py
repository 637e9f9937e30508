"""When an account may get one more pull request: its configuration and this site's settings say how many an hour."""

from __future__ import annotations

from bot.config import Config
from bot.errors import Stopped
from bot.jobs import configuring
from bot.jobs.services import Services
from bot.model import InstallationId, Later, Outcome, Plan, RepoId, RepoRef
from bot.schedule import opens_in
from bot.settings import Mode, Settings
from bot.store import in_thread
from bot.store.ledger import HOUR_IS_FULL, OTHERS_FIRST, Allowance, Held, Reserved, Wait

PAUSED_SECONDS = 300.0
"""How often a paused repository looks whether it may go on; it costs no request."""
MOST_SECONDS = 3600.0
"""A schedule may have changed by then; looking costs no request where the account has one."""
OUT_OF_HOURS = "pull requests are opened at other times, says the configuration"
ENOUGH_WRITTEN = "as much was written for the account as GitHub's limits allow for now"
_IN_LINE = frozenset({HOUR_IS_FULL, OTHERS_FIRST, ENOUGH_WRITTEN})


def per_hour(config: Config, settings: Settings) -> int:
    """Pull requests opened in an hour. An operator who says a number says the most; else the account may want more."""
    wanted = config.limits.pulls_per_hour
    if wanted is None:
        return settings.pulls_per_hour
    return min(wanted, settings.pulls_per_hour) if "pulls_per_hour" in settings.model_fields_set else wanted


def allowance(config: Config, settings: Settings) -> Allowance:
    """What the account may be given."""
    return Allowance(per_hour=per_hour(config, settings), open_at_most=config.limits.open_pulls)


def closed_for(config: Config, now: float) -> Later | None:
    """How long it is until the hours in which pull requests may be opened unasked; None within them."""
    seconds = opens_in(config.schedule, now)
    return Later(seconds=min(seconds, MOST_SECONDS), reason=OUT_OF_HOURS) if seconds > 0 else None


async def reserve(ref: RepoRef, plan: Plan, config: Config, services: Services) -> Later | None:
    """Take a place in the account's ledger; Later when there is none at the moment."""
    turn = await in_thread(
        services.ledger.reserve,
        ref.owner,
        ref.id,
        plan.branch,
        plan.digest,
        services.clock(),
        allowance(config, services.settings),
    )
    return _waits(turn)


async def too_fast(installation: InstallationId, services: Services) -> Later | None:
    """How long it is until a pull request can be written at the pace that GitHub wants; None when it can be now.

    Booked it is only when it is written; this is for not reading in vain.
    """
    seconds = await services.github.wait_to_propose(installation)
    return Later(seconds=seconds, reason=ENOUGH_WRITTEN) if seconds > 0 else None


async def still_closed(installation: InstallationId, ref: RepoRef, services: Services) -> Later | None:
    """For a repository that waits for its turn: whether it must go on waiting, found out without asking GitHub."""
    if services.settings.pubflow_mode is Mode.OBSERVE:
        return None
    try:
        await services.may_write(ref)
    except Stopped as stopped:
        return Later(seconds=PAUSED_SECONDS, reason=str(stopped))
    config = await configuring.account_config(ref.owner, services)
    # What the repository itself says of its hours may have changed with a push that nobody has read yet.
    if not await configuring.has_own_schedule(ref.id, services):
        later = closed_for(config, services.clock())
        if later is not None:
            return later
    allowed = allowance(config, services.settings)
    turn = await in_thread(services.ledger.look, ref.owner, services.clock(), allowed, repo_id=ref.id)
    return _waits(turn) or await too_fast(installation, services)


async def note(repo_id: RepoId, outcome: Outcome, services: Services) -> None:
    """The scan of a repository has ended: it stays in the line of its account, or leaves it."""
    if isinstance(outcome, Later) and outcome.reason in _IN_LINE:
        await in_thread(services.turns.stay, repo_id, services.clock())
    else:
        await in_thread(services.turns.leave, repo_id)


def _waits(turn: Reserved | Wait | Held) -> Later | None:
    match turn:
        case Wait(seconds=seconds, reason=reason):
            return Later(seconds=seconds, reason=reason)
        case Held(reason=reason):
            return Later(seconds=PAUSED_SECONDS, reason=f"{reason}; `pubflow resume ACCOUNT` lets it go on")
        case Reserved():
            return None
