"""`pubflow config`: what `.github/pubflow.yml` of a checkout says, and whether it can be understood."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from bot.cli.options import AsFormat, Format
from bot.errors import CheckoutError
from bot.plain import line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.config import Config, InvalidConfig, Problem


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
        sys.stdout.write(_complaints(file, settings.problems))
        raise typer.Exit(1)
    sys.stdout.write(f"{line(str(file))}: {'valid' if file.exists() else 'not there; the defaults apply'}\n")
    sys.stdout.write(_without_effect(path, file))


def _without_effect(path: Path, file: Path) -> str:
    """What the file says that has no effect there, where the checkout tells which repository it is."""
    from bot import config
    from bot.checkout import origin
    from bot.checkout.texts import read_text

    name = origin.find(path).name if path.is_dir() else ""
    text = read_text(file) if name and name.lower() != config.ORGANISATION_REPOSITORY and file.exists() else None
    said = config.understand(text)
    if isinstance(said, config.InvalidConfig):
        return ""
    return _complaints(file, config.ignored(said))


def show(path: Place = Path(), as_format: AsFormat = Format.TEXT) -> None:
    """Show the settings in force, defaults filled in.

    The organisation's file is not asked for: what it says is shown by `/pubflow config` in a comment.
    """
    from bot.config import InvalidConfig

    file, settings = _read(path)
    if isinstance(settings, InvalidConfig):
        sys.stderr.write(_complaints(file, settings.problems))
        raise typer.Exit(1)
    values = _without_unset(msgspec.to_builtins(settings))
    if as_format is Format.JSON:
        sys.stdout.write(json.dumps(values, indent=2) + "\n")
        return
    sys.stdout.write("".join(f"{name}: {json.dumps(value)}\n" for name, value in values.items()))


def _without_unset(values: dict[str, object]) -> dict[str, object]:
    """As a file could say it: what has no default and was not set is left out."""
    shown = {name: _without_unset(value) if isinstance(value, dict) else value for name, value in values.items()}
    return {name: value for name, value in shown.items() if value is not None}


def schema() -> None:
    """Print the JSON Schema of the configuration, for editors and for checks in continuous integration.

    An editor with a YAML language server finds it by a first line such as
    `# yaml-language-server: $schema=pubflow.schema.json`.
    """
    from bot import resources
    from bot.config import SCHEMA

    sys.stdout.write(resources.text(SCHEMA))


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


def _complaints(file: Path, problems: Sequence[Problem]) -> str:
    """One line for each thing that is wrong, as compilers write them."""
    name = line(str(file))
    return "".join(f"{name}:{each.line}:{each.column}: {line(each.message)}\n" for each in problems)
