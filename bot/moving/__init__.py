"""Moving uploads from stored tokens to Trusted Publishing: pure, one workflow at a time, proved or refused.

`move` reads a survey and gives the workflow's new text with all that a pull request must say of it; what is not moved
comes back as refusals, each one sentence that says what a person should do.
"""

from __future__ import annotations

from bot.moving.jobs import is_token_upload
from bot.moving.move import can_be_tried, move
from bot.moving.nouns import RULE, Identity, Migration, Moved

__all__ = ["RULE", "Identity", "Migration", "Moved", "can_be_tried", "is_token_upload", "move"]
