"""`help`: every command, what it does and who may give it."""

from __future__ import annotations

from bot.commands.command import Command, Deed, View
from bot.config import Permission


def act(_argument: str, _view: View) -> Deed:
    from bot.commands import overview  # noqa: PLC0415 - the table holds this very command

    return Deed(says=overview())


COMMAND = Command(name="help", about="lists the commands", needs=Permission.TRIAGE, act=act)
