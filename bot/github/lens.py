"""What is looked at in one repository beside its default branch; every look is one method, and changes nothing.

Each takes a token for this repository alone, with the one permission that it needs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.environments import Environment
from bot.github import changed, environments, permitted, runs, stored
from bot.github.access import Access
from bot.github.auth import READING, Permissions
from bot.github.read import Interest
from bot.github.runs import FailedJob
from bot.model import AllowedActions, RepoFacts, RepoRef, Sha, Snapshot
from bot.released import GreenRun
from bot.secrets import Inventory

ADMINISTRATION: Permissions = (("administration", "read"), ("metadata", "read"))
ACTIONS: Permissions = (("actions", "read"), ("metadata", "read"))
CHECKS: Permissions = (("checks", "read"), ("metadata", "read"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lens:
    """One repository, looked at. Every method may raise Gone, Forbidden (its `permission` says which is missing),
    WaitUntil, Unavailable.
    """

    ref: RepoRef
    _access: Callable[[Permissions], Access]
    _interest: Interest

    async def branches(self) -> Mapping[str, Sha]:
        """Every branch and its head."""
        return await changed.read_branches(self._access(READING), self.ref)

    async def files_of(self, pull: int) -> frozenset[str]:
        """The paths that a pull request touches."""
        return await changed.read_files_of(self._access(READING), self.ref, pull)

    async def at(self, facts: RepoFacts, commit: Sha) -> Snapshot:
        """The files at another commit, as a scan would read them."""
        return await changed.read_at(self._access(READING), facts, commit, self._interest)

    async def text(self, commit: Sha, path: str) -> str | None:
        """One file at a commit; None where it is not there."""
        return await changed.read_text(self._access(READING), self.ref, commit, path)

    async def secrets(self, environments: tuple[str, ...]) -> Inventory:
        """Which secrets are stored, by name; a store that may not be listed is not among those checked."""
        return await stored.read_inventory(self._access, self.ref, environments)

    async def environments(self, names: frozenset[str]) -> tuple[Environment, ...]:
        """Those of these names, which are in lower case."""
        return await environments.read_environments(self._access(ACTIONS), self.ref, names)

    async def allowed_actions(self) -> AllowedActions:
        """Which actions it may use. Asked for only where the permission `administration` was granted."""
        return await permitted.read_allowed(self._access(ADMINISTRATION), self.ref)

    async def green_runs(self, workflow: str) -> tuple[GreenRun, ...]:
        """The newest runs of a workflow file that ended well."""
        return await runs.green_runs(self._access(ACTIONS), self.ref, workflow)

    async def failed_jobs(self, run: int, attempt: int) -> tuple[FailedJob, ...]:
        """The jobs of one attempt that failed."""
        return await runs.failed_jobs(self._access(ACTIONS), self.ref, run, attempt)

    async def log(self, job: int, feed: Callable[[bytes], None]) -> bool:
        """Hand a job's log to `feed`; False where there is none."""
        return await runs.read_log(self._access(ACTIONS), self.ref, job, feed)

    async def annotations(self, job: int) -> tuple[str, ...]:
        """What GitHub itself noted at a job."""
        return await runs.read_annotations(self._access(CHECKS), self.ref, job)
