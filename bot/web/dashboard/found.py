"""A stored report, decoded: the database is a door too, and another version may have written what lies there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec


class Publisher(msgspec.Struct, frozen=True):
    workflow: str
    job: str
    line: int
    method: str
    via: str
    index: str
    credential: str
    secrets: tuple[str, ...] = ()
    environment: str | None = None


class Finding(msgspec.Struct, frozen=True):
    rule: str
    severity: str
    line: int
    message: str
    fix: str
    file: str | None = None


class Change(msgspec.Struct, frozen=True):
    file: str
    kind: str
    diff: str

    @property
    def lines(self) -> Iterator[tuple[str, str]]:
        """Each line with the word for how it is shown."""
        for line in self.diff.removesuffix("\n").split("\n"):
            yield _LOOKS.get(line[:1], "same") if not line.startswith(("--- ", "+++ ")) else "file", line


class Refusal(msgspec.Struct, frozen=True):
    rule: str
    line: int
    reason: str
    file: str | None = None


class Step(msgspec.Struct, frozen=True):
    who: str
    what: str
    url: str | None = None


class Project(msgspec.Struct, frozen=True):
    path: str
    name: str | None = None
    backend: str | None = None


class Found(msgspec.Struct, frozen=True):
    """The JSON of `bot.report`, as far as pages show it."""

    projects: tuple[Project, ...] = ()
    publishers: tuple[Publisher, ...] = ()
    findings: tuple[Finding, ...] = ()
    changes: tuple[Change, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    steps: tuple[Step, ...] = ()
    silent: str | None = None

    @property
    def secrets(self) -> Sequence[Secret]:
        """What uploads use and Trusted Publishing would make needless, by name."""
        names: dict[str, list[str]] = {}
        for publisher in self.publishers:
            if publisher.credential in {"token", "password"}:
                for secret in publisher.secrets:
                    names.setdefault(secret, []).append(publisher.workflow)
        return [Secret(name, tuple(dict.fromkeys(files))) for name, files in sorted(names.items())]


@dataclass(frozen=True, slots=True)
class Secret:
    """Its name and the workflows that use it; nobody here knows its value."""

    name: str
    workflows: tuple[str, ...]


_LOOKS = {"+": "added", "-": "removed", "@": "hunk"}


def read(text: str | None) -> Found | None:
    """None where there is no report, or none that this version understands."""
    if text is None:
        return None
    try:
        return msgspec.json.decode(text, type=Found)
    except msgspec.DecodeError:
        return None
