"""What GitHub says, made fit for our own logs and exceptions: short, on one line, without anything like a secret."""

from __future__ import annotations

import re

LONGEST = 200
_SECRET = re.compile(
    r"""
    -----BEGIN.*                                    # a key, to the end
    | (?:gh[a-z]_|github_pat_|v1\.)[A-Za-z0-9._-]+  # GitHub's tokens, the long ones with dots too
    | eyJ[A-Za-z0-9._-]+                            # a JWT
    | (?i:bearer|token|basic)\s+[A-Za-z0-9+/=._-]{16,}
    | [A-Za-z0-9+/=_-]{40,}                         # old tokens had forty hexadecimal digits, as object ids have
    """,
    re.VERBOSE | re.DOTALL,
)


def clean(text: object) -> str:
    """`text` on one line, at most 200 characters, secrets masked; empty for what is not a string."""
    if not isinstance(text, str):
        return ""
    masked = _SECRET.sub("***", text[: 20 * LONGEST])
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in masked).split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
