"""What people asked of us in a repository, by commands and checkboxes; kept by us, not in the repository.

Each wish names what it is about so closely that it ends by itself: giving a branch back is about the commit that stood
there, bringing a proposal back is about the pull request that was closed.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from bot.config import Config, Pins


class Wish(StrEnum):
    """What may be asked for, and what its value then is."""

    IGNORE_RULE = "ignore-rule"
    """The id of a rule."""
    IGNORE_ACTION = "ignore-action"
    """`owner/name` of an action; `*` for any part of it."""
    IGNORE_FILE = "ignore-file"
    """A path, or a pattern."""
    PIN = "pin"
    """`sha` or `tag`; there is one at most."""
    REGISTERED = "registered"
    """The subject of the plan whose publishers a person says to have registered; the note is the repository's name."""
    AGAIN = "again"
    """The number of a closed pull request whose proposal shall come back."""
    HAND_BACK = "hand-back"
    """The commit on our branch that may be overwritten, whoever made it."""


IGNORING = (Wish.IGNORE_RULE, Wish.IGNORE_ACTION, Wish.IGNORE_FILE)


class Wished(Struct, frozen=True, kw_only=True):
    """One wish; `login` is who had it."""

    wish: Wish
    value: str
    note: str = ""
    login: str = ""


class Wishes(Struct, frozen=True):
    """All that is wished for in one repository."""

    all: tuple[Wished, ...] = ()

    def of(self, *wishes: Wish) -> tuple[Wished, ...]:
        return tuple(one for one in self.all if one.wish in wishes)

    def has(self, wish: Wish, value: str) -> bool:
        return any(one.value == value for one in self.of(wish))

    def registered(self, subject: str, full_name: str) -> bool:
        """Claims that somebody has registered these publishers under the name that the repository still has."""
        return any(one.value == subject and one.note == full_name for one in self.of(Wish.REGISTERED))

    def over(self, config: Config) -> Config:
        """The configuration with what was asked for by commands laid over it."""
        if not self.all:
            return config
        rules, actions, files = (tuple(one.value for one in self.of(wish)) for wish in IGNORING)
        ignore = replace(
            config.ignore,
            rules=_joined(config.ignore.rules, rules),
            actions=_joined(config.ignore.actions, actions),
            files=_joined(config.ignore.files, files),
        )
        pins = next((Pins(one.value) for one in self.of(Wish.PIN)), config.bump.pins)
        return replace(config, ignore=ignore, bump=replace(config.bump, pins=pins))


def _joined(first: Iterable[str], second: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))
