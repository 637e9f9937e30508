"""Values of options without pydantic.

typer checks every value with pydantic, and loading that takes as long as loading typer: a third of what `pubflow check`
of a small repository may take. Texts, paths and words of a list need no more than what stands here; everything else is
left to typer. If another version of typer keeps its checks elsewhere, this has no effect, and a test says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from msgspec import Struct

if TYPE_CHECKING:
    from typer._click.core import Command

_KEPT_IN = "_runtime_param"
"""Where a parameter of typer keeps what turns a word into a value, once it has made it."""


class Reader(Struct, frozen=True, kw_only=True):
    """Turns one word of the command line into a value of `wanted`: bool, str, Path or an enumeration of texts."""

    wanted: type

    def coerce(self, value: object, **_: object) -> object:
        """What typer calls. Raises typer.BadParameter for a word that is not in the list."""
        if value is None or isinstance(value, self.wanted):  # a flag is true or false already
            return value
        if issubclass(self.wanted, Enum):
            return self._member(value)
        return Path(str(value)) if self.wanted is Path else str(value)

    def _member(self, value: object) -> object:
        members = {str(member.value): member for member in self.wanted}  # type: ignore[attr-defined] # an Enum
        if str(value) not in members:
            raise typer.BadParameter(f"{value!r} is none of: {', '.join(members)}")
        return members[str(value)]


class Words:
    """The same for an option that may be repeated: a list of texts, or nothing."""

    def coerce(self, value: object, **_: object) -> list[str] | None:
        """What typer calls."""
        return [str(word) for word in value] if isinstance(value, (list, tuple)) else None


def quicken(command: Command) -> None:
    """Give each parameter of a command, and of those below it, that takes simple words its reader."""
    for parameter in command.get_params(typer.Context(command)):
        wanted = getattr(getattr(parameter, "type_descriptor", None), "annotation", None)
        if wanted == list[str]:
            setattr(parameter, _KEPT_IN, Words())
        elif isinstance(wanted, type) and (wanted in {bool, str, Path} or issubclass(wanted, Enum)):
            setattr(parameter, _KEPT_IN, Reader(wanted=wanted))
    for one in _below(command):
        quicken(one)


def _below(command: Command) -> Iterator[Command]:
    yield from getattr(command, "commands", {}).values()
