"""What Prometheus may ask: a registry of our own, so that several servers live in one process (and in one test)."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from prometheus_client import CollectorRegistry, Counter, generate_latest

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


class Metrics:
    """`registry` is open to other rooms' collectors."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        deliveries = Counter(
            "pubflow_deliveries",
            "Requests to the webhook by event and outcome.",
            ("event", "outcome"),
            registry=self.registry,
        )
        # labels() costs more than the whole drop of a delivery should; the event header is the sender's, so bounded.
        self._count: dict[tuple[str, Outcome], Callable[[], None]] = {
            (event, outcome): deliveries.labels(event, outcome).inc for event in (*EVENTS, OTHER) for outcome in Outcome
        }

    def count(self, event: str, outcome: Outcome) -> None:
        (self._count.get((event, outcome)) or self._count[OTHER, outcome])()

    def text(self) -> bytes:
        return generate_latest(self.registry)
