"""A `run:` script with one of its commands taken out or replaced. Pure text; what it means is decided elsewhere."""

from __future__ import annotations

import re
from posixpath import commonprefix

from msgspec import Struct

from bot.model import YamlPath
from bot.yaml import Op, Replace, ReplaceText

_OPENS = re.compile(
    r"(?:^|[;&|({]|\b(?:then|do|else)\b)\s*(?:if|for|while|until|case|select)\b|\{\s*$|\(\s*$", re.MULTILINE
)
_CLOSES = re.compile(r"(?:^|[;&|]|\s)(?:fi|done|esac)\b|^\s*[})]", re.MULTILINE)
_JOINED = re.compile(r"\s*(?:&&|;)[ \t]*(?:\\?\n)?[ \t]*\Z")
_CONTINUED = re.compile(r"&&[ \t]*\\?[ \t]*\n\Z")
_GOES_ON = re.compile(r"[ \t]*(?:&&|;)[ \t]*(?:\\\n[ \t]*)?(?=[^\s;&|\\])")
_REST = re.compile(r"[ \t]*(?:\|\|\s*(?:true|:|exit 0|echo\b[^;&|`$\n]*))?[ \t]*(?:#[^\n]*)?\Z")
_CONTROL = re.compile(r"\|\||\||\b(?:if|then|else|do|for|while|until|case)\b")
_QUOTED = re.compile(r"\"(?:\\.|[^\"\\])*\"|'[^']*'|#[^\n]*")
_ENDS_WELL = re.compile(
    r"(?:^|[;&|{(]|\b(?:then|do|else)\b)\s*(?:exit|return)(?:\s+0)?\s*(?:$|[;&|})])|\bset\s+\+e\b", re.MULTILINE
)
_ASKS_HOW_IT_WENT = re.compile(r"\$(?:\?|LASTEXITCODE\b)|%ERRORLEVEL%", re.IGNORECASE)
_ASKS = re.compile(r"\s*(?:!|\[|test\b|(?:\w+=\S+\s+)*(?:e|f)?grep\b)")
_DOES = re.compile(
    r"\s*(?:\w+=\S*\s+|sudo\s+)*(?:\S*/)?(?:"
    r"(?:python|py)[\d.]*\s+(?:-m|setup\.py)\b|pip3?|pipx|uvx?|poetry|hatch|flit|pdm|rye|maturin|twine|pyproject-build|"
    r"cd|pushd|popd|mkdir|rm|cp|mv|ls|echo|cat|chmod|export|source|\.|set|sleep|make|tox|nox|npm|cargo|"
    r"git\s+(?:add|checkout|clean|clone|commit|config|fetch|pull|push|reset|tag))(?=\s|\Z)"
)
"""Commands that do something, and whose failure would be a failure: not questions, as a bare `git diff --quiet` is."""


class Cut(Struct, frozen=True):
    """`text[start:end]` becomes `new`."""

    start: int
    end: int
    new: str = ""


def cut_command(text: str, start: int, end: int, new: str = "") -> Cut | None:
    """What takes out one command, or puts `new` in its place; None where the command is part of something larger."""
    line = _line_start(text, start)
    close = (text + "\n").find("\n", end)
    before, after = text[line:start], text[end:close]
    if goes_on(text[:line]) or _ENDS_WELL.search(_QUOTED.sub("", text[:line])) or _ASKS_HOW_IT_WENT.search(text, end):
        return None
    if (more := _GOES_ON.match(text, end)) is not None and not _CONTROL.search(after):
        return _cut_before_more(Cut(start, end, new), before, more.end(), last=not text[close:].strip())
    if not _REST.match(after):
        return None
    if before.strip():
        return _cut_joined(Cut(start, end, new), line, close, before, after, last=not text[close:].strip())
    if new:
        return Cut(start, end, new)
    if not text[close:].strip():  # blank lines at the end of a block scalar mean nothing, and would be lost
        line = len(text[:line].rstrip(" \t\n")) + 1 if text[:line].strip() else line
    return Cut(line, close + 1) if close < len(text) else Cut(max(line - 1, 0), close)


def _line_start(text: str, start: int) -> int:
    """Where the line begins on which something stands, those before it that end in `&&` included."""
    line = text.rfind("\n", 0, start) + 1
    while _CONTINUED.search(text, max(line - 20, 0), line):
        line = text.rfind("\n", 0, line - 1) + 1
    return line


def goes_on(before: str) -> bool:
    """Claims that the lines before are not finished: a loop or a condition is open, or the last one is continued."""
    return _depth(before) != 0 or before.rstrip(" \t").endswith(("\\\n", "&&\n", "|\n"))


def _cut_joined(cut: Cut, line: int, close: int, before: str, after: str, *, last: bool) -> Cut | None:
    """The cut of a command that `&&` or `;` joins to others before it on its line."""
    joined = _joined(before, last=last)
    if joined is None:
        return None
    if "||" in after.split("#", maxsplit=1)[0] and "&&" in before:
        return None  # `a && b || true` forgives a as well
    return cut if cut.new else Cut(line + joined.start(), close)


def _cut_before_more(cut: Cut, before: str, more: int, *, last: bool) -> Cut | None:
    """The cut of a command after which its line goes on; `more` is where it does."""
    if before.strip() and _joined(before, last=last) is None:
        return None
    return cut if cut.new else Cut(cut.start, more)


def _joined(before: str, *, last: bool) -> re.Match[str] | None:
    """How a line is joined to a command that always runs after what stands before it, if it is.

    `a && b` does not run b when a fails. On the last line that fails the step, and all is well; elsewhere the script
    goes on, so that a must be something that is done and not something that is asked.
    """
    found = _JOINED.search(before)
    if found is None or before.strip()[:1] in "({":
        return None
    earlier = _QUOTED.sub("_", before[: found.start()].replace("\\\n", " "))
    if _CONTROL.search(earlier):
        return None
    parts = re.split(r"&&|;", earlier)
    if any(map(_ASKS.match, parts)) or not (last or all(map(_DOES.match, parts))):
        return None
    return found


def is_forgiven(text: str, end: int) -> bool:
    """Claims that a command that ends there may fail: `|| true` and the like stand behind it."""
    close = text.find("\n", end)
    after = text[end : len(text) if close < 0 else close]
    return _REST.match(after) is not None and "||" in after.split("#")[0]


def _depth(text: str) -> int:
    """How many loops, conditions and groups are open at the end of a text; cheap, and right for what people indent."""
    plain = _QUOTED.sub("", text)
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
