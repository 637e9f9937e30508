"""Two states of a repository side by side: what became of each place that uploaded."""

from __future__ import annotations

from collections.abc import Iterator

from bot.guard.changes import Change, Kind
from bot.guard.places import Place, computed, identity, name_of, once, places
from bot.model import Credential, Index, Method, Publisher
from bot.moving.nouns import PUBLIC
from bot.survey import UNREADABLE, Survey

_NAMES = {Index.PYPI: "PyPI", Index.TESTPYPI: "TestPyPI"}
_STORED = (Credential.TOKEN, Credential.PASSWORD)


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
    old, new = places(before, index), places(after, index)
    stored = [each for each in after.publishers if each.index is index and each.credential in _STORED]
    stored_before = {(each.workflow, each.job) for each in before.publishers if each.credential in _STORED}
    lost = [place for place in old if not any(place.same(each) and _still(place, each) for each in new)]
    fresh = [place for place in new if not any(each.same(place) for each in old)]
    for place in once(lost):
        yield _fate(place, fresh, new, stored, after)
    if not lost and old:
        for each in stored:
            if (each.workflow, each.job) not in stored_before:
                yield _comes_back(each)
    if not lost:
        yield from (_added(place, after) for place in once(fresh))


def _fate(place: Place, fresh: list[Place], new: list[Place], stored: list[Publisher], after: Survey) -> Change:
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


def _moved(place: Place, successor: Place, after: Survey) -> Change:
    there = f"the upload to {_index(place)}"
    register = identity(successor, after)
    line = successor.publisher.line
    if successor.called and not place.called:
        message = f"{there} moves into {_quoted(_where(successor))}, which is called: PyPI does not support that"
        return Change(kind=Kind.CALLED, message=message, file=successor.file, line=line)
    if successor.file != place.file:
        message = (
            f"{there} moves from {_quoted(name_of(place.file))} to {_quoted(name_of(successor.file))}, and the"
            " publisher is registered for the old name"
        )
        return Change(kind=Kind.RENAMED, message=message, file=successor.file, line=line, register=register)
    message = (
        f"{there} is made in {_said(successor.environment)} instead of {_said(place.environment)}, and the publisher"
        " may be registered for the old one"
    )
    return Change(kind=Kind.ENVIRONMENT, message=message, file=successor.file, line=line, register=register)


def _nowhere(place: Place, after: Survey) -> Change:
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


def _added(place: Place, after: Survey) -> Change:
    message = f"the job {_quoted(place.publisher.job)} is a new place that uploads to {_index(place)}"
    return Change(
        kind=Kind.ADDED,
        message=f"{message}; its publisher must be registered before the first release",
        file=place.file,
        line=place.publisher.line,
        register=identity(place, after),
    )


def _still(before: Place, after: Place) -> bool:
    """Claims that a place that looks the same still gets what it had, and still stands where it is supported."""
    return (after.mints or not before.mints) and (before.called or not after.called)


def _said(environment: str | None) -> str:
    if environment is None:
        return "no environment"
    if computed(environment):
        return "an environment that is computed when it runs"
    return f"the environment {_quoted(environment)}"


def _where(place: Place) -> str:
    return place.publisher.via if place.publisher.indirect else place.file


def _index(place: Place) -> str:
    return _NAMES[place.publisher.index]


def _quoted(text: str) -> str:
    return f"`{text.replace('`', '')}`"
