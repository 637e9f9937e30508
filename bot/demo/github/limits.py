"""GitHub's rate limits: counted always, enforced where GitHub enforces them or where a test asks for it.

https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass

from bot.demo.github.answers import SECONDARY_LIMIT, Refusal
from bot.demo.github.state import Json
from bot.demo.github.tokens import Anonymous, AsApp, AsClient, AsInstallation, AsUser, Caller
from bot.demo.github.world import Clock

HOUR = 3600.0
ANONYMOUS = 60


@dataclass(slots=True, kw_only=True)
class Window:
    resource: str
    limit: int
    used: int
    reset: float

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.used)

    def as_json(self) -> Json:
        return {
            "limit": self.limit,
            "used": self.used,
            "remaining": self.remaining,
            "reset": int(self.reset),
            "resource": self.resource,
        }


def who(caller: Caller) -> str:
    """Whose budget a call draws on: all tokens of an installation share one."""
    match caller:
        case AsInstallation(token=token):
            return f"installation {token.installation.id}"
        case AsApp(app=app):
            return f"app {app.id}"
        case AsClient(app=app):
            return f"client {app.id}"
        case AsUser(account=account):
            return f"user {account.id}"
    return "anonymous"


class RateLimited(Exception):
    """GraphQL says it with a 200."""


class Limits:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._windows: dict[tuple[str, str], Window] = {}
        self._exhausted: dict[str, float] = {}
        self._created: defaultdict[str, deque[float]] = defaultdict(deque)
        self.limit = 5000
        """Requests (or GraphQL points) an hour."""
        self.creations_per_minute: int | None = None
        """80 on GitHub; None: counted, never refused."""
        self.creations_per_hour: int | None = None
        """500 on GitHub."""

    def window(self, caller: Caller, resource: str) -> Window:
        """The present hour of a budget."""
        key = (who(caller), resource)
        now = self._clock()
        found = self._windows.get(key)
        if found is None or found.reset <= now:
            limit = ANONYMOUS if isinstance(caller, Anonymous) else self.limit
            found = self._windows[key] = Window(resource=resource, limit=limit, used=0, reset=now + HOUR)
        until = self._exhausted.get(resource, now)
        if until > now:
            return Window(resource=resource, limit=found.limit, used=found.limit, reset=until)
        return found

    def exhaust(self, *, seconds: float, resource: str = "core") -> None:
        """Every budget is used up for so long."""
        self._exhausted[resource] = self._clock() + seconds

    def spend(self, caller: Caller, resource: str, points: int = 1) -> Window:
        """Raises Refusal (403), for GraphQL RateLimited, when nothing is left."""
        window = self.window(caller, resource)
        if window.remaining < points:
            text = f"API rate limit exceeded for {who(caller)}."
            raise RateLimited(text) if resource == "graphql" else Refusal(403, text)
        window.used += points
        return window

    def give_back(self, caller: Caller, resource: str) -> None:
        """A 304 costs nothing."""
        self.window(caller, resource).used -= 1

    def create(self, caller: Caller) -> None:
        """Counts a request that creates content. Raises Refusal (403) beyond the secondary limits."""
        now = self._clock()
        times = self._created[who(caller)]
        while times and times[0] <= now - HOUR:
            times.popleft()
        minute = sum(1 for at in times if at > now - 60)
        if self.creations_per_minute is not None and minute >= self.creations_per_minute:
            raise Refusal(403, SECONDARY_LIMIT, headers={"Retry-After": "60"})
        if self.creations_per_hour is not None and len(times) >= self.creations_per_hour:
            raise Refusal(403, SECONDARY_LIMIT)
        times.append(now)

    def created(self) -> int:
        """Content-creating requests of the last hour, all callers together."""
        now = self._clock()
        return sum(1 for times in self._created.values() for at in times if at > now - HOUR)
