"""`rebase`: put our commit on top of the default branch."""

from __future__ import annotations

from bot.commands.command import Command, Deed, View, refused
from bot.config import Permission


def act(_argument: str, view: View) -> Deed:
    looks = [look for look in view.looks if look.open is not None]
    if not looks:
        return refused("No pull request of pubflow is open here.")
    mine = frozenset(look.branch for look in looks if not look.touched)
    if not mine:
        return refused(
            "Others have pushed to its branch, and their commits are not rewritten. `/pubflow recreate` makes the "
            "branch anew **without** them."
        )
    return Deed(scan=True, remade=mine)


COMMAND = Command(
    name="rebase",
    about="puts the pull request on top of the default branch as it is now",
    needs=Permission.WRITE,
    act=act,
)
