"""Which of the two files says what is in force, key by key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.config.reading import Said, Value
from bot.config.words import ORGANISATION_ONLY


def origins(organisation: Said, repository: Said) -> Mapping[str, bool]:
    """Dotted name -> True where the repository's file says it, False where the organisation's does; no defaults.

    Beside `merge`: of what counts in the organisation's file alone the repository's is left out.
    """
    own = {key: value for key, value in repository.values.items() if key not in ORGANISATION_ONLY}
    return dict.fromkeys(_leaves(organisation.values), False) | dict.fromkeys(_leaves(own), True)


def _leaves(values: Mapping[str, Value], above: str = "") -> Iterator[str]:
    for key, value in values.items():
        name = f"{above}{key}"
        if isinstance(value, dict):
            yield from _leaves(value, f"{name}.")
        else:
            yield name
