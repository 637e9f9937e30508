"""How fast we may ask: one `Lane` an installation remembers what GitHub said of its limits.

One process's memory; what processes must tell each other is in `budget.py`. No network, no clock: times are seconds
since the epoch and come in. GitHub's rules are at
https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import NewType

from bot.pace import Left

LaneKey = NewType("LaneKey", int)
"""An installation's id; 0 for the App itself."""

SECONDARY_WAIT = 60.0
"""Seconds to wait after a secondary limit that does not say how long; doubled each time that it comes again."""
LONGEST_WAIT = 3600.0
_SKEW = 60.0
"""Seconds by which GitHub's clock, of which resets are told, may be ahead of ours."""


@dataclass(slots=True)
class _Limit:
    """What is left of one of GitHub's primary limits (core, graphql, ...) until `reset`."""

    remaining: int
    reset: float


@dataclass(slots=True)
class Lane:
    """The state of one installation's traffic."""

    slots: asyncio.Semaphore
    _limits: dict[str, _Limit] = field(default_factory=dict)
    _closed_until: float = 0.0
    _strikes: int = 0

    def wait(self, resource: str, now: float) -> float:
        """Seconds until a request against `resource` may be sent.

        Nothing that we remember makes us wait longer than `LONGEST_WAIT`: if it seems so, our clock was set back.
        """
        wait = max(0.0, self._closed_until - now)
        if wait > LONGEST_WAIT:
            wait = self._closed_until = 0.0
        limit = self._limits.get(resource)
        if limit is None or limit.remaining > 0:
            return wait
        if not 0.0 < limit.reset - now <= LONGEST_WAIT + _SKEW:
            del self._limits[resource]
            return wait
        return max(wait, limit.reset - now)

    def sent(self, resource: str) -> None:
        """Count a request before its answer is there, so that many at once do not overrun the limit."""
        if limit := self._limits.get(resource):
            limit.remaining -= 1

    def observe(self, headers: Mapping[str, str], resource: str) -> tuple[str, Left] | None:
        """Learn from an answer's headers (lower-case names): of which limit, and what of it, if they say."""
        try:
            said = Left(int(headers["x-ratelimit-remaining"]), float(headers["x-ratelimit-reset"]))
        except (KeyError, ValueError):
            return None
        resource = headers.get("x-ratelimit-resource", resource)
        self.learn(resource, said)
        return resource, said

    def learn(self, resource: str, said: Left) -> None:
        """What GitHub said to us or to another process: the newest, and of one period the least."""
        known = self._limits.get(resource)
        if known is None or known.reset < said.reset:
            self._limits[resource] = _Limit(said.remaining, said.reset)
        elif known.reset == said.reset:  # answers arrive out of order
            known.remaining = min(known.remaining, said.remaining)

    def refused(self, headers: Mapping[str, str], now: float) -> float:
        """GitHub refused for a limit: close the lane and return the seconds to wait."""
        wait = retry_after(headers, now)
        if wait is None and headers.get("x-ratelimit-remaining") == "0":
            wait = _until_reset(headers, now)
        if wait is None:
            wait = SECONDARY_WAIT * 2 ** min(self._strikes, 5)
        self._strikes += 1
        wait = min(max(wait, 1.0), LONGEST_WAIT)
        self._closed_until = max(self._closed_until, now + wait)
        return wait

    def close(self, until: float) -> None:
        """Somebody else was told to wait."""
        self._closed_until = max(self._closed_until, until)

    def left(self) -> dict[str, int]:
        """What GitHub said last was left of each primary limit, by its name."""
        return {resource: max(0, limit.remaining) for resource, limit in self._limits.items()}

    def accepted(self) -> None:
        """GitHub answered normally: the next secondary limit counts from one again."""
        self._strikes = 0


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds of a `Retry-After` header, which may be a number or a date; None if there is none to understand."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now)
    except (ValueError, TypeError, OverflowError):
        return None


def _until_reset(headers: Mapping[str, str], now: float) -> float | None:
    try:
        return max(0.0, float(headers["x-ratelimit-reset"]) - now)
    except (KeyError, ValueError):
        return None
