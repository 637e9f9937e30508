"""The command line. A command is one file here and one line in `COMMANDS`; what it needs is imported when it runs.

So `pubflow check` loads nothing of the server. A command prints its answer on stdout and ends by raising `typer.Exit`;
what goes wrong it raises as a `PubflowError`, whose text is shown as it stands.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, NoReturn

import typer

from bot import __version__
from bot.cli import check, config, demo, doctor, fix, jobs, pause, scan, serve
from bot.errors import PubflowError
from bot.plain import plain

TRACEBACK = "PUBFLOW_TRACEBACK"
"""Set in the environment, it shows where a defect of pubflow itself struck."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command; its help is the function's docstring, and `example` stands below it."""

    name: str
    run: Callable[..., None]
    example: str
    group: str | None = None
    """The command before it: `config` in `pubflow config show`."""


COMMANDS: tuple[Command, ...] = (
    Command(name="check", run=check.check, example=check.EXAMPLE),
    Command(name="fix", run=fix.fix, example=fix.EXAMPLE),
    Command(name="scan", run=scan.scan, example=scan.EXAMPLE),
    Command(name="demo", run=demo.demo, example=demo.EXAMPLE),
    Command(name="serve", run=serve.serve, example=serve.SERVE_EXAMPLE),
    Command(name="worker", run=serve.worker, example=serve.WORKER_EXAMPLE),
    Command(name="jobs", run=jobs.jobs, example=jobs.EXAMPLE),
    Command(name="pause", run=pause.pause, example=pause.PAUSE_EXAMPLE),
    Command(name="resume", run=pause.resume, example=pause.RESUME_EXAMPLE),
    Command(name="doctor", run=doctor.doctor, example=doctor.EXAMPLE),
    Command(name="validate", group="config", run=config.validate, example=config.VALIDATE_EXAMPLE),
    Command(name="show", group="config", run=config.show, example=config.SHOW_EXAMPLE),
)
GROUPS = {
    "config": "The configuration of a repository, .github/pubflow.yml.",
}
"""Groups of commands, and what they are about."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and exit: with its code, with 2 when it could not be carried out, with 130 on Ctrl-C."""
    for stream in (sys.stdout, sys.stderr):
        # Names in a repository may hold what the terminal's encoding has not.
        getattr(stream, "reconfigure", lambda **_: None)(errors="backslashreplace")
    try:
        _application()(args=arguments, prog_name="pubflow")
    except PubflowError as error:
        _complain(str(error))
    except Exception as error:  # noqa: BLE001 - the outermost place: a defect ends in one sentence as well
        if os.environ.get(TRACEBACK):
            traceback.print_exc()
        place = traceback.extract_tb(error.__traceback__)[-1]
        _complain(
            f"a defect in pubflow: {type(error).__name__} at {os.path.basename(place.filename)}:{place.lineno}; "  # noqa: PTH119
            f"set {TRACEBACK}=1 to see more"
        )
    sys.exit(2)


def _complain(text: str) -> None:
    sys.stderr.write(f"pubflow: {plain(text)}\n")


def _application() -> typer.Typer:
    application = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None)
    application.callback()(_pubflow)
    groups = {
        name: typer.Typer(help=words, no_args_is_help=True, rich_markup_mode=None) for name, words in GROUPS.items()
    }
    for command in COMMANDS:
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
