"""A network of our own between the bot and its database, that can be cut. It lives in a thread: the bot may block."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

import sqlalchemy as sa


@dataclass(slots=True)
class Network:
    """Carries TCP to a PostgreSQL's socket. `cut`: connections break and none is made. `hold`: nothing moves."""

    socket: str
    port: int = 0
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _moving: asyncio.Event = field(default_factory=asyncio.Event)
    _whole: bool = True
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _thread: threading.Thread | None = None
    _server: asyncio.Server | None = None

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._loop.run_forever, name="network", daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        assert self._thread is not None
        self._thread.join(10)
        self._loop.close()

    def cut(self) -> None:
        self._call(self._cut)

    def hold(self) -> None:
        self._call(self._moving.clear)

    def mend(self) -> None:
        self._call(self._mend)

    def _call(self, function: Callable[[], object]) -> None:
        """Returns when it was done."""

        async def calling() -> None:
            function()

        asyncio.run_coroutine_threadsafe(calling(), self._loop).result(10)

    async def _listen(self) -> None:
        self._moving.set()
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _end(self) -> None:
        assert self._server is not None
        self._server.close()
        self._cut()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _cut(self) -> None:
        self._whole = False
        self._moving.set()
        for writer in list(self._open):
            writer.transport.abort()

    def _mend(self) -> None:
        self._whole = True
        self._moving.set()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._whole:
            writer.transport.abort()
            return
        try:
            inner, outer = await asyncio.open_unix_connection(self.socket)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, outer}
        await asyncio.gather(self._pipe(reader, outer), self._pipe(inner, writer), return_exceptions=True)
        self._open -= {writer, outer}

    async def _pipe(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(64 * 1024):
                await self._moving.wait()
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.transport.abort()


def through(address: str, port: int) -> str:
    """The same database, reached over this port of loopback."""
    url = sa.make_url(address)
    query = {name: value for name, value in url.query.items() if name != "host"}
    return url.set(host="127.0.0.1", port=port, query=query).render_as_string(hide_password=False)


def socket_of(address: str) -> str:
    """Where the PostgreSQL at this address listens."""
    url = sa.make_url(address)
    return f"{url.query['host']}/.s.PGSQL.{url.port or 5432}"
