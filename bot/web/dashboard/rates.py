"""How many requests one address may send to what the public may reach; counted in memory, for this process."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

MOST_ADDRESSES = 10_000
"""Who was seen longest ago is forgotten first: memory is bounded whatever comes."""


@dataclass(slots=True)
class Rates:
    """`burst` requests at once, and `per_minute` in the long run (a token bucket an address)."""

    per_minute: float
    burst: float
    clock: Callable[[], float] = time.monotonic
    _seen: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def wait(self, address: str) -> float:
        """0 when this request may pass, which counts it; else seconds until one may."""
        now = self.clock()
        left, at = self._seen.pop(address, (self.burst, now))
        left = min(self.burst, left + (now - at) * self.per_minute / 60)
        allowed = left >= 1
        self._seen[address] = (left - 1 if allowed else left, now)
        if len(self._seen) > MOST_ADDRESSES:
            self._seen.popitem(last=False)
        return 0.0 if allowed else (1 - left) * 60 / self.per_minute
