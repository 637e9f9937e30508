"""Signed pushes and a load of them: keep-alive connections, one request at a time on each, answers timed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hmac import digest
from itertools import count, cycle
from pathlib import Path
from time import perf_counter
from typing import Any, cast

SECRET = b"a benchmark's secret"
EXAMPLES = Path(__file__).parent.parent / ".cache/judges/octokit-webhooks-examples/package/api.github.com/index.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What came back: the seconds that each answer took and that all took together, how many had another status."""

    times: tuple[float, ...]
    """Sorted; without an answer there is one endless time."""
    seconds: float
    wrong: int

    @property
    def rate(self) -> float:
        return len(self.times) / self.seconds

    def milliseconds(self, part: float) -> float:
        """The time within which this part of the answers came."""
        return self.times[min(len(self.times) - 1, int(len(self.times) * part))] * 1e3


def push(path: str, repository: int) -> bytes:
    """A push of one commit that adds `path`: GitHub's own example where it is at hand, else one of about its size."""
    payload: dict[str, Any] = json.loads(_example())
    payload["repository"]["id"] = repository
    payload["commits"][0]["added"] = [path]
    return json.dumps(payload).encode()


@cache
def _example() -> str:
    if EXAMPLES.exists():
        events = json.loads(EXAMPLES.read_text())
        pushes: list[dict[str, Any]] = next(event["examples"] for event in events if event["name"] == "push")
        return json.dumps(next(each for each in pushes if each["commits"] and "installation" in each))
    links = {f"link_{number}_url": f"https://api.github.com/repos/octocat/example/{number}" for number in range(100)}
    repository = {"id": 1, "node_id": "R_1", "full_name": "octocat/example", "default_branch": "main", **links}
    commit: dict[str, list[str]] = {"added": [], "removed": [], "modified": []}
    push = {"ref": "refs/heads/main", "after": "6" * 40, "deleted": False, "forced": False, "commits": [commit]}
    return json.dumps({**push, "repository": repository, "installation": {"id": 1}})


def _requests(bodies: list[bytes]) -> Iterator[bytes]:
    """Signed requests without end, each a delivery of its own."""
    parts = []
    for body in bodies:
        head = (
            "POST /webhook HTTP/1.1\r\nHost: localhost\r\nUser-Agent: GitHub-Hookshot/1\r\nAccept: */*\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nX-GitHub-Event: push\r\n"
            f"X-Hub-Signature-256: sha256={digest(SECRET, body, 'sha256').hex()}\r\nX-GitHub-Delivery: "
        )
        parts.append((head.encode(), b"\r\n\r\n" + body))
    run = f"{perf_counter():.6f}-"
    for number, (head_part, rest) in zip(count(), cycle(parts), strict=False):
        yield b"%b%b%d%b" % (head_part, run.encode(), number, rest)


class _Sender(asyncio.Protocol):
    """One keep-alive connection: the next request goes out when the answer to the last is in."""

    def __init__(self, requests: Iterator[bytes], statuses: tuple[bytes, ...], times: list[float]) -> None:
        self._requests, self._statuses, self._times = requests, statuses, times
        self._sent = 0.0
        self.wrong = 0
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)  # uvloop's does not inherit
        self._send()

    def data_received(self, data: bytes) -> None:
        if not data.startswith(b"HTTP/1.1 "):
            return  # the rest of an answer that came in two parts
        now = perf_counter()
        self._times.append(now - self._sent)
        self.wrong += data[9:12] not in self._statuses
        self._send()

    def _send(self) -> None:
        assert self._transport is not None
        self._sent = perf_counter()
        self._transport.write(next(self._requests))

    def close(self) -> None:
        assert self._transport is not None
        self._transport.abort()


async def load(
    port: int, bodies: list[bytes], statuses: tuple[bytes, ...], *, connections: int, seconds: float
) -> Load:
    """Sends these bodies in turn, again and again, to `POST /webhook` of this machine."""
    times: list[float] = []
    requests = _requests(bodies)
    running = asyncio.get_running_loop()
    senders: list[_Sender] = []
    start = perf_counter()
    for _ in range(connections):
        _, sender = await running.create_connection(lambda: _Sender(requests, statuses, times), "127.0.0.1", port)
        senders.append(sender)
    await asyncio.sleep(seconds)
    took = perf_counter() - start
    for sender in senders:
        sender.close()
    answered = tuple(sorted(times)) or (float("inf"),)
    return Load(times=answered, seconds=took, wrong=sum(sender.wrong for sender in senders))
