"""`confirm`: somebody has registered the publishers, so the draft becomes ready for review; or takes that back."""

from __future__ import annotations

from bot.commands.command import Command, Deed, View, refused
from bot.config import Permission
from bot.model import TRUSTED_PUBLISHING_BRANCH
from bot.wishes import Wish, Wished

TAKEN_BACK = "no"


def act(argument: str, view: View) -> Deed:
    """It is said of what is proposed now, under the name that the repository has now."""
    if argument.lower() == TAKEN_BACK:
        return Deed(says="Noted: the publisher is not registered yet.", drop=((Wish.REGISTERED, None),), scan=True)
    plan = next((plan for plan in view.decision.plans if plan.branch == TRUSTED_PUBLISHING_BRANCH), None)
    if plan is None:
        return refused("Nothing that is proposed here waits for a publisher.")
    name = view.snapshot.repo.ref.full_name
    return Deed(
        says="Noted: the publisher is registered.",
        add=(Wished(wish=Wish.REGISTERED, value=plan.subject, note=name),),
        scan=True,
        confirmed=True,
    )


COMMAND = Command(
    name="confirm",
    argument="[no]",
    about="says that the publisher is registered on PyPI, and makes the draft ready for review; `no` takes it back",
    needs=Permission.WRITE,
    act=act,
)
