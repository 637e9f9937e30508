"""`uses:` taken apart.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsuses
"""

from __future__ import annotations

import re
from functools import lru_cache

from bot.workflow.parts import Uses, UsesKind
from bot.yaml import Node

_REMOTE = re.compile(r"([\w.-]+)/([\w.-]+)(?:/([^@\s]*))?(?:@(\S+))?\Z")
_LARGEST_KEPT = 200
"""Characters of a text whose parts are kept a while."""

_Parts = tuple[str, UsesKind, str, str, str, str, str]
"""The fields of `Uses` up to its node, in their order."""


def parse_uses(text: str, node: Node | None = None) -> Uses:
    """The parts of a `uses:` value; what GitHub would refuse is of kind OTHER."""
    return Uses(*(_kept(text) if len(text) <= _LARGEST_KEPT else _parts(text)), node)


def _parts(text: str) -> _Parts:
    stripped = text.strip()
    if stripped.startswith(("./", "../")):
        path, _, ref = stripped.partition("@")
        return stripped, UsesKind.LOCAL, "", "", path.removeprefix("./").strip("/"), ref, ""
    if stripped.startswith("docker://"):
        return stripped, UsesKind.DOCKER, "", "", stripped.removeprefix("docker://"), "", ""
    found = _REMOTE.match(stripped)
    if found is None or "${{" in stripped:
        return stripped, UsesKind.OTHER, "", "", "", "", ""
    owner, repo, path, ref = found.groups("")
    return stripped, UsesKind.REMOTE, owner, repo, path.strip("/"), ref, f"{owner}/{repo}".lower()


@lru_cache(maxsize=256)
def _kept(text: str) -> _Parts:
    """Most steps of a repository use one of a few actions."""
    return _parts(text)
