"""`.github/pubflow.yml`: what maintainers tell the bot.

A repository's file is laid over its organisation's, key by key, and both over the defaults. An invalid file never means
"carry on as if it were empty": a maintainer who tried to switch us off must not be ignored because of a typing error.
"""

from __future__ import annotations

from bot.config.force import InForce, Kept, in_force
from bot.config.merging import ignored, merge
from bot.config.origins import origins
from bot.config.problems import Problem
from bot.config.reading import InvalidConfig, Said, understand
from bot.config.settings import (
    ActionRules,
    Bump,
    Config,
    Day,
    Environments,
    Ignore,
    Index,
    Limits,
    Onboarding,
    Permission,
    Pins,
    Schedule,
    Scope,
    Secrets,
    Trigger,
)
from bot.config.words import ORGANISATION_ONLY

__all__ = [
    "ORGANISATION_ONLY",
    "ORGANISATION_REPOSITORY",
    "PATH",
    "SCHEMA",
    "ActionRules",
    "Bump",
    "Config",
    "Day",
    "Environments",
    "Ignore",
    "InForce",
    "Index",
    "InvalidConfig",
    "Kept",
    "Limits",
    "Onboarding",
    "Permission",
    "Pins",
    "Problem",
    "Said",
    "Schedule",
    "Scope",
    "Secrets",
    "Trigger",
    "ignored",
    "in_force",
    "merge",
    "origins",
    "read",
    "understand",
]

PATH = ".github/pubflow.yml"
SCHEMA = "schema/pubflow.json"
"""The file's JSON Schema, among the package's own texts (`bot.resources`)."""
ORGANISATION_REPOSITORY = ".github"
"""The repository of an account whose file counts for all of the account's repositories."""

_NOTHING = Said()


def read(text: str | None) -> Config | InvalidConfig:
    """The configuration in `text` alone, as an organisation's; None (no file) and an empty file give the defaults."""
    said = understand(text)
    return said if isinstance(said, InvalidConfig) else merge(said, _NOTHING)
