"""A step of a sweep: repositories that are due, read together and decided as a scan decides them.

Nothing is written to GitHub here. What asks for that, and what could not be read together, becomes a scan.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import structlog

from bot import fingerprint, worth
from bot.errors import StoreUnavailable, Unavailable, WaitUntil
from bot.events.payload import SWEEPING, scan_job
from bot.github import Many, Read
from bot.jobs import configuring, pace
from bot.jobs.scan import Found, carry_out, consider, remember, sighting, to_be_done
from bot.jobs.services import Services
from bot.lifecycle import Action
from bot.model import InstallationId, RepoId, RepoRef, Snapshot
from bot.plan import Decision
from bot.settings import Mode
from bot.store import in_thread
from bot.store.sightings import Sighting
from bot.store.sweeps import LARGEST_PAGE, Sweep

BEGUN_MOST: Final = 2
"""So often a repository is read with others; if it ends the process, it shall end its own scan and not the sweep."""

log = structlog.get_logger(__name__)


async def harvest(running: Sweep, services: Services) -> Sweep:
    """The sweep after reading some of those that are due. A reading that is too much for GitHub is halved."""
    await configuring.of_account(running.installation, running.account, services)
    due = await in_thread(services.sightings.due, running.installation, running.reading)
    batch = _Batch(
        installation=running.installation,
        account=running.account,
        due={one.ref.id: one for one in due},
        watched=await in_thread(services.repositories.watched, [one.ref.id for one in due]),
        services=services,
    )
    try:
        read = await batch.read()
    except Unavailable:
        await in_thread(services.sightings.not_begun, list(batch.due))
        if running.reading > 1:
            return replace(running, reading=running.reading // 2)
        batch.left += [one.ref for one in due]
        read = 0
    await batch.end()
    return replace(
        running,
        reading=min(LARGEST_PAGE, running.reading + max(1, running.reading // 4)),
        read=running.read + read,
    )


@dataclass(slots=True, kw_only=True)
class _Batch:
    installation: InstallationId
    account: str
    due: Mapping[RepoId, Sighting]
    watched: Mapping[RepoId, frozenset[str]]
    services: Services
    seen: list[Sighting] = field(default_factory=list)
    """Done with."""
    left: list[RepoRef] = field(default_factory=list)
    """For a scan of their own."""
    found: list[Found] = field(default_factory=list)
    """Decided, with nothing to be written on GitHub."""
    wished: list[tuple[Snapshot, Decision]] = field(default_factory=list)
    """Nothing but a new pull request is to be made of these."""
    ranks: dict[RepoId, int] = field(default_factory=dict)
    """Of those that have something to be proposed."""

    async def read(self) -> int:
        """How many had changed. Raises WaitUntil, Unavailable."""
        alone = [one for one in self.due.values() if one.begun >= BEGUN_MOST or self._too_deep(one)]
        together = [one for one in self.due.values() if one not in alone]
        many = await self.services.github.read_many(
            self.installation,
            [one.ref for one in together if not one.bare],
            [one.ref for one in together if one.bare],
            changed=self._changed,
        )
        self.left += [one.ref for one in alone] + many.left
        changed = len(many.read) + len(self.left)
        await self._take(many)
        return changed

    async def end(self) -> None:
        """First what is to be done is durable, then that it need not be found again."""
        await in_thread(self.services.turns.line_up, self.account, self.ranks, self.services.clock())
        scans = [scan_job(self.installation, ref, rank=SWEEPING + 1 + self.ranks.get(ref.id, -1)) for ref in self.left]
        await self.services.queue.submit(scans)
        await self._queue_up()
        known = {one.snapshot.repo.ref.id for one in self.found}
        left = [
            replace(self.due[ref.id], due=False, begun=0)
            for ref in self.left
            if ref.id in self.due and ref.id not in known
        ]
        await remember(self.installation, self.found, self.services)
        await in_thread(self.services.sightings.put, self.seen + left)

    async def _queue_up(self) -> None:
        """Those for which there is no place now are known to wait: their scans need not read them to find that out."""
        for snapshot, decision in self.wished:
            later = await pace.still_closed(self.installation, snapshot.repo.ref, self.services)
            if later is not None:
                self.found.append(Found(snapshot=snapshot, decision=decision, outcome=later))

    async def _take(self, many: Many) -> None:
        for snapshot in many.unchanged:
            self.seen.append(sighting(self.installation, snapshot, self._watched(snapshot.repo.ref.id)))
        for one in many.read:
            if one.closed and fingerprint.may_name(one.snapshot.files, one.closed):
                self.left.append(one.snapshot.repo.ref)
            else:
                await self._decide(one)

    async def _decide(self, one: Read) -> None:
        snapshot, services = one.snapshot, self.services
        try:
            decision = await consider(self.installation, snapshot, services)
        except (StoreUnavailable, WaitUntil):
            raise
        except Exception as error:  # noqa: BLE001 - a defect that one repository brings out must not hide the others
            log.warning(
                "could not be decided in a sweep", repository=snapshot.repo.ref.full_name, error=repr(error)[:200]
            )
            self.left.append(snapshot.repo.ref)
            return
        actions = await to_be_done(snapshot, decision, services)
        if actions and services.settings.pubflow_mode is not Mode.OBSERVE:
            self.ranks[snapshot.repo.ref.id] = worth.rank(decision, services.clock())
            self.left.append(snapshot.repo.ref)
            if actions == {Action.OPEN}:
                self.wished.append((snapshot, decision))
            return
        worked = await carry_out(self.installation, snapshot, decision, services)
        self.found.append(Found(snapshot=snapshot, decision=decision, outcome=worked.outcome))

    def _changed(self, snapshot: Snapshot) -> bool:
        known = self.due.get(snapshot.repo.ref.id)
        if known is None or known.files is None or known.standing != fingerprint.of_standing(snapshot.repo):
            return True
        return known.files != fingerprint.of_files(snapshot.tree, self._watched(snapshot.repo.ref.id))

    def _too_deep(self, one: Sighting) -> bool:
        return fingerprint.too_deep(self._watched(one.ref.id))

    def _watched(self, repo_id: RepoId) -> frozenset[str]:
        return self.watched.get(repo_id, frozenset())
