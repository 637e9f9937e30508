"""`pubflow setup`: registers the GitHub App, or takes one that is there."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.app import Stop
    from bot.settings import Settings


def setup(
    print_only: Annotated[
        bool, typer.Option("--print", help="Print the credentials for a secret manager; store nothing.")
    ] = False,
) -> None:
    """Register the GitHub App of this site, on a page in your browser.

    Shows the address of the page, which works once. The credentials that GitHub hands out are stored in app.env below
    PUBFLOW_HOME, for your eyes alone, and `pubflow serve` reads them from there unless the environment names an App.
    """
    from bot.cli.running import run_server

    run_server(partial(_setup, print_only=print_only))


async def _setup(settings: Settings, stop: Stop, _redact: Callable[[str], str], *, print_only: bool) -> None:
    from bot.errors import ConfigurationError
    from bot.settings import STORED

    if settings.has_app and not print_only:
        path = settings.pubflow_home / STORED
        where = f"in {path}" if path.is_file() else "in the environment or .env"
        raise ConfigurationError(f"there is an App already, named {where}; remove it there to register another")
    await register(settings, stop, print_only=print_only)


async def register(settings: Settings, stop: Stop, *, print_only: bool = False) -> Settings | None:
    """The settings with an App; None when the process is asked to stop before."""
    from bot import app, keeping

    def keep(values: Mapping[str, str]) -> None:
        if print_only:
            sys.stdout.write(keeping.lines(values))
            sys.stdout.flush()
        else:
            _say(f"The App is registered; its credentials are in {keeping.store(settings.pubflow_home, values)}")

    _say("Open this address to register the GitHub App of this site; it works once:")
    return await app.set_up(settings, stop, say=_say, keep=keep)


def _say(text: str) -> None:
    """Past the log: its mask would take the address for what it is, a secret."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
