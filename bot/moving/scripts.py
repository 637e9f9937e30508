"""A `run:` script with one of its commands taken out or replaced. Pure text; what it means is decided elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from posixpath import commonprefix

from bot.model import YamlPath
from bot.yaml import Op, Replace, ReplaceText

_OPENS = re.compile(
    r"(?:^|[;&|({]|\b(?:then|do|else)\b)\s*(?:if|for|while|until|case|select)\b|\{\s*$|\(\s*$", re.MULTILINE
)
_CLOSES = re.compile(r"(?:^|[;&|]|\s)(?:fi|done|esac)\b|^\s*[})]", re.MULTILINE)
_JOINED = re.compile(r"\s*&&\s*\Z")
_REST = re.compile(r"[ \t]*(?:#[^\n]*)?\Z")


@dataclass(frozen=True, slots=True)
class Cut:
    """`text[start:end]` becomes `new`."""

    start: int
    end: int
    new: str = ""


def cut_command(text: str, start: int, end: int, new: str = "") -> Cut | None:
    """What takes out one command, or puts `new` in its place; None where the command is part of something larger."""
    line = text.rfind("\n", 0, start) + 1
    close = text.find("\n", end)
    close = len(text) if close < 0 else close
    before, after = text[line:start], text[end:close]
    if (
        not _REST.match(after)
        or _depth(text[:line]) != 0
        or text[:line].rstrip(" \t").endswith(("\\\n", "&&\n", "|\n"))
    ):
        return None
    joined = _JOINED.search(before)
    if joined is not None and not re.search(r"\|\||[;|]", before[: joined.start()]) and before.strip()[:1] not in "({":
        return Cut(start, end, new) if new else Cut(line + joined.start(), close)
    if before.strip():
        return None
    if new:
        return Cut(start, end, new)
    if close < len(text):
        return Cut(line, close + 1)
    return Cut(max(line - 1, 0), close)


def _depth(text: str) -> int:
    """How many loops, conditions and groups are open at the end of a text; cheap, and right for what people indent."""
    plain = re.sub(r"\"(?:\\.|[^\"\\])*\"|'[^']*'|#[^\n]*", "", text)
    return len(_OPENS.findall(plain)) - len(_CLOSES.findall(plain))


def apply(text: str, cuts: list[Cut]) -> str:
    """The script after all cuts."""
    for cut in sorted(cuts, key=lambda cut: -cut.start):
        text = text[: cut.start] + cut.new + text[cut.end :]
    return text


def operations(path: YamlPath, text: str, cuts: list[Cut]) -> list[Op]:
    """The operations that make these cuts in the scalar at `path`."""
    for some in (cuts, [_trimmed(text, cut) for cut in cuts]):
        if all(_is_clear(text, cut) for cut in some):
            return [ReplaceText(path, text[cut.start : cut.end], cut.new) for cut in some]
    return [Replace(path, apply(text, cuts))]


def _is_clear(text: str, cut: Cut) -> bool:
    """Claims that the engine finds the old text in one place, and does not take it for the new one already."""
    old, new = text[cut.start : cut.end], cut.new
    return bool(old) and text.count(old) == 1 and not (new and new in text and old not in text.replace(new, "\0"))


def _trimmed(text: str, cut: Cut) -> Cut:
    """The same cut without what both its texts begin with."""
    old = text[cut.start : cut.end]
    same = len(commonprefix([old, cut.new]))
    return Cut(cut.start + same, cut.end, cut.new[same:]) if same and len(old) > same else cut
