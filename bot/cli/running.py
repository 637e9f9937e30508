"""What the commands that run a server share: settings, logs, the loop, and how a signal ends it."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable, Coroutine
from typing import TypeVar

import typer

from bot import logs
from bot.app import Stop
from bot.settings import Settings

T = TypeVar("T")

Server = Callable[[Settings, Stop, Callable[[str], str]], Awaitable[None]]

LOST = 3
"""Exit code of a worker that stopped because it could not write its heartbeat: start it again."""


def run(main: Coroutine[object, object, T]) -> T:
    """Run on uvloop where it exists."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(main)
    return uvloop.run(main)


def run_server(server: Server) -> None:
    """Run until SIGTERM or SIGINT, then end gracefully; a second signal does not wait. Raises ConfigurationError."""
    settings = Settings.load()
    redact = logs.configure(settings)
    if run(_until_signal(server, settings, redact)):
        raise typer.Exit(LOST)


async def _until_signal(server: Server, settings: Settings, redact: Callable[[str], str]) -> bool:
    stop = stop_on_signal()
    await server(settings, stop, redact)
    return stop.lost


def stop_on_signal() -> Stop:
    """From here on SIGTERM and SIGINT ask the running loop to stop instead of ending the process."""
    stop = Stop(asyncio.Event())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows has none
            loop.add_signal_handler(number, _ask, number, stop)
    return stop


def _ask(number: signal.Signals, stop: Stop) -> None:
    if stop.event.is_set():
        asyncio.get_running_loop().remove_signal_handler(number)
    stop.event.set()
