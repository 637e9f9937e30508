"""The same text as other editors and systems write it."""

from __future__ import annotations

from collections.abc import Callable

VARIANTS: dict[str, Callable[[str], str]] = {
    "as is": lambda text: text,
    "CRLF": lambda text: text.replace("\r\n", "\n").replace("\n", "\r\n"),
    "byte order mark": lambda text: "\ufeff" + text.removeprefix("\ufeff"),
    "emoji": lambda text: (
        text if text.startswith(("\ufeff", "%")) else ("# 🚀 é\r\n" if "\r\n" in text else "# 🚀 é\n") + text
    ),
    "no final newline": lambda text: text.rstrip("\r\n"),
}
