"""What GitHub says, made fit for our own logs and exceptions: short, on one line, without anything like a secret."""

from __future__ import annotations

import re

from bot.redaction import MASK, masked

LONGEST = 200
_SECRET = re.compile(
    r"""
    v1\.[A-Za-z0-9._-]+            # GitHub's tokens of before 2021
    | (?i:token)\s+[A-Za-z0-9+/=._-]{16,}
    | [A-Za-z0-9+/=_-]{40,}        # old tokens had forty hexadecimal digits, as object ids have
    """,
    re.VERBOSE,
)
"""What only here, where nothing of the kind is worth keeping, may be taken for a secret."""


def clean(text: object) -> str:
    """`text` on one line, at most 200 characters, secrets masked; empty for what is not a string."""
    if not isinstance(text, str):
        return ""
    hidden = _SECRET.sub(MASK, masked(text[: 20 * LONGEST]))
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in hidden).split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
