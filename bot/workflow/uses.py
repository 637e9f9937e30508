"""`uses:` taken apart.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsuses
"""

from __future__ import annotations

import re

from bot.workflow.parts import Uses, UsesKind

_REMOTE = re.compile(r"([\w.-]+)/([\w.-]+)(?:/([^@\s]*))?(?:@(\S+))?\Z")


def parse_uses(text: str, line: int = 1) -> Uses:
    """The parts of a `uses:` value; what GitHub would refuse is of kind OTHER."""
    stripped = text.strip()
    if stripped.startswith(("./", "../")):
        path, _, ref = stripped.partition("@")
        path = path.removeprefix("./").strip("/")
        return Uses(text=stripped, kind=UsesKind.LOCAL, path=path, ref=ref, line=line)
    if stripped.startswith("docker://"):
        return Uses(text=stripped, kind=UsesKind.DOCKER, path=stripped.removeprefix("docker://"), line=line)
    found = _REMOTE.match(stripped)
    if found is None or "${{" in stripped:
        return Uses(text=stripped, kind=UsesKind.OTHER, line=line)
    owner, repo, path, ref = found.groups("")
    return Uses(
        text=stripped,
        kind=UsesKind.REMOTE,
        owner=owner,
        repo=repo,
        path=path.strip("/"),
        ref=ref,
        line=line,
    )
