"""What people can ask for in a comment: one file a command, one line each in `COMMANDS`.

`/pubflow VERB` at the start of a line of a new comment. A command is a pure function from what is so to what is to be
done; asking who may give it, and doing it, is the job's (`bot.jobs.answer`).
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from bot.commands import (
    close,
    config,
    confirm,
    environment,
    explain,
    ignore,
    pin,
    rebase,
    recreate,
    status,
    unignore,
    update,
)
from bot.commands import help as helping
from bot.commands.command import Command, Deed, View, may
from bot.commands.parsing import lines, might_hold
from bot.config import Permission
from bot.messages.checkboxes import Box

__all__ = [
    "BOXES",
    "COMMANDS",
    "TAKEN_BACK",
    "BadCommand",
    "Call",
    "Command",
    "Deed",
    "View",
    "lines",
    "may",
    "might_hold",
    "overview",
    "parse",
    "understand",
]

COMMANDS: tuple[Command, ...] = (
    update.COMMAND,
    status.COMMAND,
    recreate.COMMAND,
    rebase.COMMAND,
    ignore.COMMAND,
    unignore.COMMAND,
    confirm.COMMAND,
    environment.COMMAND,
    config.COMMAND,
    explain.COMMAND,
    pin.COMMAND,
    close.COMMAND,
    helping.COMMAND,
)
_BY_NAME = {command.name: command for command in COMMANDS}

BOXES = {Box.REBASE: "rebase", Box.RECREATE: "recreate", Box.REGISTERED: "confirm", Box.HAND_BACK: "recreate"}
"""Checkbox -> the command that ticking it gives."""

TAKEN_BACK = {Box.REGISTERED: "confirm no"}
"""Checkbox that stays ticked -> the command that emptying it gives."""

_LONGEST_WORD = 40
_WHO = {Permission.WRITE: "who may push", Permission.TRIAGE: "who may triage, and the pull request's author"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A command that somebody gave."""

    command: Command
    argument: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BadCommand:
    """A word that is no command; `nearest` is the one that may have been meant."""

    word: str
    nearest: str | None = None


def parse(text: str) -> tuple[Call | BadCommand, ...]:
    """The commands of a comment, in order; none: it is not for us."""
    return tuple(understand(line) for line in lines(text))


def understand(line: str) -> Call | BadCommand:
    """One line, `/pubflow` left out; nothing at all asks for help."""
    word, _, rest = line.strip().partition(" ")
    name = word.lower()
    if not name:
        return Call(command=helping.COMMAND)
    if name in _BY_NAME:
        return Call(command=_BY_NAME[name], argument=rest.strip())
    return BadCommand(
        word=word[:_LONGEST_WORD], nearest=next(iter(get_close_matches(name[:_LONGEST_WORD], list(_BY_NAME), 1)), None)
    )


def overview() -> str:
    """A table of every command, in Markdown."""
    rows = [
        f"| `{one.usage.replace('|', chr(92) + '|')}` | {one.about[0].upper()}{one.about[1:]}. | {_WHO[one.needs]} |"
        for one in COMMANDS
    ]
    return "\n".join(["| Command | What it does | Who |", "| --- | --- | --- |", *rows])
