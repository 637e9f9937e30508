"""Which deliveries that failed are asked for again: each a few times, with growing pauses, the oldest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

MEMORY_SECONDS: Final = 3 * 86400.0
"""For so long GitHub can send a delivery again:
https://docs.github.com/en/webhooks/testing-and-troubleshooting-webhooks/redelivering-webhooks"""
TIMES: Final = 4
"""So often one delivery is asked for; what fails then fails for a reason that asking does not mend."""
FIRST_PAUSE: Final = 120.0
"""Seconds after the first asking; four times as long after each further one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """An attempt to deliver that did not succeed. A later attempt has a higher id and the same `guid`."""

    id: int
    guid: str
    at: float
    """Seconds since 1970, by GitHub's clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What we asked for before."""

    guid: str
    attempt: int
    """The id of the failed attempt that was the reason."""
    times: int
    at: float
    """Seconds since 1970, by our clock."""


def to_ask(failed: Iterable[Failed], asked: Mapping[str, Asked], now: float) -> list[Failed]:
    """The last attempts of those deliveries that shall be sent again now.

    One that was asked for and did not fail since has arrived, or is about to.
    """
    last: dict[str, Failed] = {}
    for one in failed:
        if one.guid not in last or one.id > last[one.guid].id:
            last[one.guid] = one
    return sorted((one for one in last.values() if _is_due(one, asked.get(one.guid), now)), key=lambda one: one.id)


def out_of_reach(last_look: float | None, now: float) -> bool:
    """Claims that deliveries may have failed of which GitHub knows nothing any more."""
    return last_look is None or not 0 <= now - last_look < MEMORY_SECONDS


def _is_due(one: Failed, before: Asked | None, now: float) -> bool:
    if before is None:
        return True
    if one.id <= before.attempt or before.times >= TIMES:
        return False
    pause = FIRST_PAUSE * 4 ** (before.times - 1)
    return not 0 <= now - before.at < pause
