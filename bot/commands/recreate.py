"""`recreate`: make a pull request anew, also over the commits of others, and also one that was closed."""

from __future__ import annotations

from bot.commands.command import Command, Deed, View, refused
from bot.config import Permission
from bot.lifecycle import Look
from bot.model import PullState
from bot.wishes import Wish, Wished


def act(_argument: str, view: View) -> Deed:
    """The commits that may be overwritten are those that are there now; what comes later stays."""
    if view.here is not None and view.here.state is PullState.MERGED:
        return refused("This one is merged. `/pubflow update` looks whether there is something new to propose.")
    looks = [look for look in view.looks if look.open is not None or look.answer is not None]
    if not looks:
        if view.decision.plans:
            return Deed(scan=True)
        return refused("There is nothing to make anew: nothing is proposed here, and nothing was closed.")
    return Deed(
        add=tuple(wished for look in looks for wished in _wishes(look)),
        scan=True,
        remade=frozenset(look.branch for look in looks),
    )


def _wishes(look: Look) -> list[Wished]:
    wanted: list[Wished] = []
    head = look.snapshot.branches.get(look.branch)
    if look.touched and head is not None:
        wanted.append(Wished(wish=Wish.HAND_BACK, value=head))
    if look.open is None and look.answer is not None:
        wanted.append(Wished(wish=Wish.AGAIN, value=str(look.answer.number)))
    return wanted


COMMAND = Command(
    name="recreate",
    about="makes the pull request anew, dropping commits that others pushed to its branch; also one that was closed",
    needs=Permission.WRITE,
    act=act,
)
