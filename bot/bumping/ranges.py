"""Ranges of versions, as advisories and configurations write them."""

from __future__ import annotations

import re

from bot.bumping.versions import Version, read_version

_BOUND = re.compile(r"\s*(?P<sign><=|>=|==|=|<|>)?\s*v?(?P<version>\d+(?:\.\d+){0,3})\s*\Z")


def in_range(version: Version, text: str) -> bool:
    """Claims that a version lies in `< 4.1.3`, `>= 2.0, < 2.3.1` or `7.0.0`; False for what is no such range."""
    return bool(text.strip()) and all(_holds(version, part) for part in text.split(","))


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
