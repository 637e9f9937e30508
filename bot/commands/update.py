"""`update`: look now, and open or refresh what is to be proposed."""

from __future__ import annotations

from bot.commands.command import Command, Deed, View
from bot.config import Permission


def act(_argument: str, _view: View) -> Deed:
    return Deed(scan=True)


COMMAND = Command(
    name="update",
    about="scans this repository now, and opens the pull requests or brings them up to date",
    needs=Permission.WRITE,
    act=act,
)
