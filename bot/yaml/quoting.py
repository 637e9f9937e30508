"""Which texts may stand without quotes, and how the others are quoted.

A string must stay a string for every reader: YAML 1.1 (`on`, `yes`, `1:30`, `0777` are no strings there) and YAML 1.2
(`0o7`, `1e3`). Where in doubt, quotes: they never change a string.
"""

from __future__ import annotations

import re
from functools import lru_cache

from bot.yaml.nodes import ScalarStyle

_WORDS = frozenset(["", "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", "=", "<<"])
_NUMBER = re.compile(
    r"[-+]?(?:"
    r"0b[01_]+|0o?[0-7_]+|0x[0-9a-f_]+"  # binary, octal, hexadecimal
    r"|[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"  # sexagesimal
    r"|(?:[0-9][0-9_,]*\.?[0-9_]*|\.[0-9][0-9_]*)(?:e[-+]?[0-9]+)?"
    r"|\.inf)|\.nan",
    re.IGNORECASE,
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt \t].*)?")
_FIRST = frozenset("-?:,[]{}#&*!|>'\"%@`")
# The characters that are named here are few: a set of all others takes ten times as long to compile.
NOT_PRINTABLE = r"\x00-\x08\x0a-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff"
"""Inside brackets of a pattern: what may not stand in a text as it is (NEL, which only quotes show, with it)."""
_UNSAFE = re.compile(rf": |:\Z| #|[\t\u2028\u2029{NOT_PRINTABLE}]")
# Inside brackets the parser stumbles over every colon and question mark of a plain text, `https://` included.
_UNSAFE_IN_BRACKETS = re.compile(r"[,\[\]{}:?]")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0"}
_TO_ESCAPE = re.compile(rf'["\\\t\u2028\u2029{NOT_PRINTABLE}]')


def reads_as_string(text: str) -> bool:
    """Without quotes, every reader takes the text for a string (whether it may stand without is another matter)."""
    return text.lower() not in _WORDS and not _NUMBER.fullmatch(text) and not _DATE.fullmatch(text)


@lru_cache(maxsize=512)  # the keys of workflows, over and over
def is_safe_plain(text: str, *, brackets: bool) -> bool:
    """The text may stand without quotes and is the same string for every reader; `brackets`: in a flow collection."""
    if not reads_as_string(text) or text != text.strip() or _UNSAFE.search(text):
        return False
    if text[0] in _FIRST and not (text[0] == "-" and len(text) > 1 and text[1].isalnum()):
        return False
    return not text.startswith(("---", "...")) and not (brackets and _UNSAFE_IN_BRACKETS.search(text))


def quoted(text: str, style: ScalarStyle, *, brackets: bool = False) -> str:
    """The text on one line in the style wished for, or in the nearest one that can hold it."""
    if style is ScalarStyle.PLAIN and is_safe_plain(text, brackets=brackets):
        return text
    if style is not ScalarStyle.DOUBLE and not _TO_ESCAPE.search(text.replace('"', "").replace("\\", "")):
        return "'" + text.replace("'", "''") + "'"
    return '"' + _TO_ESCAPE.sub(_escape, text) + '"'


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    if character in _ESCAPES:
        return _ESCAPES[character]
    code = ord(character)
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"
