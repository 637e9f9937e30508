"""Programs that only run another one: `sudo -E env A=b timeout 60 twine upload` is `twine upload` with A set."""

from __future__ import annotations

import re

from msgspec import Struct
from msgspec.structs import replace

from bot.script.command import Assignment, Command, Word

_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)\Z", re.DOTALL)


class Wrapper(Struct, frozen=True):
    """`valued`: options that take the next word; `operands`: words of its own before the command."""

    valued: frozenset[str] = frozenset()
    operands: int = 0


def _wrapper(*valued: str, operands: int = 0) -> Wrapper:
    return Wrapper(frozenset(valued), operands)


WRAPPERS = {
    "sudo": _wrapper("-u", "-g", "-h", "-p", "-C", "-r", "-t", "-U", "-D", "--user", "--group", "--preserve-env"),
    "env": _wrapper("-u", "-C", "-S", "--unset", "--chdir"),
    "time": _wrapper("-f", "-o"),
    "exec": _wrapper("-a"),
    "command": _wrapper(),
    "builtin": _wrapper(),
    "nohup": _wrapper(),
    "nice": _wrapper("-n"),
    "ionice": _wrapper("-c", "-n"),
    "stdbuf": _wrapper("-i", "-o", "-e"),
    "timeout": _wrapper("-k", "-s", "--signal", "--kill-after", operands=1),
    "xargs": _wrapper("-n", "-I", "-P", "-L", "-d", "-a", "-s", "-E"),
    "xvfb-run": _wrapper("-n", "-s", "-e", "-f", "--server-args"),
    "chronic": _wrapper(),
    "unbuffer": _wrapper(),
    "retry": _wrapper("-t", "-d", "-m", "--tries", "--delay", "--times"),
    "doas": _wrapper("-u"),
    "winpty": _wrapper(),
    "call": _wrapper(),
    "start": _wrapper(),
    "&": _wrapper(),
}


def unwrap(command: Command) -> Command:
    """The command that is really run, its assignments gathered; commands without a wrapper come back as they are."""
    words, assignments, wrappers = list(command.words), list(command.assignments), list(command.wrappers)
    while words and (wrapper := WRAPPERS.get(words[0].text.rsplit("/", 1)[-1])) is not None and len(wrappers) < 8:
        inner = _skip(words, wrapper, assignments)
        if not inner:
            break
        wrappers.append(words[0].text)
        words = inner
    if not wrappers:
        return command
    return replace(command, words=tuple(words), assignments=tuple(assignments), wrappers=tuple(wrappers))


def _skip(words: list[Word], wrapper: Wrapper, assignments: list[Assignment]) -> list[Word]:
    index, operands = 1, wrapper.operands
    while index < len(words):
        word = words[index]
        found = _ASSIGNMENT.match(word.text)
        if word.text == "--":
            index += 1
            break
        if word.text.startswith("-") and len(word.text) > 1:
            index += 2 if word.text in wrapper.valued and "=" not in word.text else 1
        elif found is not None:
            assignments.append(Assignment(name=found[1], value=found[2], start=word.start, end=word.end))
            index += 1
        elif operands:
            operands -= 1
            index += 1
        else:
            break
    return words[index:]
