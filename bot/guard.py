"""What a change of workflows does to the identity under which a project uploads: before, after, and what would break.

An index knows a publisher by repository, file name and environment. Whoever renames the file, moves the upload into a
workflow that is called, changes the environment or drops `id-token: write` notices at the next release, unless somebody
says so in time. Pure; both sides are hostile text and are only read.
https://docs.pypi.org/trusted-publishers/troubleshooting/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.model import Credential, Finding, FixKind, Index, Method, Publisher, Severity
from bot.moving.nouns import PUBLIC, Identity
from bot.survey import UNREADABLE, Survey
from bot.workflow import UsesKind

ID = "publisher-identity"
_NAMES = {Index.PYPI: "PyPI", Index.TESTPYPI: "TestPyPI"}
_STORED = (Credential.TOKEN, Credential.PASSWORD)


class Kind(StrEnum):
    """What happens to a publisher."""

    RENAMED = "renamed"
    """The upload stands in another file."""
    CALLED = "called"
    """The upload moved into a workflow or an action that is called, which PyPI does not support."""
    ENVIRONMENT = "environment"
    NO_TOKEN = "no identity token"
    STORED = "stored token"
    """A stored token comes back."""
    UNREADABLE = "unreadable"
    ADDED = "added"
    """A new place uploads; its publisher must be registered first."""
    REMOVED = "removed"
    """Nothing uploads to this index any more. It breaks nothing that was not meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that happens; `register` is what must be registered before the next release, if anything must."""

    kind: Kind
    message: str
    """One sentence without a full stop."""
    file: str
    line: int = 1
    register: Identity | None = None

    @property
    def breaks(self) -> bool:
        """Claims that the next release fails, or that the risk is back."""
        return self.kind not in {Kind.ADDED, Kind.REMOVED}

    def finding(self) -> Finding:
        severity = Severity.HIGH if self.breaks else Severity.INFO
        return Finding(
            rule=ID, severity=severity, message=self.message, fix=FixKind.MANUAL, file=self.file, line=self.line
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
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

    def same(self, other: _Place) -> bool:
        """Claims that the index cannot tell the two apart."""
        return self.file == other.file and _fits(self.environment, other.environment)


def touches_publishing(paths: frozenset[str], before: Survey, after: Survey) -> bool:
    """Claims that a change of these paths can change who uploads: its workflows, and what these read."""
    publishing = {each.workflow for found in (before, after) for each in found.publishers if each.index in PUBLIC}
    read = {path for found in (before, after) for path in found.watched}
    return bool(paths & (publishing | read)) or any(
        path.endswith(("/action.yml", "/action.yaml", "action.yml", "action.yaml")) for path in paths
    )


def compare(before: Survey, after: Survey) -> tuple[Change, ...]:
    """What happens to each publisher, index by index."""
    return tuple(change for index in PUBLIC for change in _of_index(index, before, after))


def _of_index(index: Index, before: Survey, after: Survey) -> Iterator[Change]:
    old, new = _places(before, index), _places(after, index)
    stored = [each for each in after.publishers if each.index is index and each.credential in _STORED]
    stored_before = {(each.workflow, each.job) for each in before.publishers if each.credential in _STORED}
    lost = [place for place in old if not any(place.same(each) and _still(place, each) for each in new)]
    fresh = [place for place in new if not any(each.same(place) for each in old)]
    for place in _once(lost):
        yield _fate(place, fresh, new, stored, after)
    if not lost and old:
        for each in stored:
            if (each.workflow, each.job) not in stored_before:
                yield _comes_back(each)
    if not lost:
        yield from (_added(place, after) for place in _once(fresh))


def _fate(place: _Place, fresh: list[_Place], new: list[_Place], stored: list[Publisher], after: Survey) -> Change:
    """What became of a place that the index no longer recognises."""
    broken = next((each for each in after.problems if each.rule == UNREADABLE and each.file == place.file), None)
    if broken is not None:
        return Change(
            kind=Kind.UNREADABLE,
            message=f"{_quoted(place.file)}, which uploads to {_index(place)}, can no longer be read",
            file=place.file,
            line=broken.line,
        )
    silent = next((each for each in new if each.same(place) and not each.mints), None)
    if silent is not None:
        return Change(
            kind=Kind.NO_TOKEN,
            message=f"the job {_quoted(silent.publisher.job)} uploads to {_index(place)} and may no longer ask for an"
            " identity token; it needs `id-token: write`",
            file=silent.file,
            line=silent.publisher.line,
        )
    hidden = next((each for each in new if each.same(place) and each.called and not place.called), None)
    if hidden is not None:
        return _moved(place, hidden, after)
    back = next((each for each in stored if each.workflow == place.file), None) or next(iter(stored), None)
    if back is not None and not fresh:
        return _comes_back(back)
    successor = next((each for each in fresh if each.file == place.file), None) or next(iter(fresh), None)
    if successor is None:
        return _nowhere(place, after)
    return _moved(place, successor, after)


def _moved(place: _Place, successor: _Place, after: Survey) -> Change:
    there = f"the upload to {_index(place)}"
    register = _identity(successor, after)
    line = successor.publisher.line
    if successor.called and not place.called:
        message = f"{there} moves into {_quoted(_where(successor))}, which is called: PyPI does not support that"
        return Change(kind=Kind.CALLED, message=message, file=successor.file, line=line)
    if successor.file != place.file:
        message = (
            f"{there} moves from {_quoted(_name(place.file))} to {_quoted(_name(successor.file))}, and the publisher is"
            " registered for the old name"
        )
        return Change(kind=Kind.RENAMED, message=message, file=successor.file, line=line, register=register)
    message = (
        f"{there} is made in {_said(successor.environment)} instead of {_said(place.environment)}, and the publisher"
        " may be registered for the old one"
    )
    return Change(kind=Kind.ENVIRONMENT, message=message, file=successor.file, line=line, register=register)


def _nowhere(place: _Place, after: Survey) -> Change:
    """No job of this repository uploads to the index by itself any more."""
    workflow = after.workflows.get(place.file)
    for publisher in after.publishers:
        if publisher.step is None and publisher.method is Method.REUSABLE:
            message = (
                f"the upload to {_index(place)} moves into {_quoted(publisher.via)}, which is called: PyPI does not"
                " support that"
            )
            return Change(kind=Kind.CALLED, message=message, file=publisher.workflow, line=publisher.line)
    return Change(
        kind=Kind.REMOVED,
        message=f"nothing uploads to {_index(place)} any more",
        file=place.file if workflow is not None else next(iter(sorted(after.workflows)), place.file),
    )


def _comes_back(publisher: Publisher) -> Change:
    return Change(
        kind=Kind.STORED,
        message=f"the job {_quoted(publisher.job)} uploads to {_NAMES[publisher.index]} with a stored token again",
        file=publisher.workflow,
        line=publisher.line,
    )


def _added(place: _Place, after: Survey) -> Change:
    message = f"the job {_quoted(place.publisher.job)} is a new place that uploads to {_index(place)}"
    return Change(
        kind=Kind.ADDED,
        message=f"{message}; its publisher must be registered before the first release",
        file=place.file,
        line=place.publisher.line,
        register=_identity(place, after),
    )


def _places(found: Survey, index: Index) -> list[_Place]:
    return [
        _Place(publisher=each, called=_is_called(found, each), mints=_mints(found, each))
        for each in found.publishers
        if each.index is index and each.credential is Credential.OIDC and each.step is not None
    ]


def _still(before: _Place, after: _Place) -> bool:
    """Claims that a place that looks the same still gets what it had, and still stands where it is supported."""
    return (after.mints or not before.mints) and (before.called or not after.called)


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


def _identity(place: _Place, found: Survey) -> Identity | None:
    """None where the environment is computed: nobody can register that."""
    if _computed(place.environment):
        return None
    candidates = [project for project in found.projects if project.private is None and project.name]
    chosen = [project for project in candidates if not project.path] or candidates
    return Identity(
        workflow=_name(place.file),
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


def _computed(environment: str | None) -> bool:
    return environment is not None and "${{" in environment


def _said(environment: str | None) -> str:
    if environment is None:
        return "no environment"
    if _computed(environment):
        return "an environment that is computed when it runs"
    return f"the environment {_quoted(environment)}"


def _where(place: _Place) -> str:
    return place.publisher.via if place.publisher.indirect else place.file


def _index(place: _Place) -> str:
    return _NAMES[place.publisher.index]


def _name(path: str) -> str:
    return path.rsplit("/", 1)[-1]


def _once(places: list[_Place]) -> list[_Place]:
    """One of each file and environment: two steps of one job are one publisher."""
    return list({(place.file, place.environment): place for place in reversed(places)}.values())[::-1]


def _quoted(text: str) -> str:
    return f"`{text.replace('`', '')}`"
