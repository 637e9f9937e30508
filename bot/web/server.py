"""The web server put together: routes, limits, and how it listens."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from bot import resources
from bot.config import SCHEMA
from bot.errors import ConfigurationError
from bot.events import Watched
from bot.web.body import LARGEST, Bodies
from bot.web.delivery import Secrets
from bot.web.guard import guarded, http_log, strict
from bot.web.metrics import CONTENT_TYPE, Metrics
from bot.web.webhook import Inbox, Webhook

READY_KEPT = 1.0
"""Seconds."""
IDLE = 75.0
"""Seconds that a connection may be silent, and the longest that it may take for its headers; proxies keep theirs for
sixty, and must be the first to hang up."""
LIMITS: dict[str, object] = {
    "lingering_time": 2.0,
    "max_line_size": 4096,
    "max_field_size": 8190,
    "max_headers": 100,
    # The signature covers the bytes on the wire, and what unpacks may be larger than the limit.
    "auto_decompress": False,
    "access_log": None,
    "logger": http_log,
}


@dataclass(frozen=True, slots=True)
class Ready:
    """Whether this server can take deliveries; `reasons` are short sentences without details of the inside."""

    ok: bool
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """What the web server is made of."""

    inbox: Inbox
    secrets: Secrets
    watched: Watched
    ready: Callable[[], Awaitable[Ready]]
    metrics: Metrics = field(default_factory=Metrics)
    pages: Sequence[web.RouteDef] = ()
    """The dashboard, or the set-up."""
    bodies: Bodies = field(default_factory=Bodies)
    idle: float = IDLE


def make_web(parts: Web) -> web.Application:
    """The application of the public port."""
    webhook = Webhook(parts.inbox, parts.secrets, parts.watched, parts.metrics, parts.bodies)
    application = _application(parts.idle)
    application.router.add_post("/webhook", webhook.receive)
    application.router.add_get("/healthz", guarded(_healthz))
    application.router.add_get("/readyz", guarded(_readyz(parts.ready)))
    application.router.add_get(f"/{SCHEMA}", guarded(_schema))
    application.router.add_routes(parts.pages)
    return application


def make_metrics(metrics: Metrics) -> web.Application:
    """The application of `METRICS_PORT`."""
    application = _application()
    application.router.add_get("/metrics", guarded(_metrics(metrics)))
    return application


def make_setup(pages: Sequence[web.RouteDef]) -> web.Application:
    """The application of the public port while there is no App."""
    application = _application()
    application.router.add_get("/healthz", guarded(_healthz))
    application.router.add_routes(pages)
    return application


@asynccontextmanager
async def serving(application: web.Application, host: str, port: int) -> AsyncIterator[int]:
    """Listens while the context lasts and gives the port (a free one for 0); at its end requests are finished.

    Raises ConfigurationError when the address is taken or is not this machine's.
    """
    runner = web.AppRunner(application, handle_signals=False, shutdown_timeout=8.0)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port, backlog=1024).start()
        except OSError as error:
            raise ConfigurationError(f"cannot listen on {host}:{port} ({error.strerror}); see HOST and PORT") from error
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


def _application(idle: float = IDLE) -> web.Application:
    limits = {**LIMITS, "keepalive_timeout": idle}
    application = web.Application(handler_args=limits, client_max_size=LARGEST)
    application.on_response_prepare.append(strict)
    return application


async def _schema(_request: web.Request) -> web.Response:
    """For editors: what `# yaml-language-server: $schema=` in a configuration names."""
    return web.Response(text=resources.text(SCHEMA), content_type="application/schema+json")


async def _healthz(_request: web.Request) -> web.Response:
    return web.Response(text="ok\n")


def _readyz(ready: Callable[[], Awaitable[Ready]]) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Everybody may ask, and the answer costs a look at the database: one look a second does for all."""
    kept = Ready(ok=False)
    until = 0.0

    async def readyz(_request: web.Request) -> web.Response:
        nonlocal kept, until
        if time.monotonic() >= until:
            kept, until = await ready(), time.monotonic() + READY_KEPT
        now = kept
        return web.json_response({"ok": now.ok, "reasons": list(now.reasons)}, status=200 if now.ok else 503)

    return readyz


def _metrics(metrics: Metrics) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def show(_request: web.Request) -> web.Response:
        return web.Response(body=metrics.text(), headers={"Content-Type": CONTENT_TYPE})

    return show
