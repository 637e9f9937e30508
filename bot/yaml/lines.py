"""Lines, blanks and comments of a YAML text by position. Line breaks are those of YAML 1.1, as the parser has them."""

from __future__ import annotations

import re

BOM = "\ufeff"
_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
_SPACE = re.compile("[ \t\r\n\x85\u2028\u2029]*")
_COMMENT = re.compile("#[^\r\n\x85\u2028\u2029]*")
_BLANKS = re.compile("[ \t]*")
_SPACES = re.compile(" *")
BREAKS = "\r\n\x85\u2028\u2029"


def line_start(text: str, index: int) -> int:
    """Where the line of `index` starts; a byte order mark is in no line."""
    start = text.rfind("\n", 0, index) + 1
    line = text[start:index]
    if "\r" in line or not line.isascii():
        for found in _BREAK.finditer(text, start, index):
            start = found.end()
    return 1 if start == 0 and text.startswith(BOM) else start


def is_indented(text: str, index: int) -> bool:
    """Nothing but spaces stands before a position on its line."""
    # Where spaces are all that stands after a line feed, there is no other break among them.
    if not text[text.rfind("\n", 0, index) + 1 : index].strip(" "):
        return True
    return not text[line_start(text, index) : index].strip(" ")


def line_end(text: str, index: int) -> int:
    """Before the break of the line of `index`, or the text's end."""
    found = _BREAK.search(text, index)
    return found.start() if found else len(text)


def next_line(text: str, index: int) -> int:
    """After the break of the line of `index`, or the text's end."""
    found = _BREAK.search(text, index)
    return found.end() if found else len(text)


def previous_line(text: str, start: int) -> int | None:
    """Where the line before the line that starts at `start` starts; None before the first."""
    if start == line_start(text, 0):
        return None
    back = start - (2 if text.endswith("\r\n", 0, start) else 1)
    return line_start(text, back)


def ends_unbroken(text: str, index: int) -> bool:
    """The line of `index` is the last one and has no line break."""
    return _BREAK.search(text, index) is None


def line_break(text: str, index: int) -> str:
    """The break that ends the line of `index`, or `""`."""
    found = _BREAK.search(text, index)
    return found[0] if found else ""


def skip(text: str, index: int) -> int:
    """Past blanks, line breaks and comments."""
    while (found := _SPACE.match(text, index)) is not None:
        index = found.end()
        comment = _COMMENT.match(text, index)
        if comment is None:
            break
        index = comment.end()
    return index


def skip_blanks(text: str, index: int) -> int:
    """Past spaces and tabs."""
    found = _BLANKS.match(text, index)
    return found.end() if found else index


def indent_of(text: str, start: int) -> int:
    """How many spaces the line that starts at `start` begins with."""
    found = _SPACES.match(text, start)
    return found.end() - start if found else 0


def is_blank(text: str, start: int) -> bool:
    """The line that starts at `start` is there and holds blanks alone."""
    end = skip_blanks(text, start)
    return end < len(text) and text[end] in BREAKS


def is_comment(text: str, start: int) -> bool:
    """The line that starts at `start` holds a comment alone, indented with spaces."""
    return text.startswith("#", start + indent_of(text, start))


def comment_beside(text: str, end: int) -> int | None:
    """Where the comment after a value that ends at `end` starts on its line, or None."""
    start = skip_blanks(text, end)
    return start if text.startswith("#", start) else None


def past_blank_lines(text: str, start: int) -> int:
    """The start of the first line from `start` on that is not blank."""
    while is_blank(text, start):
        start = next_line(text, start)
    return start


def count_blank_lines(text: str, start: int) -> int:
    count = 0
    while is_blank(text, start):
        start = next_line(text, start)
        count += 1
    return count
