"""A webhook's other end: keeps what arrives and answers what it is told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from aiohttp import web
from aiohttp.test_utils import TestServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    headers: Mapping[str, str]
    raw: bytes = field(repr=False)

    @property
    def event(self) -> str:
        action = self.payload.get("action")
        name = self.headers["X-GitHub-Event"]
        return name if action is None else f"{name}.{action}"

    @property
    def payload(self) -> Any:
        if self.headers["Content-Type"] == "application/json":
            return json.loads(self.raw)
        return json.loads(parse_qs(self.raw.decode())["payload"][0])


class Receiver:
    def __init__(self) -> None:
        self.arrived: list[Arrived] = []
        self.statuses: list[int] = []
        """Answers to come; 202 when there is none left."""
        application = web.Application()
        application.router.add_post("/webhook", self._take)
        self._server = TestServer(application)

    async def start(self) -> None:
        await self._server.start_server()

    async def stop(self) -> None:
        await self._server.close()

    @property
    def url(self) -> str:
        return str(self._server.make_url("/webhook"))

    @property
    def events(self) -> list[str]:
        return [one.event for one in self.arrived]

    async def _take(self, request: web.Request) -> web.Response:
        self.arrived.append(Arrived(headers=request.headers.copy(), raw=await request.read()))
        return web.Response(status=self.statuses.pop(0) if self.statuses else 202)
