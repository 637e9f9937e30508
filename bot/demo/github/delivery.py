"""What is remembered of an attempt to deliver an event to an App's hook."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.demo.github.state import App, Json


@dataclass(slots=True, kw_only=True, eq=False)
class Delivery:
    """One attempt to deliver an event; a redelivery is another one with the same `guid`."""

    id: int
    guid: str
    app: App
    event: str
    action: str | None
    payload: Json = field(repr=False)
    installation_id: int | None
    repository_id: int | None
    delivered_at: float
    redelivery: bool = False
    duration: float = 0.0
    status: str = "queued"
    status_code: int = 0
    request_headers: dict[str, str] = field(default_factory=dict, repr=False)
    response_headers: dict[str, str] = field(default_factory=dict, repr=False)
    response_body: str = field(default="", repr=False)
