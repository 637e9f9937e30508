"""What a repository's maintainers want of one action: the rules for all, and those for its name laid over them."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import lru_cache

from msgspec import Struct

from bot.bumping.ranges import in_range
from bot.bumping.versions import Version, read_version
from bot.config import ActionRules, Bump, Pins


class Policy(Struct, frozen=True, kw_only=True):
    """What counts for one action. `barred`: ranges of versions that it is not raised to."""

    pins: Pins
    cooldown: int
    majors: bool
    stay: Version | None = None
    barred: tuple[str, ...] = ()
    ignored: bool = False
    """Nothing is said of it at all."""

    def allows(self, version: Version) -> bool:
        """Claims that the action may be raised to a version."""
        if self.stay is not None and not self.stay.includes(version):
            return False
        return not self.barred or not any(in_range(version, text) for text in self.barred)


def policy_for(action: str, bump: Bump) -> Policy:
    """Of an action, by its `owner/repo` in lower case."""
    if not bump.actions and not bump.ignore:
        return _of_all(bump.pins, bump.cooldown, bump.majors)
    rules = [rules for name, rules in bump.actions.items() if fnmatchcase(action, name.lower())]
    own = _laid_over(rules[::-1])
    mentioned = [text for entry in bump.ignore for name, _, text in [entry.partition("@")] if _is(action, name)]
    return Policy(
        pins=bump.pins if own.pins is None else own.pins,
        cooldown=bump.cooldown if own.cooldown is None else own.cooldown,
        majors=bump.majors if own.majors is None else own.majors,
        stay=read_version(own.stay) if own.stay is not None else None,
        barred=tuple(text for text in mentioned if text),
        ignored="" in mentioned or bool(own.ignore),
    )


@lru_cache(maxsize=64)
def _of_all(pins: Pins, cooldown: int, majors: bool) -> Policy:
    return Policy(pins=pins, cooldown=cooldown, majors=majors)


def _is(action: str, name: str) -> bool:
    return fnmatchcase(action, name.strip().lower())


def _laid_over(rules: list[ActionRules]) -> ActionRules:
    """The first that says something counts, setting by setting."""
    return ActionRules(
        stay=next((one.stay for one in rules if one.stay is not None), None),
        majors=next((one.majors for one in rules if one.majors is not None), None),
        cooldown=next((one.cooldown for one in rules if one.cooldown is not None), None),
        pins=next((one.pins for one in rules if one.pins is not None), None),
        ignore=next((one.ignore for one in rules if one.ignore is not None), None),
    )
