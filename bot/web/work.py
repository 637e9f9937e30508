"""What this process did, for Prometheus: runs of jobs, requests to GitHub and what is left of them, proposals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.github import Traffic
from bot.jobs.tally import BUCKETS, Tally


class Work(Collector):
    """Plain numbers of one event loop, collected when somebody asks."""

    def __init__(self, tally: Tally, traffic: Callable[[], Iterable[Traffic]]) -> None:
        self._tally = tally
        self._traffic = traffic

    def collect(self) -> Iterator[Metric]:
        """Asked by the registry."""
        yield from self._jobs()
        yield from self._github()
        yield _counter("pubflow_pull_requests_opened", "Pull requests opened.", "branch", self._tally.opened.items())
        yield _counter("pubflow_lifecycle", "Branches by what the lifecycle chose.", "row", self._tally.rows.items())
        yield _counter("pubflow_refusals", "Edits refused, by rule.", "rule", self._tally.refused.items())

    def _jobs(self) -> Iterator[Metric]:
        runs = CounterMetricFamily("pubflow_job_runs", "Runs of jobs by kind and end.", labels=("kind", "end"))
        for (kind, end), number in self._tally.ended.items():
            runs.add_metric((kind, end), number)
        yield runs
        times = HistogramMetricFamily("pubflow_job_seconds", "How long runs of jobs took.", labels=("kind",))
        for kind, counts in self._tally.lasted.items():
            bounds = ["+Inf" if bound == float("inf") else str(bound) for bound in BUCKETS]
            summed = list(zip(bounds, map(float, accumulate(counts)), strict=True))
            times.add_metric((kind,), buckets=summed, sum_value=self._tally.seconds[kind])
        yield times

    def _github(self) -> Iterator[Metric]:
        names = ("installation", "resource")
        asked = CounterMetricFamily("pubflow_github_requests", "Requests to GitHub.", labels=names)
        left = GaugeMetricFamily("pubflow_github_remaining", "What GitHub said last was left of an hour.", labels=names)
        for one in self._traffic():
            asked.add_metric((str(one.installation), one.resource), one.requests)
            if one.remaining is not None:
                left.add_metric((str(one.installation), one.resource), one.remaining)
        yield asked
        yield left


def _counter(name: str, about: str, label: str, counts: Iterable[tuple[str, int]]) -> Metric:
    family = CounterMetricFamily(name, about, labels=(label,))
    for value, number in counts:
        family.add_metric((value,), number)
    return family
