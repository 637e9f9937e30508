"""The App's webhook as GitHub keeps it, and how its last deliveries went.

https://docs.github.com/en/rest/apps/webhooks
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from bot.github.access import Access
from bot.github.auth import seconds
from bot.github.wire import Request

LOOKED_AT = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """`url` is empty where none is entered."""

    url: str
    has_secret: bool
    checks_certificate: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt to deliver; `code` is 0 while it is under way, and `said` is GitHub's word for how it went."""

    code: int
    said: str
    event: str
    at: float

    @property
    def arrived(self) -> bool:
        return 200 <= self.code < 300


class _Config(msgspec.Struct, frozen=True):
    url: str = ""
    secret: str | None = None
    insecure_ssl: str | float = "0"


class _Delivery(msgspec.Struct, frozen=True):
    delivered_at: str
    status: str
    status_code: int
    event: str


async def read_hook(app: Access) -> Hook:
    found = (await app.send(Request(method="GET", path="/app/hook/config"))).fit(_Config)
    return Hook(
        url=found.url, has_secret=bool(found.secret), checks_certificate=str(found.insecure_ssl) in {"0", "0.0"}
    )


async def last_deliveries(app: Access) -> tuple[Attempt, ...]:
    """The last attempts, the newest first."""
    request = Request(method="GET", path="/app/hook/deliveries{?per_page}", values={"per_page": LOOKED_AT})
    found = (await app.send(request)).fit(tuple[_Delivery, ...])
    return tuple(
        Attempt(code=one.status_code, said=one.status, event=one.event, at=seconds(one.delivered_at)) for one in found
    )
