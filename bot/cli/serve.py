"""`pubflow serve` and `pubflow worker`: the bot itself."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.app import Stop
    from bot.settings import Settings


def serve(
    no_worker: Annotated[
        bool, typer.Option("--no-worker", help="Take deliveries only; workers run elsewhere.")
    ] = False,
) -> None:
    """Take GitHub's webhooks and work them, until SIGTERM or Ctrl-C.

    Without an App it first offers the page that registers one (see `pubflow setup`), and then goes on by itself.
    """
    from bot.cli.running import run_server

    run_server(partial(_serve, with_worker=not no_worker))


def worker() -> None:
    """Work what `pubflow serve` took, until SIGTERM or Ctrl-C.

    Both use the same database. Any number of workers may run.
    """
    from bot.cli.running import run_server

    run_server(_work)


async def _serve(settings: Settings, stop: Stop, redact: Callable[[str], str], *, with_worker: bool) -> None:
    from bot import app

    if settings.is_bare:
        from bot import logs
        from bot.cli.setup import register

        found = await register(settings, stop)
        if found is None:
            return
        settings, redact = found, logs.configure(found)
    await app.serve(settings, stop, work=with_worker, redact=redact)


async def _work(settings: Settings, stop: Stop, redact: Callable[[str], str]) -> None:
    from bot import app

    await app.work(settings, stop, redact=redact)
