"""`LocalGitHub`: all of it behind one door, on a loopback socket."""

from __future__ import annotations

import time
from typing import Self

from aiohttp import web

from bot.demo.github.events import Events
from bot.demo.github.faults import Faults
from bot.demo.github.limits import Limits
from bot.demo.github.machines import Machines
from bot.demo.github.outbox import Outbox
from bot.demo.github.recorder import Recorder
from bot.demo.github.server import Server
from bot.demo.github.site import Site
from bot.demo.github.tokens import Tokens
from bot.demo.github.world import Addresses, Clock, World


class LocalGitHub(Machines):
    """A GitHub on localhost.

    `clock` gives seconds since the epoch. `enterprise` is the version of the GitHub Enterprise Server to be
    (`"3.19.0"`: REST below `/api/v3`, GraphQL at `/api/graphql`); None is github.com. Start it before anything
    is made: its address is part of all that it says and delivers.
    """

    def __init__(self, *, clock: Clock = time.time, enterprise: str | None = None) -> None:
        world = World(clock=clock, enterprise=enterprise)
        self.site = Site(world=world, tokens=Tokens(world), limits=Limits(clock), events=Events(world))
        self.faults = Faults()
        self.recorder = Recorder()
        self._outbox = Outbox(world, self.site.events.line)
        self._runner: web.AppRunner | None = None
        self._storage: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """The REST API's base, without a trailing slash."""
        return self.site.world.addresses.api

    @property
    def graphql_url(self) -> str:
        return self.site.world.addresses.graphql

    @property
    def web_url(self) -> str:
        """The pages for people."""
        return self.site.world.addresses.web

    async def start(self, port: int = 0, host: str = "127.0.0.1") -> None:
        server = Server(self.site, self.faults, self.recorder)
        self._runner = web.AppRunner(server.application(), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        self._storage = web.AppRunner(_storage(self.site), access_log=None, shutdown_timeout=1.0)
        await self._storage.setup()
        await web.TCPSite(self._storage, host, 0).start()
        bound = self._runner.addresses[0][1]
        base = f"http://{host}:{bound}"
        enterprise = self.site.world.enterprise is not None
        self.site.world.addresses = Addresses(
            api=f"{base}/api/v3" if enterprise else base,
            graphql=f"{base}/api/graphql" if enterprise else f"{base}/graphql",
            web=base,
            storage=f"http://{host}:{self._storage.addresses[0][1]}",
        )
        self._outbox.start()

    async def stop(self) -> None:
        await self._outbox.stop()
        for runner in (self._runner, self._storage):
            if runner is not None:
                await runner.cleanup()

    async def delivered(self) -> None:
        """Returns when every delivery queued so far has been tried."""
        await self._outbox.settled()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()


def _storage(site: Site) -> web.Application:
    """Where logs lie: whoever knows a key may read, and nobody is asked who they are."""

    async def get(request: web.Request) -> web.Response:
        blob = site.blobs.get(request.match_info["key"])
        if blob is None or "Authorization" in request.headers:
            return web.Response(status=403 if blob is not None else 404)
        return web.Response(body=blob, content_type="text/plain")

    application = web.Application()
    application.router.add_get("/logs/{key}", get)
    return application
