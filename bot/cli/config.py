"""`pubflow config`: what `.github/pubflow.yml` of a checkout says, and whether it can be understood."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from bot.cli.options import AsFormat, Format, Offline
from bot.errors import CheckoutError
from bot.plain import line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.config import Config, InvalidConfig, Problem
    from bot.settings import Settings


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


def show(path: Place = Path(), as_format: AsFormat = Format.TEXT, offline: Offline = False) -> None:
    """Show the settings in force, defaults filled in, and which file says what.

    The organisation's file is asked for where GITHUB_TOKEN, or the App's credentials, are in the environment and the
    folder tells which repository it is; if not, a note says so. Ends with 1 if a file cannot be understood.
    """
    from bot import config
    from bot.config import InvalidConfig

    file, text = _text(path)
    asked = _asked(path, offline=offline)
    own, theirs = config.understand(text), config.understand(asked.text)
    for name, said in ((line(str(file)), own), (asked.name, theirs)):
        if isinstance(said, InvalidConfig):
            sys.stderr.write(_complaints(Path(name), said.problems))
    if isinstance(own, InvalidConfig) or isinstance(theirs, InvalidConfig):
        raise typer.Exit(1)
    if asked.note:
        sys.stderr.write(f"{line(asked.note)}\n")
    below = own if asked.is_home else theirs
    values = _without_unset(msgspec.to_builtins(config.merge(below, own)))
    if as_format is Format.JSON:
        sys.stdout.write(json.dumps(values, indent=2) + "\n")
        return
    said_by = config.origins(below, config.Said() if asked.is_home else own)
    for name, value in values.items():
        sys.stdout.write(f"{name}: {json.dumps(value)}{_origin(name, said_by)}\n")


def _origin(name: str, said_by: Mapping[str, bool]) -> str:
    """A comment that says which file a setting is of; none for a default."""
    words = {True: "this repository", False: "the organisation"}
    if name in said_by:
        return f"  # {words[said_by[name]]}"
    below = [(key.removeprefix(f"{name}."), own) for key, own in said_by.items() if key.startswith(f"{name}.")]
    parts = [f"{key}: {words[own]}" for key, own in below]
    return f"  # {'; '.join(parts)}" if parts else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """The organisation's file; `note` says why it was not asked for."""

    text: str | None = None
    name: str = ""
    note: str = ""
    is_home: bool = False
    """The folder is the organisation's own repository."""


def _asked(path: Path, *, offline: bool) -> _Asked:
    """Raises ConfigurationError for wrong variables."""
    from bot import config
    from bot.checkout import origin
    from bot.settings import Settings

    found = origin.find(path) if path.is_dir() else origin.Origin()
    if found.name.lower() == config.ORGANISATION_REPOSITORY:
        return _Asked(is_home=True)
    without = "the organisation's file was not asked for, so what it says is not in this: "
    if offline:
        return _Asked(note=f"{without}--offline")
    if not found.owner:
        return _Asked(note=f"{without}nothing tells which repository this is")
    settings = Settings.of_environment()
    if settings.github_token is None and not settings.has_app:
        return _Asked(note=f"{without}set GITHUB_TOKEN, or the App's variables")
    return asyncio.run(_ask(settings, found.owner))


async def _ask(settings: Settings, owner: str) -> _Asked:
    import aiohttp

    from bot import config, opening
    from bot.errors import GitHubError
    from bot.model import InstallationId, Unread

    name = f"{owner}/{config.ORGANISATION_REPOSITORY}"
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        github = opening.speak(session, settings, opening.any_credentials(settings))
        try:
            installed = await github.installation_of(owner, None) if settings.has_app else None
            number = installed.id if installed is not None else InstallationId(0)
            file = await github.shared(number, owner, config.ORGANISATION_REPOSITORY, config.PATH)
        except GitHubError as error:
            return _Asked(note=f"the organisation's file could not be asked for, so it is not in this: {error}")
    if file is None:
        return _Asked(note=f"{name} holds no {config.PATH} that can be seen from here")
    if isinstance(file.text, Unread):
        return _Asked(note=f"{name}: its {config.PATH} cannot be read, as it is {file.text}")
    return _Asked(text=file.text, name=f"{name}/{config.PATH}")


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

    file, text = _text(path)
    return file, config.read(text)


def _text(path: Path) -> tuple[Path, str | None]:
    """The file and what is in it; None: there is none. Raises CheckoutError."""
    from bot import config
    from bot.checkout.texts import read_text
    from bot.model import Unread

    if not path.exists():
        raise CheckoutError(f"{path} does not exist")
    file = path / config.PATH if path.is_dir() else path
    if not file.exists() and not file.is_symlink():
        return file, None
    text = read_text(file)
    if isinstance(text, Unread):
        raise CheckoutError(f"{file} cannot be read: it is {text}")
    return file, text


def _complaints(file: Path, problems: Sequence[Problem]) -> str:
    """One line for each thing that is wrong, as compilers write them."""
    name = line(str(file))
    return "".join(f"{name}:{each.line}:{each.column}: {line(each.message)}\n" for each in problems)
