"""`pubflow actions`: what `check` and `fix` know of the versions of actions, asked of GitHub anew."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from bot.jobs import Services
    from bot.model import InstallationId
    from bot.settings import Settings

Output = Annotated[
    Path | None,
    typer.Option("--output", metavar="FILE", help="Where to write it.", show_default="actions.json in PUBFLOW_HOME"),
]


def refresh(output: Output = None) -> None:
    """Ask GitHub which versions of well-known actions exist, for `check` and `fix` without network.

    Signs in as the App, or with GITHUB_TOKEN where there is no App.
    """
    from bot import logs
    from bot.cli.looking import FETCHED
    from bot.cli.running import run
    from bot.settings import Settings

    settings = Settings.load()
    logs.configure(settings.model_copy(update={"log_level": "WARNING"}))
    target = output or settings.pubflow_home / FETCHED
    count, day, text = run(_refresh(settings))
    try:
        target.write_text(text, "utf-8")
    except OSError as error:
        raise ConfigurationError(f"{target} cannot be written ({type(error).__name__}); name a file") from error
    sys.stdout.write(f"{count} actions as they stand on {day}, in {target}\n")


async def _refresh(settings: Settings) -> tuple[int, str, str]:
    """How many actions, the day, and the snapshot."""
    from bot import app, opening
    from bot.bumping.snapshot import shipped, write_snapshot

    known = shipped()
    async with app.services(settings, sign_in=opening.any_credentials) as built:
        names = {*map(str.lower, known.actions), *await built.actions.public_names()}
        found = await built.actions.look(await _anybody(built), dict.fromkeys(names, frozenset({"@"})))
    actions = {action.name: action for action in found.actions.values()}
    renamed = {name: action.name for name, action in found.actions.items() if action.name.lower() != name}
    day = datetime.now(UTC).date().isoformat()
    return len(actions), day, write_snapshot(day, {**known.renamed, **renamed}, actions.values())


async def _anybody(built: Services) -> InstallationId:
    """Any installation can read what is public. Raises ConfigurationError where the App is installed nowhere."""
    from bot.model import InstallationId

    if built.settings.app_id is None and built.settings.client_id is None:
        return InstallationId(0)
    async for installation in built.github.installations():
        return installation.id
    raise ConfigurationError("the App is installed nowhere; install it, or give a GITHUB_TOKEN and no APP_ID")
