"""Every exchange as it went over the wire, for the tests and for `pubflow demo`."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """`path` is below the API's base and still quoted; header names are lower-case, Authorization is left out."""

    method: str
    path: str
    query: Mapping[str, str]
    request_headers: Mapping[str, str] = field(repr=False)
    request: bytes = field(repr=False)
    caller: str = ""
    """Whose budget it drew on: `installation 7`, `app 3`, `user 5`, `anonymous`; empty when that was not asked."""
    status: int
    """0 when the connection was dropped or hung."""
    response_headers: Mapping[str, str] = field(repr=False)
    response: bytes = field(repr=False)
    scripted: bool = False
    """The answer came from the script of faults, not from this GitHub."""


class Recorder:
    """Keeps the last exchanges and tells every listener of each."""

    def __init__(self, keep: int = 5000) -> None:
        self.exchanges: deque[Exchange] = deque(maxlen=keep)
        self.listeners: list[Callable[[Exchange], None]] = []

    def note(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)
        for listener in self.listeners:
            listener(exchange)

    def asked(self, method: str | None = None, path_end: str = "") -> list[Exchange]:
        """The exchanges of that method whose path ends so, oldest first."""
        return [one for one in self.exchanges if method in {None, one.method} and one.path.endswith(path_end)]
