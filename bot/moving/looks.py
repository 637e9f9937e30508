"""The places of a script that only look whether a token is there.

Nothing counts as such a look but what is understood line by line: a test of variables that hold the token, words that
are printed, an output that says yes or no, and the end of the script. What is done where there is a token stays.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from bot.moving import scripts

_VALUE = r"\"?(?:\$\{?(?P<{0}>\w+)(?::?-)?\}?|\$\{\{\s*secrets\.(?P<{0}s>\w+)\s*\}\})\"?"
_NOTHING = r"(?:\"\"|'')"
_EMPTY = rf"(?:\[\[?|test)\s+(?:-z\s+{_VALUE.replace('{0}', 'z')}|{_VALUE.replace('{0}', 'e')}\s+==?\s+{_NOTHING})"
_FULL = rf"(?:\[\[?|test)\s+(?:-n\s+{_VALUE.replace('{0}', 'n')}|{_VALUE.replace('{0}', 'u')}\s+!=\s+{_NOTHING})"
_CLOSED = r"(?:\s+\]\]?)?"
_SAYS = r"(?:echo|printf)(?:\s+(?:\"[^\"`]*\"|'[^']*'|[^\s\"'`;&|<>$]+))*(?:\s*>&2)?"
_ENDS = r"exit\s+(?P<code>\d+)"
_ENDS_LOUDLY = rf"[{{(]\s*{_SAYS}\s*;\s*exit\s+(?P<c>\d+)\s*;?\s*[)}}]"
_IF = re.compile(r"if\s+(.+?)\s*;\s*then\Z")
_TESTS = (
    (False, re.compile(r"\s*\|\|\s*"), re.compile(rf"{_EMPTY}{_CLOSED}\Z")),
    (True, re.compile(r"\s*&&\s*"), re.compile(rf"{_FULL}{_CLOSED}\Z")),
)
"""Whether there is a token where a test holds, how tests for that are joined, and one such test."""
_ON_ONE_LINE = re.compile(rf"(?:{_FULL}{_CLOSED}\s*\|\||{_EMPTY}{_CLOSED}\s*&&)\s*(?:{_ENDS}|{_ENDS_LOUDLY})\Z")
_PRINTS = re.compile(rf"{_SAYS}(?:\s*>>\s*\"?\$\{{?GITHUB_STEP_SUMMARY\}}?\"?)?\Z")
_TELLS = re.compile(r"echo\s+[\"']?([\w-]+)=(true|false)[\"']?\s*>>\s*[\"']?\$\{?GITHUB_OUTPUT\}?[\"']?\Z")
_STOPS = re.compile(rf"{_ENDS}\Z")
_IDLE = re.compile(r"(?:#.*|set\s+-[eux]+(?:o\s+pipefail)?)?\Z")


class Look(Struct):
    """One look of a script: its place, and what is known without a token and with one."""

    start: int = 0
    end: int = 0
    new: str = ""
    """What is done where there is a token: it stays."""
    fails: bool = False
    ends: bool = False
    told: dict[bool, dict[str, str]] = field(default_factory=lambda: {False: {}, True: {}})

    @property
    def is_quiet(self) -> bool:
        """Claims that without a token the job goes on, or ends, as if all were well."""
        return not self.fails and (self.ends or self.tells or bool(self.new))

    @property
    def tells(self) -> bool:
        """Claims that later steps may be told of it."""
        return bool(self.told[True] or self.told[False])

    @property
    def cut(self) -> scripts.Cut:
        """What takes it out of its script."""
        return scripts.Cut(self.start, self.end, self.new)


def is_all(text: str, looks: list[Look]) -> bool:
    """Claims that a script does nothing but look, and say so."""
    if any(look.new for look in looks):
        return False
    rest = scripts.apply(text, [look.cut for look in looks])
    lines = [line.strip() for line in rest.splitlines()]
    return all(_IDLE.match(line) or _PRINTS.match(line) for line in lines)


def looks_of(text: str, variables: frozenset[str], secrets: frozenset[str]) -> Iterator[Look]:
    """The looks that stand in a script by themselves, and not within something larger."""
    lines = text.splitlines(keepends=True)
    start, index = 0, 0
    while index < len(lines):
        read = _look(lines[index:], variables, secrets) if lines[index].startswith(("if ", "[", "test ")) else None
        if read is not None and not scripts.goes_on(text[:start]) and "<<" not in text[:start]:
            look, count = read
            look.start, look.end = start, start + sum(map(len, lines[index : index + count]))
            yield look
            index, start = index + count, look.end
            continue
        start += len(lines[index])
        index += 1


def _look(lines: list[str], variables: frozenset[str], secrets: frozenset[str]) -> tuple[Look, int] | None:
    """One look and how many lines it has; None where something else stands there."""
    first = lines[0].strip()
    found = _ON_ONE_LINE.match(first)
    if found is not None:
        code = found["code"] or found["c"]
        return (Look(ends=True, fails=code != "0"), 1) if _asks(found, variables, secrets) else None
    there = _tested(first, variables, secrets)
    if there is None:
        return None
    branches: dict[bool, list[str]] = {True: [], False: []}
    for count, line in enumerate(lines[1:], start=2):
        words = line.strip()
        if words == "fi" and line.startswith("fi"):
            look = _of_branches(branches)
            return None if look is None else (look, count)
        if words == "else" and line.startswith("else"):
            there = not there
        elif words and not line.startswith((" ", "\t")):
            return None
        else:
            branches[there].append(line)
    return None


def _tested(words: str, variables: frozenset[str], secrets: frozenset[str]) -> bool | None:
    """Whether there is a token where the test of an `if` holds; None where it tests anything else."""
    found = _IF.match(words)
    if found is None:
        return None
    for there, joins, test in _TESTS:
        parts = [test.match(part) for part in joins.split(found[1])]
        if all(part is not None and _asks(part, variables, secrets) for part in parts):
            return there
    return None


def _of_branches(branches: Mapping[bool, list[str]]) -> Look | None:
    """What a test comes to: all is understood, or at least what happens without a token."""
    look = Look()
    if not all(_understood(line.strip(), look, there=False) for line in branches[False]):
        return None
    if all(_understood(line.strip(), look, there=True) for line in branches[True]):
        return look
    body = textwrap.dedent("".join(branches[True]))
    whole = all(line.count('"') % 2 == 0 for line in branches[True])
    return None if look.told[False] or not whole or "<<" in body else replace(look, new=body)


def _asks(found: re.Match[str], variables: frozenset[str], secrets: frozenset[str]) -> bool:
    """Claims that what is tested is the token."""
    names = found.groupdict()
    held = [names.get(key) for key in ("z", "e", "n", "u")]
    said = [names.get(f"{key}s") for key in ("z", "e", "n", "u")]
    return any(name in variables for name in held if name) or any(name.upper() in secrets for name in said if name)


def _understood(words: str, look: Look, *, there: bool) -> bool:
    """Notes what one line does, with the token `there` or without it; False where it does more than is understood."""
    told = _TELLS.match(words)
    if told is not None:
        look.told[there][told[1]] = told[2]
        return True
    stops = _STOPS.match(words)
    if stops is not None and not there:
        look.ends, look.fails = True, stops["code"] != "0"
        return True
    return bool(_IDLE.match(words) or _PRINTS.match(words))
