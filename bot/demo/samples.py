"""The sample organisation: one repository of every kind, each a text file in `repositories/`.

A file starts with `name: value` lines and goes on with `-- path --` sections, one a file of the repository (the
txtar format of the Go tools).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from bot.demo.github.people import Visibility
from bot.demo.pypi import IndexedProject
from bot.model import Status

ORGANISATION = "forge-samples"
_SECTION = re.compile(r"^-- (?P<path>\S+) --\n", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One repository, and how its scan should end."""

    name: str
    about: str
    files: Mapping[str, str]
    pull: bool
    """A pull request should stand at the end."""
    status: Status | None
    """None: skipped before anything is read."""
    because: str
    """Words that must stand in the reason when nothing is proposed."""
    visibility: Visibility = "public"
    archived: bool = False
    fork: bool = False
    later: bool = False
    """Made while the bot runs already."""
    indexed: IndexedProject | None = None
    """What the local PyPI knows of its name."""


def samples(web_url: str) -> tuple[Sample, ...]:
    """Every sample, by name; `web_url` is where the local GitHub shows its pages, for links from the index."""
    folder = files("bot.demo") / "repositories"
    found = sorted((entry.name, entry) for entry in folder.iterdir() if entry.name.endswith(".txtar"))
    return tuple(_read(name.removesuffix(".txtar"), entry.read_text("utf-8"), web_url) for name, entry in found)


def _read(name: str, text: str, web_url: str) -> Sample:
    parts = _SECTION.split(text)
    head = dict(line.split(": ", 1) for line in parts[0].splitlines())
    status = head.get("status")
    return Sample(
        name=name,
        about=head["about"],
        files=dict(zip(parts[1::2], parts[2::2], strict=True)),
        pull=head["pull"] == "yes",
        status=Status(status) if status else None,
        because=head.get("because", ""),
        visibility="private" if head.get("visibility") == "private" else "public",
        archived=head.get("archived") == "yes",
        fork=head.get("fork") == "yes",
        later=head.get("later") == "yes",
        indexed=_indexed(name, head, web_url),
    )


def _indexed(name: str, head: Mapping[str, str], web_url: str) -> IndexedProject | None:
    if "pypi" not in head:
        return None
    owner = ORGANISATION if head["links"] == "yes" else "somebody-else"
    return IndexedProject(name=head["pypi"], urls={"Source": f"{web_url}/{owner}/{name}"})
