"""`config`: which settings are in force, and what is wrong with the file."""

from __future__ import annotations

from bot.commands.command import Command, Deed, View
from bot.config import (
    ORGANISATION_REPOSITORY,
    PATH,
    Config,
    InvalidConfig,
    Permission,
    Said,
    merge,
    read,
    understand,
)
from bot.messages import replies
from bot.model import Snapshot, Visibility


def act(_argument: str, view: View) -> Deed:
    settings = view.decision.settings
    config = None if settings.config is None else view.wishes.over(settings.config)
    snapshot = view.decision.survey.snapshot
    own = None if snapshot.repo.visibility is Visibility.PRIVATE else view.wishes.over(_own(snapshot))
    return Deed(says=replies.config(config, settings.problems, broken=settings.broken, own=own))


def _own(snapshot: Snapshot) -> Config:
    """What the repository says itself, as everybody who sees it can read."""
    if snapshot.repo.ref.name.lower() == ORGANISATION_REPOSITORY:
        found = read(snapshot.files.get(PATH))
        return found if isinstance(found, Config) else Config()
    said = understand(snapshot.files.get(PATH))
    return Config() if isinstance(said, InvalidConfig) else merge(Said(), said)


COMMAND = Command(
    name="config",
    about="shows the settings in force here, and what is wrong with `.github/pubflow.yml` if something is",
    needs=Permission.TRIAGE,
    act=act,
)
