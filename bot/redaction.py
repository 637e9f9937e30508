"""The one mask: what looks like a secret, and the very secrets of this site, are taken out of a text.

Every way out of a process leads through it: log lines and tracebacks (`bot.logs`), stored errors of jobs (`bot.queue`),
what a command prints when it fails (`bot.cli`). Masking works on the finished text, so that no exception and no
third-party library can go around it.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

MASK = "***"
_SHAPES = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    r"|\bgh[a-z]_[A-Za-z0-9._-]{4,}"
    r"|\bgithub_pat_[A-Za-z0-9_]{8,}"
    r"|\bpypi-[A-Za-z0-9_-]{16,}"
    # Not at any boundary of words: a long run of beginnings without a dot would be read again from each of them.
    r"|(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9._-]+"
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"
    # How a client introduces itself, and what comes back from a sign-in or a registration: both are good for a while.
    r"|(?i:\b(?:basic|bearer) )[A-Za-z0-9+/=._~-]{16,}"
    # So is an address that was signed for whoever has it.
    r"|(?<=[?&])(?i:code|state|access_token|refresh_token|client_secret|password|sig|signature|x-amz-signature)"
    r"=[^&\s\"'<>]{12,}",
    re.DOTALL,
)
_SHORTEST = 6
"""A configured secret shorter than this would mask ordinary words."""
_LONG_LINE = 32


class Redactor:
    """Masks what looks like a secret, and the secrets that it was given, as they are and as they may be written."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {form for secret in secrets if len(secret) >= _SHORTEST for form in _forms(secret)}
        known = sorted(forms, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def __call__(self, text: str) -> str:
        masked = text if self._known is None else self._known.sub(MASK, text)
        return _SHAPES.sub(MASK, masked)


class _Process:
    """What this process masks with; there is one, as there is one standard error."""

    redact: Redactor = Redactor()


def use(redact: Redactor) -> None:
    """From here on `masked` knows these secrets. Called once, where a process has read its settings."""
    _Process.redact = redact


def masked(text: str) -> str:
    """`text` without secrets: those of the settings, once they have been read, and whatever looks like one."""
    return _Process.redact(text)


def _forms(secret: str) -> Iterator[str]:
    """A secret as it stands in a text, in JSON, in a `repr`, in an address and, for a header, in base64.

    A key has several lines, and each of them by itself is a part of it.
    """
    yield secret
    yield from (part for part in re.split(r"\\n|\s", secret) if len(part) >= _LONG_LINE)
    yield secret.strip()
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield repr(secret)[1:-1]
    yield quote(secret, safe="")
    yield base64.b64encode(secret.encode()).decode().rstrip("=")
