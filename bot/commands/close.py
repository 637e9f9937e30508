"""`close`: a person's no, the same as closing the pull request by hand."""

from __future__ import annotations

from bot.commands.command import Command, Deed, View, refused
from bot.config import Permission


def act(_argument: str, view: View) -> Deed:
    numbers = tuple(pull.number for pull in view.open)
    if not numbers:
        return refused("No pull request of pubflow is open here.")
    named = " and ".join(f"#{number}" for number in numbers)
    return Deed(
        says=f"Closed {named}; the same is not proposed again. `/pubflow recreate` brings it back.", close=numbers
    )


COMMAND = Command(
    name="close",
    about="closes pubflow's pull request, or all of them; they do not come back unless somebody asks",
    needs=Permission.WRITE,
    act=act,
)
