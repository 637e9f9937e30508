"""What it takes to know how far a repository has come: the index, runs, secrets and branches, asked for sparingly.

Whatever is not granted or does not answer is left out, and counts as not checked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot import environments as protection
from bot.errors import Forbidden, Gone, Unavailable
from bot.following import Evidence, Target
from bot.github import Lens
from bot.jobs.services import Services
from bot.model import Credential, Index, Snapshot
from bot.released import GreenRun, Released
from bot.rollout import Proof, Uploads
from bot.secrets import Branch, Inventory, Verdict, judge, references, release_branches
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
        then = survey(replace(self.snapshot, files={**self.snapshot.files, target.workflow: text}))
        uploads = [each for each in then.publishers if (each.workflow, each.index) == (target.workflow, target.index)]
        return bool(uploads) and all(each.credential is Credential.OIDC for each in uploads)

    async def secrets(
        self, replaced: Sequence[str], environments: Sequence[str]
    ) -> tuple[Inventory, tuple[Verdict, ...]]:
        """What is stored, and what may be said of it after a release through Trusted Publishing."""
        inventory = await self.lens.secrets(tuple(environments))
        if not inventory.secrets:
            return inventory, ()
        return inventory, judge(inventory, await self._branches(), replaced=replaced, proven=True)

    async def _branches(self) -> tuple[Branch, ...]:
        """The default branch, and those that still make releases."""
        default = self.snapshot.repo.default_branch or ""
        heads = await self.lens.branches()
        names = release_branches(heads, default)
        branches = [references(self.found, default)]
        for name in names[1:MOST_BRANCHES]:
            try:
                branches.append(references(survey(await self.lens.at(self.snapshot.repo, heads[name])), name))
            except (Gone, Unavailable):
                branches.append(Branch(name=name, complete=False))
        branches += [Branch(name=name, complete=False) for name in names[MOST_BRANCHES:][:1]]
        return tuple(branches)

    async def gaps(self, targets: Sequence[Target]) -> Mapping[str, tuple[protection.Gap, ...]] | None:
        """Environment -> what it lacks; None where we may not look."""
        named = {target.environment: target for target in targets if target.environment is not None}
        try:
            there = await self.lens.environments(frozenset(name.lower() for name in named)) if named else ()
        except (Forbidden, Gone):  # the latter: a plan without environments
            return None
        known = {environment.name.lower(): environment for environment in there}
        return {
            name: protection.gaps(
                known.get(name.lower()), self.snapshot.repo.visibility, from_tags=self._runs_for_tags(target)
            )
            for name, target in named.items()
        }

    def _runs_for_tags(self, target: Target) -> bool:
        workflow = self.found.workflows.get(target.workflow)
        triggers = workflow.triggers if workflow is not None else {}
        return "release" in triggers or ("push" in triggers and "tags" in triggers["push"].filters)
