"""`pubflow fix`: the diff that the pull request would carry, or the same applied to the working tree."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import AsFormat, Checkout, Format, Offline, Only, Quiet, Verbose

if TYPE_CHECKING:
    from bot.plan import Decision

Write = Annotated[bool, typer.Option("--write", help="Apply it to the working tree.")]


def fix(  # noqa: PLR0913, PLR0917 - one parameter an option
    path: Checkout = Path(),
    write: Write = False,
    only: Only = None,
    as_format: AsFormat = Format.TEXT,
    offline: Offline = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Show the change that pubflow would propose, or write it.

    The patch goes to stdout and everything else to stderr, so that `pubflow fix | git apply` works. Ends like `check`;
    with `--write` with 0 if everything found is mended or nothing was.
    """
    from bot import report
    from bot.checkout.write import write as write_changes
    from bot.cli import looking, terminal

    question = looking.Question(path=path, only=only, offline=offline)
    decision = looking.look(question)
    told = report.report(decision, path=str(path))
    if write:
        write_changes(path, decision.changes)
    if as_format is Format.JSON:
        sys.stdout.write(report.as_json(told) + "\n")
    else:
        terminal.show_patch(report.as_diff(told))
        if not quiet:
            terminal.say(report.as_text(told, verbose=verbose), sys.stderr)
    if write and decision.changes:
        if not quiet:
            terminal.note(f"Written: {', '.join(change.file for change in decision.changes)}")
        decision = looking.look(question)
        if decision.findings and not quiet:
            terminal.note(_left(decision, path))
    raise typer.Exit(looking.exit_code(decision))


def _left(decision: Decision, path: Path) -> str:
    """What is still to be said after everything was written."""
    where, count = shlex.quote(str(path)), len(decision.findings)
    if decision.changes:
        return f"Not everything could be mended at once: run `pubflow fix --write {where}` again."
    findings = "One finding is" if count == 1 else f"{count} findings are"
    return f"{findings} left to you: see `pubflow check {where}`."
