"""`ping`: GitHub asks whether anybody listens. The answer is the status of the response."""

from __future__ import annotations

from msgspec import Struct

from bot.events.payload import Decision, NotForUs, Watched

PONG = NotForUs("pong")


class Ping(Struct, frozen=True, gc=False):
    zen: str


def ping(_payload: Ping, _watched: Watched) -> Decision:
    return PONG
