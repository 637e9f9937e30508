"""`environment`: what environments lack that releases are or would be published from, and how to give it to them."""

from __future__ import annotations

from msgspec.structs import replace

from bot.beside import publishing_environments
from bot.commands.command import Command, Deed, View
from bot.config import Permission
from bot.messages.protection import protection
from bot.survey import resurvey


def named(view: View) -> tuple[str, ...]:
    """The environments from which workflows publish, as they are and as is proposed."""
    before = view.decision.survey
    files = {change.file: change.after for change in view.decision.changes if change.after is not None}
    snapshot = before.snapshot
    after = resurvey(before, replace(snapshot, files={**snapshot.files, **files})) if files else before
    return tuple(dict.fromkeys((*publishing_environments(after), *publishing_environments(before))))


def act(_argument: str, view: View) -> Deed:
    repo = view.snapshot.repo
    url = f"{view.places.web}/{repo.ref.full_name}/settings/environments"
    return Deed(says=protection(named(view), view.environments, repo, url))


COMMAND = Command(
    name="environment",
    about="says how to protect the environment that releases are published from",
    needs=Permission.TRIAGE,
    act=act,
    protects=True,
)
