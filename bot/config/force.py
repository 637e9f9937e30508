"""Which configuration is in force: what stands there now or, where that is broken, what was sound there last."""

from __future__ import annotations

from msgspec import Struct

from bot.config.merging import ignored, merge
from bot.config.problems import Problem
from bot.config.reading import InvalidConfig, Said, understand
from bot.config.settings import Config
from bot.model import Unread


class Kept(Struct, frozen=True, kw_only=True):
    """Texts of the two files as they stood when they could last be understood; None where there was none."""

    repository: str | None = None
    organisation: str | None = None


class InForce(Struct, frozen=True, kw_only=True):
    """The settings that count, and what is wrong with the files of this moment."""

    config: Config | None
    """None: a file is broken and none was sound before it, so nobody can say what its author wants."""
    problems: tuple[Problem, ...] = ()
    """Of the repository's own file."""
    broken: bool = False
    """The repository's own file cannot be understood; `problems` has why."""
    organisation_broken: bool = False


def in_force(
    own: str | Unread | None, organisation: str | Unread | None, kept: Kept, *, is_organisation: bool
) -> InForce:
    """What counts for a repository with these two files, each a text, the reason why it has none, or None (no file).

    `is_organisation`: the repository's own file is the organisation's.
    """
    mine, theirs = _said(own), _said(organisation)
    nearer = _last_sound(mine, kept.repository)
    farther = nearer if is_organisation else _last_sound(theirs, kept.organisation)
    problems = mine.problems if isinstance(mine, InvalidConfig) else () if is_organisation else ignored(mine)
    return InForce(
        config=None if nearer is None or farther is None else merge(farther, nearer),
        problems=problems,
        broken=isinstance(mine, InvalidConfig),
        organisation_broken=isinstance(theirs, InvalidConfig),
    )


def _said(file: str | Unread | None) -> Said | InvalidConfig:
    if isinstance(file, Unread):
        return InvalidConfig(problems=(Problem(message=f"cannot be read: it is {file}", line=1, column=1),))
    return understand(file)


def _last_sound(now: Said | InvalidConfig, kept: str | None) -> Said | None:
    if isinstance(now, Said):
        return now
    before = None if kept is None else understand(kept)
    return before if isinstance(before, Said) else None
