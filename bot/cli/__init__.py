"""The command line. A command is one file here and one line in `COMMANDS`; what it needs is imported when it runs.

So `pubflow check` loads nothing of the server. A command prints its answer on stdout and ends by raising `typer.Exit`;
what goes wrong it raises as a `PubflowError`, whose text is shown as it stands.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Annotated, NoReturn

import typer
from msgspec import Struct

from bot import __version__
from bot.cli.quick import quicken
from bot.errors import PubflowError
from bot.heap import calm
from bot.plain import plain
from bot.redaction import masked

TRACEBACK = "PUBFLOW_TRACEBACK"
"""Set in the environment, it shows where a defect of pubflow itself struck."""


class Command(Struct, frozen=True, kw_only=True):
    """One command: the function `name` in the file `module`. Its docstring is the help, `example` stands below it."""

    name: str
    module: str
    example: str
    group: str | None = None
    """The word before it: `config` in `pubflow config show`."""

    @property
    def run(self) -> Callable[..., None]:
        """The function; its file is loaded now, and no other command's."""
        found: Callable[..., None] = getattr(import_module(f"bot.cli.{self.module}"), self.name)
        return found


COMMANDS: tuple[Command, ...] = (
    Command(name="check", module="check", example="pubflow check . --format sarif > pubflow.sarif"),
    Command(name="fix", module="fix", example="pubflow fix . --write"),
    Command(name="scan", module="scan", example="GITHUB_TOKEN=... pubflow scan octo-org/octo-package"),
    Command(name="demo", module="demo", example="pubflow demo --once --format json"),
    Command(
        name="serve", module="serve", example="APP_ID=123456 PRIVATE_KEY_PATH=app.pem WEBHOOK_SECRET=... pubflow serve"
    ),
    Command(name="setup", module="setup", example="PUBLIC_URL=https://pubflow.example.org pubflow setup"),
    Command(name="worker", module="serve", example="DATABASE_URL=postgresql://db/pubflow pubflow worker"),
    Command(name="sweep", module="sweep", example="pubflow sweep --full"),
    Command(name="redeliver", module="redeliver", example="pubflow redeliver"),
    Command(name="jobs", module="jobs", example="pubflow jobs list --failed"),
    Command(name="pause", module="pause", example="pubflow pause octo-org/spoon"),
    Command(name="resume", module="pause", example="pubflow resume octo-org"),
    Command(name="doctor", module="doctor", example="pubflow doctor"),
    Command(name="refresh", group="actions", module="actions", example="GITHUB_TOKEN=... pubflow actions refresh"),
    Command(name="validate", group="config", module="config", example="pubflow config validate .github/pubflow.yml"),
    Command(name="show", group="config", module="config", example="pubflow config show . --format json"),
    Command(name="schema", group="config", module="config", example="pubflow config schema > pubflow.schema.json"),
)
GROUPS = {
    "actions": "What is known of the versions of actions.",
    "config": "The configuration of a repository, .github/pubflow.yml.",
}
"""Groups of commands, and what they are about."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and exit: with its code, with 2 when it could not be carried out, with 130 on Ctrl-C."""
    calm()
    for stream in (sys.stdout, sys.stderr):
        # Names in a repository may hold what the terminal's encoding has not.
        getattr(stream, "reconfigure", lambda **_: None)(errors="backslashreplace")
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        application = typer.main.get_command(_application(words))
        quicken(application)
        application(args=words, prog_name="pubflow")
    except PubflowError as error:
        _complain(str(error))
    except Exception as error:  # noqa: BLE001 - the outermost place: a defect ends in one sentence as well
        if os.environ.get(TRACEBACK):
            sys.stderr.write(masked(traceback.format_exc()))
        place = traceback.extract_tb(error.__traceback__)[-1]
        _complain(
            f"a defect in pubflow: {type(error).__name__} at {os.path.basename(place.filename)}:{place.lineno}; "  # noqa: PTH119
            f"set {TRACEBACK}=1 to see more"
        )
    sys.exit(2)


def _complain(text: str) -> None:
    sys.stderr.write(f"pubflow: {plain(masked(text))}\n")


def _application(words: Sequence[str]) -> typer.Typer:
    """The command that `words` begin with; all of them for anything else, such as `--help`."""
    commands = [command for command in COMMANDS if words[:1] == [command.group or command.name]] or COMMANDS
    application = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None)
    application.callback()(_pubflow)
    groups = {
        name: typer.Typer(help=about, no_args_is_help=True, rich_markup_mode=None) for name, about in GROUPS.items()
    }
    for command in commands:
        place = groups[command.group] if command.group else application
        place.command(command.name, epilog=f"Example: {command.example}")(command.run)
    for name, group in groups.items():
        application.add_typer(group, name=name)
    return application


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"pubflow {__version__}")
        raise typer.Exit


def _pubflow(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Move Python packages to PyPI's Trusted Publishing, one pull request at a time."""
