"""What GitHub keeps beside the files, asked for a decision that speaks of it: environments, and which secrets are left.

Whatever is not granted or does not answer is left out, and counts as not checked.
"""

from __future__ import annotations

from dataclasses import replace

from msgspec import structs

from bot import plan as planning
from bot.beside import Beside, publishing_environments
from bot.following import replaced
from bot.jobs.gathering import Gathering
from bot.jobs.others import with_others
from bot.jobs.services import Services
from bot.jobs.thinking import think
from bot.model import TRUSTED_PUBLISHING_BRANCH, InstallationId, Status
from bot.plan import Decision
from bot.rollout import PROVEN
from bot.store import in_thread
from bot.survey import Survey, resurvey

_NOTHING_STORED = frozenset({Status.MISSING, Status.PRIVATE})
"""Nothing is uploaded yet, so no secret is about that."""


async def look_beside(installation: InstallationId, decision: Decision, services: Services) -> Beside | None:
    """None where nothing that is found or proposed hangs on it. Raises WaitUntil, Unavailable."""
    found = decision.survey
    moved = any(plan.branch == TRUSTED_PUBLISHING_BRANCH for plan in decision.plans)
    if planning.skip_reason(found.snapshot.repo) or not (moved or found.status is Status.TRUSTED):
        return None
    ref = found.snapshot.repo.ref
    gathering = Gathering(services, services.github.lens(installation, ref), found)
    after = await think(_after, decision)
    there = await gathering.environments([*publishing_environments(after), *publishing_environments(found)])
    if found.status in _NOTHING_STORED:
        return Beside(environments=there)
    known = await in_thread(services.rollouts.of, ref.id)
    taken = replaced(found.snapshot.pulls, [name for one in known for name in one.facts.get("replaced", ())])
    leaving = [name for each in found.publishers for name in each.secrets]
    names = dict.fromkeys(each.environment for each in (*found.publishers, *after.publishers) if each.environment)
    stored = await gathering.secrets([name for name in names if "${{" not in name], [*taken, *leaving])
    proven = any(one.state in PROVEN for one in known)
    if proven:
        inventory = await with_others(installation, stored.inventory, taken, services)
        stored = replace(stored, inventory=inventory)
    return replace(stored, environments=there, replaced=taken, proven=proven)


def _after(decision: Decision) -> Survey:
    """The repository as it will be with what is proposed."""
    before = decision.survey.snapshot
    files = {change.file: change.after for change in decision.changes if change.after is not None}
    return (
        resurvey(decision.survey, structs.replace(before, files={**before.files, **files}))
        if files
        else decision.survey
    )
