"""A real server on a real socket for tests, and what they need to speak to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hmac import digest

import aiohttp
from multidict import CIMultiDict

from bot.events import Watched
from bot.model import DeliveryId, Job, RepoId
from bot.web import Inbox, Metrics, Ready, Secrets, Web, make_web, serving
from bot.web.body import Bodies

SECRET = b"It's a Secret to Everybody"
PREVIOUS = b"the secret of last year"


class Box:
    """An inbox that keeps what it took; `refuse` is raised instead when it is set."""

    def __init__(self, refuse: Exception | None = None) -> None:
        self.taken: dict[str, tuple[str, str | None, tuple[Job, ...]]] = {}
        self.refuse = refuse

    async def accept(self, delivery_id: DeliveryId, event: str, action: str | None, jobs: Sequence[Job]) -> bool:
        if self.refuse is not None:
            raise self.refuse
        new = delivery_id not in self.taken
        self.taken.setdefault(delivery_id, (event, action, tuple(jobs)))
        return new


def nothing_seen(_repository: RepoId) -> None:
    """No repository was looked at yet."""


async def is_ready() -> Ready:
    return Ready(ok=True)


def signature(body: bytes, secret: bytes = SECRET) -> str:
    return "sha256=" + digest(secret, body, "sha256").hex()


def headers(
    body: bytes, event: str = "push", delivery: str = "d-1", changes: Mapping[str, str | None] | None = None
) -> CIMultiDict[str]:
    """What GitHub sends beside this body; `changes` replaces the header `X-Github-Event` by the name `x_github_event`,
    and leaves it out for None."""
    sent: CIMultiDict[str] = CIMultiDict(
        {
            "Content-Type": "application/json",
            "X-GitHub-Event": event,
            "X-GitHub-Delivery": delivery,
            "X-Hub-Signature-256": signature(body),
            "User-Agent": "GitHub-Hookshot/044aadd",
        }
    )
    for name, value in (changes or {}).items():
        header = name.replace("_", "-")
        sent.pop(header, None)
        if value is not None:
            sent[header] = value
    return sent


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: CIMultiDict[str]
    text: str


@dataclass(frozen=True, slots=True)
class Site:
    """A running server."""

    port: int
    metrics: Metrics
    session: aiohttp.ClientSession = field(repr=False)

    async def send(self, body: bytes, sent: CIMultiDict[str]) -> Answer:
        return await self.ask("/webhook", "POST", data=body, headers=sent)

    async def ask(
        self,
        path: str,
        method: str = "GET",
        *,
        data: bytes | AsyncIterator[bytes] | None = None,
        headers: CIMultiDict[str] | None = None,
    ) -> Answer:
        url = f"http://127.0.0.1:{self.port}{path}"
        async with self.session.request(method, url, data=data, headers=headers, allow_redirects=False) as response:
            return Answer(response.status, CIMultiDict(response.headers), await response.text())


@asynccontextmanager
async def running(
    inbox: Inbox,
    *,
    watched: Watched = nothing_seen,
    bodies: Bodies | None = None,
    parts: Web | None = None,
) -> AsyncIterator[Site]:
    """A server that takes deliveries signed with `SECRET` or `PREVIOUS`."""
    made = parts or Web(
        inbox=inbox,
        secrets=Secrets((SECRET, PREVIOUS)),
        watched=watched,
        ready=is_ready,
        bodies=bodies or Bodies(),
    )
    async with serving(make_web(made), "127.0.0.1", 0) as port, aiohttp.ClientSession() as session:
        yield Site(port, made.metrics, session)
