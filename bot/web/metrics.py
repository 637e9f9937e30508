"""What Prometheus may ask: a registry of our own, so that several servers live in one process (and in one test)."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.events import EVENTS

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
OTHER = "other"


class Outcome(StrEnum):
    """How a request to the webhook ended."""

    QUEUED = "queued"
    DUPLICATE = "duplicate"
    NOT_FOR_US = "not-for-us"
    MALFORMED = "malformed"
    BAD_SIGNATURE = "bad-signature"
    TOO_LARGE = "too-large"
    TOO_SLOW = "too-slow"
    BUSY = "busy"
    NOT_STORED = "not-stored"
    FAILED = "failed"


class Metrics(Collector):
    """`registry` is open to other rooms' collectors.

    The counts are plain numbers of one event loop, collected when somebody asks: prometheus_client's own counter takes
    a lock, ten times the price, for every delivery that is dropped.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(self)
        # Every series from the start, and no others: the event header is the sender's.
        self._counts = {event: dict.fromkeys(map(str, Outcome), 0) for event in (*EVENTS, OTHER)}

    def count(self, event: str, outcome: str) -> None:
        """One more request to the webhook; `outcome` is a value of `Outcome`."""
        self._counts.get(event, self._counts[OTHER])[outcome] += 1

    def collect(self) -> Iterator[Metric]:
        """Asked by the registry."""
        deliveries = CounterMetricFamily(
            "pubflow_deliveries", "Requests to the webhook by event and outcome.", labels=("event", "outcome")
        )
        for event, outcomes in self._counts.items():
            for outcome, number in outcomes.items():
                deliveries.add_metric((event, outcome), number)
        yield deliveries

    def text(self) -> bytes:
        return generate_latest(self.registry)
