"""The name under which an index files a project."""

from __future__ import annotations

import re

_RUNS = re.compile(r"[-_.]+")


def canonical(name: str) -> str:
    """`Spoon_Fork.x` -> `spoon-fork-x`; nothing is said of whether an index would take the name.

    https://packaging.python.org/en/latest/specifications/name-normalization/#name-normalization. Loading the function
    of the library `packaging`, which says the same, takes a twentieth of the time that a check takes to start.
    """
    return _RUNS.sub("-", name).lower()
