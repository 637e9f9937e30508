"""Where a repository uploads by Trusted Publishing, as an index sees it: file, environment, called or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.model import Credential, Index, Publisher
from bot.moving.nouns import Identity
from bot.survey import Survey
from bot.workflow import UsesKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One upload by Trusted Publishing as the index sees it."""

    publisher: Publisher
    called: bool
    mints: bool

    @property
    def file(self) -> str:
        return self.publisher.workflow

    @property
    def environment(self) -> str | None:
        return self.publisher.environment

    def same(self, other: Place) -> bool:
        """Claims that the index cannot tell the two apart."""
        return self.file == other.file and _fits(self.environment, other.environment)


def places(found: Survey, index: Index) -> list[Place]:
    return [
        Place(publisher=each, called=_is_called(found, each), mints=_mints(found, each))
        for each in found.publishers
        if each.index is index and each.credential is Credential.OIDC and each.step is not None
    ]


def _mints(found: Survey, publisher: Publisher) -> bool:
    workflow = found.workflows[publisher.workflow]
    return workflow.may_mint(workflow.jobs[publisher.job]) is not False


def _is_called(found: Survey, publisher: Publisher) -> bool:
    """Claims that the upload stands in a workflow that others call, or in an action."""
    workflow = found.workflows[publisher.workflow]
    if "workflow_call" in workflow.triggers:
        called = (job.uses for each in found.workflows.values() for job in each.jobs.values())
        local = any(uses is not None and uses.kind is UsesKind.LOCAL and uses.path == workflow.path for uses in called)
        return local or set(workflow.triggers) == {"workflow_call"}
    steps: Mapping[int, UsesKind] = {
        step.index: step.uses.kind for step in workflow.jobs[publisher.job].steps if step.uses is not None
    }
    return publisher.step is not None and steps.get(publisher.step) is UsesKind.LOCAL


def identity(place: Place, found: Survey) -> Identity | None:
    """None where the environment is computed: nobody can register that."""
    if computed(place.environment):
        return None
    candidates = [project for project in found.projects if project.private is None and project.name]
    chosen = [project for project in candidates if not project.path] or candidates
    return Identity(
        workflow=name_of(place.file),
        environment=place.environment,
        index=place.publisher.index,
        projects=tuple(dict.fromkeys(project.name for project in chosen if project.name)),
    )


def _fits(before: str | None, after: str | None) -> bool:
    """Claims that a publisher that served `before` serves `after`.

    A job without an environment can only have been served by a publisher that takes any, so one may be added. Two
    expressions that are written alike are alike.
    """
    return before is None or (after is not None and before.casefold() == after.casefold())


def computed(environment: str | None) -> bool:
    return environment is not None and "${{" in environment


def once(places: list[Place]) -> list[Place]:
    """One of each file and environment: two steps of one job are one publisher."""
    return list({(place.file, place.environment): place for place in reversed(places)}.values())[::-1]


def name_of(path: str) -> str:
    return path.rsplit("/", 1)[-1]
