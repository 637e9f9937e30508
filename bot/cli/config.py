"""`pubflow config`: what `.github/pubflow.yml` of a checkout says, and whether it can be understood."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import AsFormat, Format
from bot.errors import CheckoutError
from bot.plain import line

if TYPE_CHECKING:
    from bot.config import Config, InvalidConfig


Place = Annotated[
    Path, typer.Argument(metavar="PATH", help="The folder of a repository, or the file.", show_default="this one")
]


def validate(path: Place = Path()) -> None:
    """Say whether the configuration can be understood.

    Ends with 0 if it can or there is none, 1 if it cannot, 2 if it cannot be read.
    """
    from bot.config import InvalidConfig

    file, settings = _read(path)
    if isinstance(settings, InvalidConfig):
        sys.stdout.write(_complaint(file, settings))
        raise typer.Exit(1)
    sys.stdout.write(f"{line(str(file))}: {'valid' if file.exists() else 'not there; the defaults apply'}\n")


def show(path: Place = Path(), as_format: AsFormat = Format.TEXT) -> None:
    """Show the settings in force, defaults filled in."""
    from dataclasses import asdict

    from bot.config import InvalidConfig

    file, settings = _read(path)
    if isinstance(settings, InvalidConfig):
        sys.stderr.write(_complaint(file, settings))
        raise typer.Exit(1)
    values = asdict(settings)
    if as_format is Format.JSON:
        sys.stdout.write(json.dumps(values, indent=2) + "\n")
        return
    sys.stdout.write("".join(f"{name}: {json.dumps(value)}\n" for name, value in values.items()))


def _read(path: Path) -> tuple[Path, Config | InvalidConfig]:
    from bot import config
    from bot.checkout.texts import read_text
    from bot.model import Unread

    if not path.exists():
        raise CheckoutError(f"{path} does not exist")
    file = path / config.PATH if path.is_dir() else path
    if not file.exists() and not file.is_symlink():
        return file, config.read(None)
    text = read_text(file)
    if isinstance(text, Unread):
        raise CheckoutError(f"{file} cannot be read: it is {text}")
    return file, config.read(text)


def _complaint(file: Path, problem: InvalidConfig) -> str:
    return f"{line(str(file))}:{problem.line}:{problem.column}: {line(problem.message)}\n"
