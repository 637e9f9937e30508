"""`environment`: what to click, for the environments that the proposed workflows publish from."""

from __future__ import annotations

from bot.commands.command import Command, Deed, View
from bot.config import Permission
from bot.messages import replies
from bot.model import Who


def act(_argument: str, view: View) -> Deed:
    steps = tuple(step for step in view.decision.steps if step.who is Who.ADMIN)
    used = tuple(dict.fromkeys(one.environment for one in view.decision.survey.publishers if one.environment))
    ref = view.snapshot.repo.ref
    return Deed(says=replies.environment(steps, used, f"{view.places.web}/{ref.full_name}/settings/environments"))


COMMAND = Command(
    name="environment",
    about="says how to protect the environment that releases are published from",
    needs=Permission.TRIAGE,
    act=act,
)
