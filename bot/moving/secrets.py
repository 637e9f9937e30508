"""Which secrets a move leaves without any use in the repository's own workflows and actions."""

from __future__ import annotations

from bot.secrets import in_use
from bot.survey import Survey


def split_secrets(after: Survey, names: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(no longer referred to, still in use) of the secrets that a move took out; case does not count."""
    used = in_use(after, names)
    left = tuple(name for name in names if name.upper() in used)
    return tuple(name for name in names if name.upper() not in used), left
