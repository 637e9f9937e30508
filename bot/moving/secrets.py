"""Which secrets a move leaves without any use in the repository's own workflows and actions."""

from __future__ import annotations

from bot.secrets import references
from bot.survey import Survey


def split_secrets(after: Survey, names: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(no longer referred to, still in use) of the secrets that a move took out; case does not count."""
    branch = references(after, after.snapshot.repo.default_branch or "")
    unclear = bool(branch.dynamic or branch.handed_on)
    used = tuple(name for name in names if name.upper() in branch.names or unclear)
    return tuple(name for name in names if name not in used), used
