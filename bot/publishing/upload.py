"""The nouns of this room: what a tool's reader gets (`Call`, `Scene`), and what it gives back (`Upload`).

Structs of msgspec and not dataclasses: every command has its own, and these are six times cheaper to make.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import msgspec

from bot.model import Credential, Index, Method
from bot.project.pyproject import Table


class Upload(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One upload as a tool's reader understands it; the place is added by whoever found the command."""

    method: Method
    via: str
    index: Index
    credential: Credential
    secrets: tuple[str, ...] = ()
    indirect: bool = False


class Call(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A program without the launchers before it: `python -m twine upload x` is `twine` with `upload x`."""

    tool: str
    arguments: tuple[str, ...]
    program: str = ""
    """The tool as it is written, its folder included."""
    assignments: Mapping[str, str] = {}

    def value(self, *options: str) -> str | None:
        """What the first of `options` is given (`-r x`, `-rx`, `--repo x`, `--repo=x`), or None."""
        return next(self.values(*options), None)

    def values(self, *options: str) -> Iterator[str]:
        """What `options` are given, each time that one of them stands there."""
        for index, argument in enumerate(self.arguments):
            if argument in options:
                yield self.arguments[index + 1] if index + 1 < len(self.arguments) else ""
                continue
            for option in options:
                if option.startswith("--") and argument.startswith(f"{option}="):
                    yield argument.split("=", 1)[1]
                if not option.startswith("--") and argument.startswith(option) and not argument.startswith("--"):
                    yield argument[len(option) :].removeprefix("=")

    def has(self, *options: str) -> bool:
        """Claims that a flag is given."""
        return any(argument in options for argument in self.arguments)

    def operands(self, valued: frozenset[str] = frozenset()) -> tuple[str, ...]:
        """The arguments that are no options; `valued` options take the next word along."""
        found: list[str] = []
        skip = False
        for argument in self.arguments:
            if not skip and not argument.startswith("-"):
                found.append(argument)
            skip = not skip and argument in valued
        return tuple(found)

    def command(self, valued: frozenset[str] = frozenset()) -> str:
        """The subcommand, `""` without one."""
        operands = self.operands(valued)
        return operands[0] if operands else ""


class Scene(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """All that surrounds a command: variables, alternatives of expressions, what earlier steps configured."""

    variables: Mapping[str, str]
    """Environment of workflow, job and step, `GITHUB_ENV` and the script's own assignments; values as written."""
    choices: Mapping[str, tuple[str, ...]]
    """`matrix.x`, `inputs.x` -> the values that are spelt out somewhere."""
    mints: bool
    """The job gets identity tokens."""
    minted: frozenset[str] = frozenset()
    """Ids of steps that exchange an identity token for an API token themselves."""
    foreign: frozenset[str] = frozenset()
    """Ids of steps that fetch stored secrets from elsewhere: a vault, a cloud's secret manager."""
    elsewhere: frozenset[str] = frozenset()
    """Ids of steps that ask a company's own index for its address or a password."""
    settings: Mapping[str, str] = {}
    """`poetry pypi-token.pypi` and the like -> value."""
    pypirc: Mapping[str, Mapping[str, str]] = {}
    """Sections of a .pypirc that a step wrote -> their keys."""
    tools: Table = {}
    """[tool] of the nearest pyproject.toml."""
    secret_names: Mapping[str, str] = {}
    """In a called workflow: the name that it uses -> the caller's name."""
    own: Mapping[str, str] = {}
    """Those of the variables that are given to this very step."""

    def variable(self, name: str, call: Call | None = None) -> str | None:
        """A variable's text, the command's own assignments first; None when it is not set."""
        if call is not None and name in call.assignments:
            return call.assignments[name]
        return self.variables.get(name)


Reader = Callable[[Call, Scene], Upload | None]
"""Reads one call of one tool; None when that call uploads nothing."""
