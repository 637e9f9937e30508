"""Sends queued deliveries to the Apps' hooks, signed as GitHub signs them.

https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

import aiohttp

from bot.demo.github.delivery import Delivery
from bot.demo.github.state import Hook
from bot.demo.github.world import World

ANSWER_WITHIN = 10.0
"""Seconds; GitHub waits no longer."""


def signed(delivery: Delivery, hook: Hook, enterprise: str | None = None) -> tuple[dict[str, str], bytes]:
    """The headers and the body of one attempt."""
    body = json.dumps(delivery.payload, separators=(",", ":")).encode()
    content = "application/json"
    if hook.form:
        body, content = urlencode({"payload": body.decode()}).encode(), "application/x-www-form-urlencoded"
    headers = {
        "Accept": "*/*",
        "Content-Type": content,
        "User-Agent": "GitHub-Hookshot/7f3a9c1",
        "X-GitHub-Delivery": delivery.guid,
        "X-GitHub-Event": delivery.event,
        "X-GitHub-Hook-ID": str(hook.id),
        "X-GitHub-Hook-Installation-Target-ID": str(delivery.app.id),
        "X-GitHub-Hook-Installation-Target-Type": "integration",
        "X-Hub-Signature": "sha1=" + hmac.new(hook.secret.encode(), body, hashlib.sha1).hexdigest(),
        "X-Hub-Signature-256": "sha256=" + hmac.new(hook.secret.encode(), body, hashlib.sha256).hexdigest(),
    }
    if enterprise is not None:
        headers["X-GitHub-Enterprise-Version"] = enterprise
    return headers, body


class Outbox:
    """One task that sends what is queued, in order; GitHub itself promises no order."""

    def __init__(self, world: World, line: asyncio.Queue[Delivery]) -> None:
        self._world = world
        self._line = line
        self._task: asyncio.Task[None] | None = None
        self._session: aiohttp.ClientSession | None = None

    def start(self) -> None:
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_WITHIN))
        self._task = asyncio.create_task(self._run(self._session), name="github outbox")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def settled(self) -> None:
        """Returns when everything queued so far has been tried."""
        await self._line.join()

    async def _run(self, session: aiohttp.ClientSession) -> None:
        while True:
            delivery = await self._line.get()
            try:
                await self._send(session, delivery)
            finally:
                self._line.task_done()

    async def _send(self, session: aiohttp.ClientSession, delivery: Delivery) -> None:
        hook = delivery.app.hook
        if hook.url is None:
            return
        headers, body = signed(delivery, hook, self._world.enterprise)
        delivery.request_headers = headers
        delivery.delivered_at = self._world.clock()
        began = time.perf_counter()
        try:
            async with session.post(hook.url, data=body, headers=headers, allow_redirects=False) as response:
                delivery.status_code = response.status
                delivery.status = "OK" if response.ok else response.reason or "Invalid HTTP Response"
                delivery.response_headers = dict(response.headers)
                delivery.response_body = (await response.read())[:4096].decode("utf-8", "replace")
        except TimeoutError:
            delivery.status, delivery.status_code = "timed out", 502
        except aiohttp.ClientError:
            delivery.status, delivery.status_code = "failed to connect to host", 502
        delivery.duration = time.perf_counter() - began
