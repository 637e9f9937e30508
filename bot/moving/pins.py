"""How an inserted `uses:` is written: the actions and versions of our recipes, in the style that the file has.

The recipes are the one table of pins: a commit, and beside it the version that it is.
"""

from __future__ import annotations

import re
from enum import Enum

from bot.recipes import RECIPES
from bot.workflow import Uses, UsesKind, Workflow
from bot.yaml import Commented, Value

PYPA = "pypa/gh-action-pypi-publish"
UPLOAD = "actions/upload-artifact"
DOWNLOAD = "actions/download-artifact"
SETUP_PYTHON = "actions/setup-python"

_PIN = re.compile(r"uses: (?P<name>[\w.-]+/[\w.-]+)@(?P<sha>[0-9a-f]{40}) # (?P<version>v[\d.]+)")
_SHA = re.compile(r"[0-9a-f]{40}\Z")
_EXACT = re.compile(r"v?\d+\.\d+(?:\.\d+)*\Z")
_VERSION = re.compile(r"v?(\d{1,9})\.(\d{1,9})(?:\.(\d{1,9}))?\Z")
# TP came with 1.8, but what is older than 1.14.1 carries a twine that rejects the metadata of today's backends.
OLDEST_PYPA = (1, 14, 1)

PINS = {
    found["name"]: (found["sha"], found["version"]) for recipe in RECIPES for found in _PIN.finditer(recipe.workflow)
}
"""Action -> (commit, version)."""


class PinStyle(Enum):
    COMMIT = "commit"
    EXACT = "exact"
    MOVING = "moving"
    """A major version or a branch."""


def style_of(workflow: Workflow) -> PinStyle:
    """What most `uses:` of a file do, GitHub's own actions before others; commits win a draw, being the stricter."""
    uses = [
        step.uses
        for job in workflow.jobs.values()
        for step in job.steps
        if step.uses is not None and step.uses.kind is UsesKind.REMOTE
    ]
    refs = [each.ref for each in uses if each.owner.lower() == "actions"] or [each.ref for each in uses]
    styles = [style_of_ref(ref) for ref in refs]
    order = (PinStyle.COMMIT, PinStyle.MOVING, PinStyle.EXACT)
    return max(order, key=styles.count)


def pinned(action: str, style: PinStyle) -> Value:
    """The `uses:` value for one of our actions."""
    text, comment = written(action, style)
    return Commented(text, beside=comment) if comment else text


def written(action: str, style: PinStyle) -> tuple[str, str | None]:
    """The same as text, and the comment that belongs beside it."""
    commit, version = PINS[action]
    if style is PinStyle.COMMIT:
        return f"{action}@{commit}", version
    if style is PinStyle.EXACT:
        return f"{action}@{version}", None
    # The action of pypa has no moving tag for its major version; its moving branch is release/v1.
    return (f"{action}@release/v1" if action == PYPA else f"{action}@{version.split('.')[0]}"), None


def must_be_raised(uses: Uses, comment: str | None) -> bool:
    """Claims that a reference to pypa's action can upload no more: sunset, absent, or too old for today's metadata."""
    if uses.name != PYPA:
        return False  # a fork has versions of its own
    if uses.ref in ("release/v1", "unstable/v1", PINS[PYPA][0]):
        return False
    said = uses.ref if not _SHA.match(uses.ref) else (comment or "").lstrip("# ").split(" ")[0]
    found = _VERSION.match(said)
    return found is None or tuple(int(part or 0) for part in found.groups()) < OLDEST_PYPA


def style_of_ref(ref: str) -> PinStyle:
    """The style of one reference."""
    if _SHA.match(ref):
        return PinStyle.COMMIT
    return PinStyle.EXACT if _EXACT.match(ref) else PinStyle.MOVING
