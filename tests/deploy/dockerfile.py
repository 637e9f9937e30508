"""A Dockerfile taken apart, as far as ours goes: stages with their instructions, continued lines joined."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Stage:
    """What follows one FROM; an instruction is a pair such as `("USER", "10001:10001")`."""

    instructions: tuple[tuple[str, str], ...]

    def all(self, name: str) -> list[str]:
        return [text for word, text in self.instructions if word == name]

    def one(self, name: str) -> str:
        [text] = self.all(name)
        return text

    @property
    def variables(self) -> dict[str, str]:
        """What ENV sets."""
        return dict(word.split("=", 1) for text in self.all("ENV") for word in shlex.split(text))

    @property
    def copied(self) -> list[str]:
        """Sources of COPY that come from the repository."""
        words = [text.split() for text in self.all("COPY") if not text.startswith("--from")]
        return [source for line in words for source in line[:-1]]


def stages(file: Path) -> tuple[Stage, ...]:
    """Build it, then what is shipped."""
    text = re.sub(r"^#.*\n", "", file.read_text("utf-8"), flags=re.MULTILINE).replace("\\\n", " ")
    found: list[list[tuple[str, str]]] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        word, _, rest = line.partition(" ")
        if word == "FROM":
            found.append([])
        if found:
            found[-1].append((word, re.sub(r"\s+", " ", rest).strip()))
    return tuple(Stage(tuple(each)) for each in found)
