"""Version numbers of actions as their tags, refs and comments write them: `v4`, `v4.1`, `4.1.2`, `v1.2.3.4`."""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import Struct

_VERSION = re.compile(r"(?P<v>[vV]?)(?P<numbers>\d{1,6}(?:\.\d{1,6}){0,3})\Z")

_MISSING = ((0, 0, 0, 0), (0, 0, 0), (0, 0), (0,), ())
"""By how many numbers there are."""


class Version(Struct, frozen=True):
    """One to four numbers. `prefix` is `v`, `V` or nothing."""

    numbers: tuple[int, ...]
    prefix: str = "v"

    @property
    def major(self) -> int:
        return self.numbers[0]

    @property
    def order(self) -> tuple[int, ...]:
        """To compare by: missing numbers count as none."""
        return self.numbers + _MISSING[len(self.numbers)]

    def includes(self, other: Version) -> bool:
        """Claims that `other` is this version or one below it: `v4` includes `v4.1.2`."""
        return other.numbers[: len(self.numbers)] == self.numbers

    def cut(self, numbers: int) -> str:
        """The first so many numbers as text, without a prefix."""
        return ".".join(map(str, self.numbers[:numbers]))

    def __str__(self) -> str:
        return self.prefix + self.cut(4)


@lru_cache(maxsize=1024)
def read_version(text: str) -> Version | None:
    """The version that `text` is, from its first to its last character; None for everything else."""
    found = _VERSION.match(text)
    if found is None:
        return None
    return Version(tuple(map(int, found["numbers"].split("."))), found["v"])
