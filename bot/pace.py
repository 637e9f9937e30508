"""How many requests may be sent: what GitHub says is left, and for those that write arithmetic over what was sent."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Final, NamedTuple

WRITES: Final = ((60.0, 80), (3600.0, 500))
"""Content-creating requests: seconds and how many may be sent within them:
https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits"""

Windows = tuple[tuple[float, int], ...]


class Left(NamedTuple):
    """What is left of one of GitHub's primary limits (core, graphql, ...) until `reset`, seconds since the epoch."""

    remaining: int
    reset: float


class Pace:
    """A sliding window for each limit. Times are seconds since the epoch."""

    def __init__(self, windows: Windows = WRITES, sent: Iterable[float] = ()) -> None:
        self._windows = windows
        self._sent: deque[float] = deque(sent, maxlen=max(count for _, count in windows))

    def wait(self, now: float, count: int = 1) -> float:
        """Seconds until `count` more may be sent; 0 when they may be sent now."""
        return max(self._until(now, seconds, limit - count) for seconds, limit in self._windows)

    def book(self, now: float, count: int = 1) -> None:
        """Count them as sent."""
        self._sent.extend([now] * count)

    def _until(self, now: float, seconds: float, allowed: int) -> float:
        recent = [sent for sent in self._sent if now - seconds < sent <= now]  # a clock set back frees, never blocks
        if len(recent) <= max(allowed, 0):
            return 0.0
        return recent[len(recent) - max(allowed, 0) - 1] + seconds - now
