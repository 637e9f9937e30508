"""What this process has done, in numbers, for whoever asks."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

BUCKETS: Final = (0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0, 600.0, float("inf"))
"""Upper bounds of how long jobs take, in seconds."""


@dataclass(slots=True)
class Tally:
    """Counts of one event loop: nobody else touches them."""

    ended: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Runs of jobs by kind and by how they ended: done, later or failed."""
    lasted: dict[str, list[int]] = field(default_factory=dict)
    """By kind how many runs fell into each of `BUCKETS`."""
    seconds: dict[str, float] = field(default_factory=dict)
    """By kind how long all runs took together."""
    opened: Counter[str] = field(default_factory=Counter)
    """Pull requests by branch."""
    rows: Counter[str] = field(default_factory=Counter)
    """Rows of the lifecycle, each time that one was chosen for a branch and carried out."""
    refused: Counter[str] = field(default_factory=Counter)
    """Refusals by rule, each time that a repository was decided."""

    @contextmanager
    def run(self, kind: str) -> Iterator[list[str]]:
        """Time one run; its end is what stands last in the list, `failed` if nothing does."""
        end, began = ["failed"], time.perf_counter()
        try:
            yield end
        finally:
            took = time.perf_counter() - began
            self.ended[kind, end[-1]] += 1
            self.seconds[kind] = self.seconds.get(kind, 0.0) + took
            counts = self.lasted.setdefault(kind, [0] * len(BUCKETS))
            counts[next(place for place, bound in enumerate(BUCKETS) if took <= bound)] += 1
