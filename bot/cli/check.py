"""`pubflow check`: what a scan would find in a checkout."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import typer

from bot.cli.options import AsCheckFormat, CheckFormat, Checkout, Offline, Only, Quiet, Verbose


def check(
    path: Checkout = Path(),
    as_format: AsCheckFormat = CheckFormat.TEXT,
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

    decision = looking.look(looking.Question(path=path, only=only, offline=offline))
    told = report.report(decision, path=str(path))
    match as_format:
        case CheckFormat.JSON:
            sys.stdout.write(report.as_json(told) + "\n")
        case CheckFormat.SARIF:
            sys.stdout.write(report.as_sarif(told) + "\n")
        case CheckFormat.GITHUB:
            sys.stdout.write("".join(f"{line}\n" for line in report.as_github(told).splitlines()))
        case CheckFormat.TEXT:
            terminal.say(report.as_brief(told) if quiet else report.as_text(told, verbose=verbose), sys.stdout)
            if told.changes and not quiet:
                terminal.hint(f"See the change with `pubflow fix {shlex.quote(str(path))}`.")
    raise typer.Exit(looking.exit_code(decision))
