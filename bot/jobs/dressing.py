"""Labels and reviewers of an open pull request, as the configuration names them at this moment.

Each is given once: what a person took away stays away, and whoever was asked is not asked again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from bot.config import Config
from bot.errors import Forbidden, Unwanted
from bot.jobs.services import Services
from bot.lifecycle import Look
from bot.model import InstallationId, RepoId
from bot.settings import Mode
from bot.store import in_thread

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Dress:
    """What a pull request was given so far, and what it is yet to be given."""

    labels: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    new_labels: tuple[str, ...] = ()
    new_reviewers: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.new_labels or self.new_reviewers)


async def lacking(look: Look, number: int, services: Services) -> Dress:
    """Nothing where pubflow may not touch the pull request, or proposes nothing in it."""
    plan, repo_id = look.plan, look.snapshot.repo.ref.id
    if plan is None or look.touched or services.settings.pubflow_mode is Mode.OBSERVE:
        return Dress()
    config = look.decision.settings.config or Config()
    labels, reviewers = [
        await in_thread(services.spoken.given, repo_id, f"{what}-{number}") for what in ("labels", "reviewers")
    ]
    return Dress(labels, reviewers, _without(plan.labels, labels), _without(config.reviewers, reviewers))


async def dress(
    installation: InstallationId, look: Look, number: int, services: Services, *, labelled: Sequence[str] = ()
) -> None:
    """Give the pull request what it lacks; `labelled`: with these just now. Raises GitHubError."""
    found, ref = await lacking(look, number, services), look.snapshot.repo.ref
    desk = services.at(installation, ref)
    if found.new_labels:
        known = (*labelled, *(look.open.labels if look.open is not None else ()))
        try:
            await desk.label(number, _without(found.new_labels, known))
        except (Forbidden, Unwanted) as refused:  # one without is still worth having
            log.warning("no label was added", repository=ref.full_name, reason=str(refused))
        await _note(ref.id, f"labels-{number}", (*found.labels, *found.new_labels), services)
    if found.new_reviewers:
        try:
            await desk.ask_for_review(number, found.new_reviewers, further=bool(found.reviewers))
        except (Forbidden, Unwanted) as refused:
            log.warning("nobody was asked for a review", repository=ref.full_name, reason=str(refused))
        await _note(ref.id, f"reviewers-{number}", (*found.reviewers, *found.new_reviewers), services)


async def _note(repo_id: RepoId, what: str, given: Sequence[str], services: Services) -> None:
    await in_thread(services.spoken.give, repo_id, what, given, services.clock())


def _without(names: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """GitHub tells neither labels nor logins apart by case."""
    lower = {name.lower() for name in known}
    return tuple(name for name in names if name.lower() not in lower)
