"""What it takes to know how far a repository has come: the index, runs, secrets and branches, asked for sparingly.

Whatever is not granted or does not answer is left out, and counts as not checked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from bot.beside import Beside
from bot.environments import Environment
from bot.errors import Forbidden, Gone, Unavailable
from bot.following import Evidence, Target
from bot.github import Lens
from bot.jobs.services import Services
from bot.jobs.thinking import think
from bot.model import Credential, Index, Snapshot
from bot.publishing.names import is_pypi_secret
from bot.released import GreenRun, Released
from bot.rollout import Proof, Uploads
from bot.secrets import Branch, references, release_branches
from bot.secrets.references import MOST_BRANCHES
from bot.survey import Survey, survey

_MOST_RUNS = 3
"""Runs whose commit is looked at."""


@dataclass(frozen=True, slots=True)
class Gathering:
    """One repository being looked at."""

    services: Services
    lens: Lens
    found: Survey

    @property
    def snapshot(self) -> Snapshot:
        return self.found.snapshot

    async def released(self, targets: Sequence[Target]) -> Mapping[tuple[str, Index], Released]:
        """What the indexes know of the projects that a publisher could have released."""
        known: dict[tuple[str, Index], Released] = {}
        for target in targets:
            if target.name and target.uploads is Uploads.TRUSTED:
                index = self.services.testpypi if target.index is Index.TESTPYPI else self.services.pypi
                known[target.project, target.index] = await index.released(target.name)
        return known

    async def runs(self, evidence: Evidence, targets: Sequence[Target]) -> Mapping[str, tuple[GreenRun, ...]]:
        """Green runs that stand in for provenance, for uploads that make no attestations."""
        found: dict[str, tuple[GreenRun, ...]] = {}
        for target in targets:
            unproved = target.uploads is Uploads.TRUSTED and evidence.proof(target) is Proof.UNKNOWN
            if unproved and target.workflow not in found:
                found[target.workflow] = await self._runs(target, evidence.released_of(target))
        return found

    async def _runs(self, target: Target, released: Released) -> tuple[GreenRun, ...]:
        if not released.uploads:
            return ()
        try:
            started = next(iter(target.callers), target.workflow)
            runs = await self.lens.green_runs(started.rsplit("/", 1)[-1])
        except Forbidden:
            return ()
        likely = [run for run in runs if run.may_have_uploaded(released)][:_MOST_RUNS]
        return tuple([run for run in likely if await self._had_the_move(run, target)])

    async def _had_the_move(self, run: GreenRun, target: Target) -> bool:
        """Claims that the workflow, as it was when it ran, uploaded by Trusted Publishing and in no other way."""
        text = await self.lens.text(run.commit, target.workflow)
        if text is None:
            return False
        files = {**self.snapshot.files, target.workflow: text}
        then = await think(survey, replace(self.snapshot, files=files))
        uploads = [each for each in then.publishers if (each.workflow, each.index) == (target.workflow, target.index)]
        return bool(uploads) and all(each.credential is Credential.OIDC for each in uploads)

    async def secrets(self, environments: Iterable[str], about: Collection[str]) -> Beside:
        """What is stored, also in these environments; where any of it is about publishing, who refers to what.

        `about`: names that are, whatever they look like.
        """
        inventory = await self.lens.secrets(tuple(environments))
        known = {name.upper() for name in about}
        needed = any(each.name.upper() in known or is_pypi_secret(each.name) for each in inventory.secrets)
        return Beside(inventory=inventory, branches=await self.branches() if needed else ())

    async def branches(self) -> tuple[Branch, ...]:
        """Those beside the default branch that still make releases."""
        default = self.snapshot.repo.default_branch or ""
        heads = await self.lens.branches()
        names = release_branches(heads, default)
        branches: list[Branch] = []
        for name in names[1:MOST_BRANCHES]:
            try:
                there = await self.lens.at(self.snapshot.repo, heads[name])
                branches.append(await think(_read, there, name))
            except (Gone, Unavailable):
                branches.append(Branch(name=name, complete=False))
        branches += [Branch(name=name, complete=False) for name in names[MOST_BRANCHES:][:1]]
        return tuple(branches)

    async def environments(self, names: Iterable[str]) -> tuple[Environment, ...] | None:
        """Those of these names that exist; None where we may not look."""
        wanted = frozenset(name.lower() for name in names)
        try:
            return await self.lens.environments(wanted) if wanted else ()
        except (Forbidden, Gone):  # the latter: a plan without environments
            return None


def _read(snapshot: Snapshot, branch: str) -> Branch:
    return references(survey(snapshot), branch)
