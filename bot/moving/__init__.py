"""Moving uploads from stored tokens to Trusted Publishing: pure, one workflow at a time, proved or refused.

`move` reads a survey and gives the workflow's new text with all that a pull request must say of it; what is not moved
comes back as refusals, each one sentence that says what a person should do.

What moves is loaded when the first upload with a token is seen: most repositories that are checked have none.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from bot.moving.nouns import RULE, Identity, Migration, Moved, is_token_upload, is_unclear

if TYPE_CHECKING:
    from bot.moving.mover import can_be_tried, move

__all__ = ["RULE", "Identity", "Migration", "Moved", "can_be_tried", "is_token_upload", "is_unclear", "move"]

_LATER = {"can_be_tried": "bot.moving.mover", "move": "bot.moving.mover"}


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(_LATER[name]), name)
    return found
