"""A `run:` script -> the commands that it runs, each with its place in the text.

Bash and its relatives are read with a real grammar, PowerShell and cmd line by line. Nothing is expanded that the text
does not spell out: `$X` stays `$X` unless it stands where a command begins. GitHub's `${{ }}` are part of words.
"""

from __future__ import annotations

from functools import lru_cache

from bot.script.bash import read_bash
from bot.script.command import Assignment, Command, Script, Shell, Word
from bot.script.lines import read_lines
from bot.script.python import read_python
from bot.script.wrappers import unwrap

__all__ = ["LARGEST_SCRIPT", "Assignment", "Command", "Script", "Shell", "Word", "read", "shell_of"]

LARGEST_SCRIPT = 64_000
"""Characters; what is longer is not read and says so (`Script.readable`)."""
_LARGEST_KEPT = 8_000
"""Characters of a script whose commands are kept a while."""
_NESTED = frozenset({"bash", "sh", "zsh", "dash", "ash", "ksh"})

_SHELLS = {
    "bash": Shell.BASH,
    "sh": Shell.BASH,
    "pwsh": Shell.POWERSHELL,
    "powershell": Shell.POWERSHELL,
    "cmd": Shell.CMD,
    "python": Shell.PYTHON,
}


def shell_of(shell: str | None, runner: str = "") -> Shell:
    """The language of a step, from its `shell:` (or the defaults') and, without one, from the name of its runner."""
    if shell is None:
        return Shell.POWERSHELL if runner.lower().startswith("windows") else Shell.BASH
    words = shell.strip().split()
    program = words[0].rsplit("/", 1)[-1].lower().removesuffix(".exe") if words else "bash"
    if program.startswith("python"):
        return Shell.PYTHON
    return _SHELLS.get(program, Shell.BASH if "bash" in shell or "sh" in program else Shell.OTHER)


def read(text: str, shell: Shell = Shell.BASH) -> Script:
    """The commands of `text` in the order of their appearance; never raises."""
    if len(text) > LARGEST_SCRIPT:
        return Script(commands=(), variables={}, readable=False)
    return _kept(text, shell) if len(text) <= _LARGEST_KEPT else _read(text, shell)


@lru_cache(maxsize=128)
def _kept(text: str, shell: Shell) -> Script:
    """Several rules ask for the commands of the same step."""
    return _read(text, shell)


def _read(text: str, shell: Shell) -> Script:
    match shell:
        case Shell.BASH:
            script = read_bash(text)
        case Shell.POWERSHELL | Shell.CMD:
            script = read_lines(text, shell)
        case Shell.PYTHON:
            script = read_python(text)
        case Shell.OTHER:
            script = Script(commands=(), variables={}, readable=False)
    return Script(
        commands=tuple(inner for command in script.commands for inner in _opened(command, script, depth=2)),
        variables=script.variables,
        readable=script.readable,
    )


def _opened(command: Command, script: Script, depth: int) -> tuple[Command, ...]:
    """The command without its wrappers; for `bash -c "..."` and `eval` the commands inside, placed at that word."""
    command = unwrap(command.with_variables(script.variables))
    inner = _inner(command)
    if inner is None or depth == 0:
        return (command,)
    nested = read_bash(inner.text)
    return tuple(
        deeper for found in nested.commands for deeper in _opened(found.moved_to(inner, command), nested, depth - 1)
    )


def _inner(command: Command) -> Word | None:
    name = command.name
    if name == "eval" and len(command.words) == 2:
        return command.words[1]
    if name not in _NESTED:
        return None
    flags = [index for index, word in enumerate(command.words) if word.text.startswith("-") and word.text.endswith("c")]
    after = flags[0] + 1 if flags else len(command.words)
    return command.words[after] if after < len(command.words) else None
