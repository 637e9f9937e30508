"""`pubflow doctor`: what is wrong with this installation, a sentence and a remedy each."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import typer

from bot.cli.options import AsFormat, Format, Quiet

if TYPE_CHECKING:
    from bot.doctor import Check
    from bot.settings import Settings


def doctor(as_format: AsFormat = Format.TEXT, quiet: Quiet = False) -> None:
    """Say what is wrong with this installation, and what to do.

    Looks at the settings, the database and its queue, the App, its permissions and events, the webhook and its last
    deliveries, and every installation. Ends with 0 if all is well, with 1 if something needs attention.
    """
    from bot import logs
    from bot.cli.running import run
    from bot.settings import Settings

    settings = Settings.load()
    logs.configure(settings.model_copy(update={"log_level": "ERROR"}))
    raise typer.Exit(run(_doctor(settings, as_format, quiet=quiet)))


async def _doctor(settings: Settings, as_format: Format, *, quiet: bool) -> int:
    from bot.doctor import examine

    checks = [check async for check in examine(settings)]
    if as_format is Format.JSON:
        told = [
            {"name": check.name, "well": check.well, "found": check.found, "remedy": check.remedy} for check in checks
        ]
        sys.stdout.write(json.dumps({"schema": 1, "checks": told}, indent=2) + "\n")
    else:
        _say([check for check in checks if not (quiet and check.well)])
    return 0 if all(check.well for check in checks) else 1


def _say(checks: list[Check]) -> None:
    from bot.plain import plain

    for check in checks:
        mark, colour = ("ok", "green") if check.well else ("!!", "yellow")
        typer.secho(f"{mark}  {plain(check.name)}: {plain(check.found)}", fg=colour)
        if check.remedy is not None:
            typer.echo(f"    {plain(check.remedy)}")
