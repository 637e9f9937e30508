"""Two files laid over each other and over the defaults."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from bot.config.problems import Problem
from bot.config.reading import Said, Value
from bot.config.settings import Config
from bot.config.words import ORGANISATION_ONLY

_DEFAULTS = Config()
"""Of the many repositories that say nothing."""


def merge(organisation: Said, repository: Said) -> Config:
    """The settings in force: the repository's over the organisation's over the defaults, key by key.

    Lists are not joined: the nearer one counts. Of `ORGANISATION_ONLY` the repository's are left out.
    """
    own = {key: value for key, value in repository.values.items() if key not in ORGANISATION_ONLY}
    if organisation is repository:
        own = {}
    said = _over(organisation.values, own)
    return msgspec.convert(said, Config) if said else _DEFAULTS


def ignored(repository: Said) -> tuple[Problem, ...]:
    """What a repository's file says without effect."""
    return tuple(
        Problem(
            message=f"`{key}` has an effect in the organisation's file alone, `.github/pubflow.yml` of its repository "
            "`.github`; here it is left out",
            line=repository.places[key][0],
            column=repository.places[key][1],
        )
        for key in ORGANISATION_ONLY
        if key in repository.values
    )


def _over(below: Mapping[str, Value], above: Mapping[str, Value]) -> dict[str, Value]:
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        merged[key] = _over(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return merged
