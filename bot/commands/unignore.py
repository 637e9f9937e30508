"""`unignore`: take back what a command ignored."""

from __future__ import annotations

from bot.commands.command import Command, Deed, View, refused
from bot.commands.ignoring import wished
from bot.config import Permission
from bot.messages import code
from bot.wishes import IGNORING


def act(argument: str, view: View) -> Deed:
    """Without a word everything; what the configuration ignores is the configuration's."""
    kept = view.wishes.of(*IGNORING)
    if argument:
        meant = wished(argument.split(maxsplit=1)[0])
        kept = tuple(
            one for one in kept if meant and (one.wish, one.value.lower()) == (meant.wish, meant.value.lower())
        )
        if not kept:
            return refused(
                f"{code(argument.split(maxsplit=1)[0])} is not ignored by a command; `/pubflow status` lists what "
                "is, and `ignore` in `.github/pubflow.yml` is changed there."
            )
    if not kept:
        return refused("Nothing is ignored by a command.")
    names = ", ".join(code(one.value) for one in kept)
    return Deed(says=f"No longer ignored: {names}.", drop=tuple((one.wish, one.value) for one in kept), scan=True)


COMMAND = Command(
    name="unignore",
    argument="[RULE | ACTION | FILE]",
    about="takes back what was ignored by a command; without a word all of it",
    needs=Permission.WRITE,
    act=act,
)
