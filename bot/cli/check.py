"""`pubflow check`: what a scan would find in a checkout."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.options import Also, AsCheckFormat, CheckFormat, Checkout, Offline, Only, Quiet, Verbose
from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from bot.report import Report


def check(  # noqa: PLR0913, PLR0917 - one parameter an option
    path: Checkout = Path(),
    as_format: AsCheckFormat = CheckFormat.TEXT,
    also: Also = None,
    only: Only = None,
    offline: Offline = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Say how a checkout is published and what could be better.

    Nothing is changed. Ends with 0 if there is nothing to do, 1 if something was found, 2 if it cannot tell.
    """
    from bot import report
    from bot.cli import looking, terminal

    files = [_file(text) for text in also or ()]
    decision = looking.look(looking.Question(path=path, only=only, offline=offline))
    told = report.report(decision, path=str(path))
    for other, file in files:
        _write(file, _rendered(told, other, verbose=verbose, quiet=quiet))
    if as_format is not CheckFormat.TEXT:
        sys.stdout.write(_rendered(told, as_format, verbose=verbose, quiet=quiet))
    else:
        terminal.say(report.as_brief(told) if quiet else report.as_text(told, verbose=verbose), sys.stdout)
        if told.changes and not quiet:
            terminal.hint(f"See the change with `pubflow fix {shlex.quote(str(path))}`.")
    raise typer.Exit(looking.exit_code(decision))


def _rendered(told: Report, form: CheckFormat, *, verbose: bool, quiet: bool) -> str:
    from bot import report

    match form:
        case CheckFormat.JSON:
            return report.as_json(told) + "\n"
        case CheckFormat.SARIF:
            return report.as_sarif(told) + "\n"
        case CheckFormat.GITHUB:
            return "".join(f"{line}\n" for line in report.as_github(told).splitlines())
        case CheckFormat.MARKDOWN:
            return report.as_markdown(told)
        case CheckFormat.TEXT:
            lines = report.as_brief(told) if quiet else report.as_text(told, verbose=verbose)
            return "".join(f"{' ' * item.indent}{item.text}\n" for item in lines)


def _file(text: str) -> tuple[CheckFormat, Path]:
    """`FORMAT=FILE`, taken apart. Raises ConfigurationError."""
    name, _, file = text.partition("=")
    if name not in list(CheckFormat) or not file:
        raise ConfigurationError(f"--also: wanted FORMAT=FILE such as sarif=pubflow.sarif, found {text}")
    return CheckFormat(name), Path(file)


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise ConfigurationError(f"--also: {file} cannot be written ({type(error).__name__})") from error
