"""Things that go wrong on demand: each fault is met by the first request that it matches, once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.demo.github.answers import SECONDARY_LIMIT, Answer
from bot.demo.github.state import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a fault may look at."""

    method: str
    path: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Drop:
    """Close the connection; `after` is whether the request is carried out before (its answer is lost)."""

    after: bool = False


@dataclass(frozen=True, slots=True)
class Hang:
    """Say nothing for so many seconds, then answer as usual."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Lost:
    """Carry the request out, then answer something else."""

    answer: Answer


Fault = Answer | Drop | Hang | Lost
When = Callable[[Asked], bool]


def always(_: Asked) -> bool:
    return True


def on(method: str, path_end: str = "") -> When:
    """A request of that method whose path ends so."""
    return lambda asked: asked.method == method and asked.path.endswith(path_end)


class Faults:
    """A script of failures, in order."""

    def __init__(self) -> None:
        self._waiting: list[tuple[When, Fault]] = []

    def add(self, fault: Fault, when: When = always, *, times: int = 1) -> None:
        self._waiting += [(when, fault)] * times

    def take(self, asked: Asked) -> Fault | None:
        for index, (when, fault) in enumerate(self._waiting):
            if when(asked):
                del self._waiting[index]
                return fault
        return None

    def clear(self) -> None:
        """All is well again."""
        self._waiting.clear()

    @property
    def left(self) -> int:
        return len(self._waiting)


def server_error(status: int = 502) -> Answer:
    """GitHub's gateway answers with a page or with JSON; the page is the harder case."""
    return Answer(status=status, body=b"<html><body>Unicorn!</body></html>", content_type="text/html; charset=utf-8")


def secondary_limit(status: int = 403, *, retry_after: int | None = 60) -> Answer:
    body: Json = {"message": SECONDARY_LIMIT, "documentation_url": "https://docs.github.com/rest"}
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Answer(status=status, body=body, headers=headers)


def primary_limit(reset: float) -> Answer:
    body: Json = {
        "message": "API rate limit exceeded for installation.",
        "documentation_url": "https://docs.github.com/rest",
    }
    headers = {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(reset))}
    return Answer(status=403, body=body, headers=headers)
