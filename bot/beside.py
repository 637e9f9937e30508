"""What GitHub keeps beside a repository's files, as far as it was looked at: environments, and the names of secrets.

Pure. What was not looked at, or may not be, is not checked, and never "nothing is wrong".
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from bot.environments import Environment, Gap, gaps
from bot.model import Finding, Index, Publisher
from bot.secrets import Branch, Inventory, Verdict, findings, judge, kept, references
from bot.survey import Survey


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """`branches`: those that still make releases, without the default branch, which is read anyway."""

    environments: tuple[Environment, ...] | None = None
    """None: not checked, because we may not look or nobody did."""
    inventory: Inventory = field(default_factory=Inventory)
    branches: tuple[Branch, ...] = ()
    replaced: tuple[str, ...] = ()
    """Secrets that moves of ours, merged by now, took out."""
    proven: bool = False
    """A release through Trusted Publishing was seen."""

    def lacking(self, found: Survey) -> Mapping[str, tuple[Gap, ...]] | None:
        """What each environment lacks from which PyPI is published; None where that was not checked."""
        if self.environments is None:
            return None
        known = {environment.name.lower(): environment for environment in self.environments}
        visibility = found.snapshot.repo.visibility
        return {
            name: gaps(known.get(name.lower()), visibility, from_tags=_runs_for_tags(found, publisher))
            for name, publisher in publishing_environments(found).items()
        }

    def verdicts(self, found: Survey, leaving: Collection[str] = ()) -> tuple[Verdict, ...]:
        """What may be said of each stored secret that is about publishing; `leaving`: those that a move takes out."""
        if not self.inventory.secrets:
            return ()
        default = references(found, found.snapshot.repo.default_branch or "")
        replaced = (*self.replaced, *leaving)
        return judge(self.inventory, (default, *self.branches), replaced=replaced, proven=self.proven)

    def left_over(self, found: Survey, rule: str, keep: Collection[str]) -> tuple[Finding, ...]:
        """What one of the two rules about secrets has to say; its maintainers wish to keep those of `keep`."""
        if not self.inventory.secrets:
            return ()
        judged = findings(kept(self.verdicts(found), keep), self.replaced)
        return tuple(finding for finding in judged if finding.rule == rule)


def publishing_environments(found: Survey) -> Mapping[str, Publisher]:
    """Environment -> the first upload to PyPI that is made in it.

    What goes to TestPyPI is a trial, and of a name that is computed nothing is known before a run.
    """
    named: dict[str, Publisher] = {}
    for each in found.publishers:
        if each.index is Index.PYPI and each.environment and "${{" not in each.environment:
            named.setdefault(each.environment, each)
    return named


def _runs_for_tags(found: Survey, publisher: Publisher) -> bool:
    workflow = found.workflows.get(publisher.workflow)
    triggers = workflow.triggers if workflow is not None else {}
    return "release" in triggers or ("push" in triggers and "tags" in triggers["push"].filters)
