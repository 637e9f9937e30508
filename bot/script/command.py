"""The nouns of a script: words, assignments, commands, with their places as code points in the script's text.

Structs of msgspec and not dataclasses: a script has many words, and these are six times cheaper to make.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec
from msgspec.structs import replace


class Shell(StrEnum):
    """Who runs a step's script."""

    BASH = "bash"
    POWERSHELL = "powershell"
    CMD = "cmd"
    PYTHON = "python"
    OTHER = "other"


class Word(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One argument: its text without quotes, and the span that it has in the script, quotes included."""

    text: str
    start: int
    end: int
    split: bool = False
    """It is one unquoted variable and nothing else, so that the shell splits what it holds into words."""


class Assignment(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`NAME=value`, before a command, as an argument of `env` or on its own."""

    name: str
    value: str
    start: int
    end: int


class Command(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One simple command. `start` and `end` enclose its words and assignments; `whole` its redirections too."""

    words: tuple[Word, ...]
    start: int
    end: int
    whole: tuple[int, int]
    assignments: tuple[Assignment, ...] = ()
    wrappers: tuple[str, ...] = ()
    """`sudo`, `env`, `time` ... that stood before it, outermost first."""
    writes: tuple[str, ...] = ()
    """Where its output is redirected to, enclosing blocks included."""
    body: str | None = None
    """The text of its here-document or here-string."""
    exact: bool = True
    """False when it was found inside another word (`bash -c`): its spans are then those of that word."""

    @property
    def name(self) -> str:
        """The program without its folder, `""` for mere assignments."""
        if not self.words:
            return ""
        return self.words[0].text.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".exe").removesuffix(".cmd")

    @property
    def arguments(self) -> tuple[str, ...]:
        return tuple(word.text for word in self.words[1:])

    def with_variables(self, variables: Mapping[str, str]) -> Command:
        """The same with a leading variable (`$TWINE upload`) replaced by the words that the script gave it."""
        if not self.words or not self.words[0].split:
            return self
        first = self.words[0]
        held = variables.get(first.text.strip("${}"), "")
        words = tuple(Word(text=text, start=first.start, end=first.end) for text in held.split())
        return replace(self, words=(*words, *self.words[1:])) if words else self

    def moved_to(self, place: Word, outer: Command) -> Command:
        """The same with every span at `place`, what encloses it taken from `outer`."""
        return replace(
            self,
            words=tuple(replace(word, start=place.start, end=place.end) for word in self.words),
            assignments=(*outer.assignments, *self.assignments),
            start=outer.start,
            end=outer.end,
            whole=outer.whole,
            wrappers=(*outer.wrappers, *self.wrappers),
            writes=(*self.writes, *outer.writes),
            exact=False,
        )


class Script(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`variables`: what the script itself assigns, the last value of each. `readable`: its language is understood."""

    commands: tuple[Command, ...]
    variables: Mapping[str, str]
    readable: bool = True
