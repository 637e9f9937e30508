"""What must be found out before a repository is decided: of PyPI, of TestPyPI, and of the actions that it uses.

An index is a public place: nothing of a repository that is not public is told to it unless its maintainers ask for it.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot import bumping
from bot.config import Kept
from bot.model import Index, Snapshot, Status, Visibility
from bot.plan import in_force, skip_reason
from bot.survey import Survey

_MOST_QUESTIONS = 10
_GETS_STEPS = frozenset({Status.MISSING, Status.TOKEN, Status.MIXED})


def projects(found: Survey, kept: Kept = Kept()) -> tuple[str, ...]:  # noqa: B008 - frozen
    """The project names of which the index must be asked before deciding."""
    public = found.snapshot.repo.visibility not in {Visibility.PRIVATE, Visibility.INTERNAL}
    if found.status not in {Status.MISSING, Status.PRIVATE}:
        return ()
    if not (found.status is Status.MISSING and public) and not _asks_to_publish(found.snapshot, kept):
        return ()
    return tuple(sorted({project.name for project in found.projects if project.name}))


def actions(
    found: Survey,
    kept: Kept = Kept(),  # noqa: B008 - frozen
    *,
    asked: bool = False,
) -> Mapping[str, frozenset[str]]:
    """The actions of which somebody must look what exists before deciding: `owner/repo` -> `path@ref`, lower case.

    `asked` as in `Context`: then those of steps that we insert are among them, for they are raised in the same run.
    """
    config = in_force(found.snapshot, kept).config
    if config is None or skip_reason(found.snapshot.repo) is not None:
        return {}
    inserted = _inserted() if asked and config.bump.enabled and found.status in _GETS_STEPS else {}
    return {**inserted, **bumping.wanted(found, config.bump)}


def _inserted() -> Mapping[str, frozenset[str]]:
    from bot.moving.pins import PINS  # noqa: PLC0415 - what moves is loaded where something may be moved

    return dict.fromkeys(PINS, frozenset())


def owners(found: Survey, *, closely: bool = True) -> tuple[str, ...]:
    """The projects of which the index is asked who owns them, and by which publisher their files came.

    No decision hangs on it. Where a repository is looked at `closely`, this is asked of those too that need no move.
    """
    asking = {Status.TOKEN, Status.MIXED} | ({Status.TRUSTED} if closely else set())
    if found.snapshot.repo.visibility is not Visibility.PUBLIC or found.status not in asking:
        return ()
    return tuple(sorted({each.name for each in found.projects if each.name and not each.private})[:_MOST_QUESTIONS])


def trial(found: Survey, kept: Kept = Kept()) -> tuple[str, ...]:  # noqa: B008 - frozen
    """The projects of which TestPyPI is asked whether they exist and who owns them; no decision hangs on it."""
    if found.snapshot.repo.visibility is not Visibility.PUBLIC:
        return ()
    if found.status is Status.MISSING:
        config = in_force(found.snapshot, kept).config
        return projects(found, kept) if config is not None and config.testpypi else ()
    uploads = any(each.index is Index.TESTPYPI for each in found.publishers)
    return owners(found, closely=False) if uploads else ()


def _asks_to_publish(snapshot: Snapshot, kept: Kept) -> bool:
    config = in_force(snapshot, kept).config
    return config is not None and config.enabled and config.add is True and config.index.url is None
