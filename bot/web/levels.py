"""How full the queue is, for Prometheus. The figures are set from outside; a scrape never touches the database."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.queue import Depth


class QueueLevels(Collector):
    """`depth` is what was last seen; None before the first look."""

    def __init__(self) -> None:
        self.depth: Depth | None = None

    def collect(self) -> Iterator[Metric]:
        """Asked by the registry."""
        if self.depth is None:
            return
        count = GaugeMetricFamily("pubflow_jobs", "Jobs that are not done, by state.", labels=("state",))
        age = GaugeMetricFamily("pubflow_jobs_oldest_seconds", "Age of the oldest job, by state.", labels=("state",))
        levels = (("waiting", self.depth.waiting), ("running", self.depth.running), ("failed", self.depth.failed))
        for state, level in levels:
            count.add_metric((state,), level.count)
            age.add_metric((state,), level.oldest)
        yield count
        yield age
