"""`pin`: how raised actions are written in this repository, over what the configuration says."""

from __future__ import annotations

from bot.commands.command import Command, Deed, View, refused
from bot.config import Permission, Pins
from bot.wishes import Wish, Wished

_WAYS = {"sha": "by their commit, with the version beside it", "tag": "by their tag"}


def act(argument: str, _view: View) -> Deed:
    word = argument.split(maxsplit=1)[0].lower() if argument else ""
    if word == Pins.KEEP:
        return Deed(says="Actions are written as the configuration says.", drop=((Wish.PIN, None),), scan=True)
    if word not in _WAYS:
        return refused("`/pubflow pin sha` or `/pubflow pin tag`? `/pubflow pin keep` leaves it to the configuration.")
    return Deed(
        says=f"Actions that pubflow raises here are written {_WAYS[word]}.",
        add=(Wished(wish=Wish.PIN, value=word),),
        scan=True,
    )


COMMAND = Command(
    name="pin",
    argument="sha | tag",
    about="writes the actions that pubflow raises by commit or by tag, whatever the configuration says",
    needs=Permission.WRITE,
    act=act,
)
