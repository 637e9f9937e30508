"""What surely leaves the files alone that were built before: what is built later comes beside them."""

from __future__ import annotations

from bot.publishing.launchers import call_of
from bot.script import Command, read

_ADDS = frozenset(
    {
        *(
            "pip",
            "pip3",
            "build",
            "pyproject-build",
            "setup.py",
            "poetry",
            "flit",
            "hatch",
            "pdm",
            "uv",
            "rye",
            "maturin",
        ),
        *(
            "cibuildwheel",
            "twine",
            "auditwheel",
            "echo",
            "ls",
            "cd",
            "sleep",
            "true",
            "set",
            "export",
            "tree",
            "df",
            "date",
        ),
        *("pytest", "test", "[", "pwd"),
    }
)
_REMOVES = ("clean", "--clean", "-c", "--clear", "remove", "clear")


def only_adds(script: str | None) -> bool:
    """Claims so of a script, or (None) of an action: those that are met between uploads store or announce."""
    return script is None or all(map(command_adds, read(script).commands))


def command_adds(command: Command) -> bool:
    """Claims so of one command."""
    call = call_of(command)
    if call is None:
        return True
    if call.tool == "python":
        return call.arguments[:1] == ("-c",)
    return call.tool in _ADDS and not any(word in _REMOVES for word in call.arguments)
