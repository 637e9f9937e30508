"""`config`: which settings are in force, and what is wrong with the file."""

from __future__ import annotations

from bot.commands.command import Command, Deed, View
from bot.config import Permission
from bot.messages import replies


def act(_argument: str, view: View) -> Deed:
    settings = view.decision.settings
    config = None if settings.config is None else view.wishes.over(settings.config)
    return Deed(says=replies.config(config, settings.problems, broken=settings.broken))


COMMAND = Command(
    name="config",
    about="shows the settings in force here, and what is wrong with `.github/pubflow.yml` if something is",
    needs=Permission.TRIAGE,
    act=act,
)
