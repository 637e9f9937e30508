"""Ranges of versions, and what a repository's maintainers allow of them."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from bot.bumping.versions import Version, read_version
from bot.config import Bump

_BOUND = re.compile(r"\s*(?P<sign><=|>=|==|=|<|>)?\s*v?(?P<version>\d+(?:\.\d+){0,3})\s*\Z")


def in_range(version: Version, text: str) -> bool:
    """Claims that a version lies in `< 4.1.3`, `>= 2.0, < 2.3.1` or `7.0.0`; False for what is no such range."""
    return bool(text.strip()) and all(_holds(version, part) for part in text.split(","))


def is_left_alone(action: str, policy: Bump) -> bool:
    """Claims that nothing is said of an action at all."""
    return any("@" not in entry and fnmatchcase(action, entry.lower()) for entry in policy.ignore)


def is_allowed(action: str, version: Version, policy: Bump) -> bool:
    """Claims that an action may be raised to a version, as far as its name is mentioned."""
    for entry in policy.ignore:
        name, _, text = entry.partition("@")
        if text and fnmatchcase(action, name.strip().lower()) and in_range(version, text):
            return False
    for name, text in policy.actions.items():
        stay = read_version(text)
        if stay is not None and fnmatchcase(action, name.lower()) and not stay.includes(version):
            return False
    return True


def _holds(version: Version, text: str) -> bool:
    found = _BOUND.match(text)
    bound = read_version(found["version"]) if found is not None else None
    if found is None or bound is None:
        return False
    match found["sign"]:
        case "<":
            return version.order < bound.order
        case "<=":
            return version.order <= bound.order or bound.includes(version)
        case ">":
            return version.order > bound.order and not bound.includes(version)
        case ">=":
            return version.order >= bound.order
        case _:
            return bound.includes(version)
