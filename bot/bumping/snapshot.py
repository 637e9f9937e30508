"""The dated catalogue as a text: the one that ships with pubflow, or one that `pubflow actions refresh` wrote.

Only the actions that are asked for are decoded, so that a small repository pays for its own alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

import msgspec

from bot import resources
from bot.bumping.catalogue import Action, Catalogue

SHIPPED = "actions/snapshot.json"


class _File(msgspec.Struct, frozen=True, kw_only=True):
    """As it is written. `renamed`: old name in lower case -> new name."""

    date: str
    renamed: Mapping[str, str] = {}
    actions: Mapping[str, msgspec.Raw] = {}
    """By `owner/repo` in GitHub's spelling; an `Action` each."""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A file of the catalogue, made on the day `date`. Names of actions are in lower case here."""

    date: str
    renamed: Mapping[str, str]
    actions: Mapping[str, msgspec.Raw]
    decoded: dict[str, Action] = msgspec.field(default_factory=dict)
    """Those that were asked for; grows."""

    def action(self, name: str) -> Action | None:
        """What it knows of an action, by today's name or an old one. Raises DecodeError for an entry that is none."""
        today = self.renamed.get(name, name)
        known = self.decoded.get(today)
        if known is None and today in self.actions:
            known = self.decoded[today] = msgspec.json.decode(self.actions[today], type=Action)
        return known


def shipped() -> Snapshot:
    """The snapshot that came with this version of pubflow."""
    return read_snapshot(resources.text(SHIPPED))


@cache
def read_snapshot(text: str) -> Snapshot:
    """Raises msgspec.DecodeError for what is no snapshot."""
    file = msgspec.json.decode(text, type=_File)
    return Snapshot(
        date=file.date,
        renamed={old: name.lower() for old, name in file.renamed.items()},
        actions={name.lower(): raw for name, raw in file.actions.items()},
    )


def catalogue(snapshot: Snapshot, names: Iterable[str], now: float) -> Catalogue:
    """What a snapshot knows of these actions. Raises msgspec.DecodeError for an entry that is no action."""
    known = {name.lower(): snapshot.action(name.lower()) for name in names}
    found = {name: action for name, action in known.items() if action is not None}
    return Catalogue(actions=found, now=now, dated=snapshot.date)


def write_snapshot(date: str, renamed: Mapping[str, str], actions: Iterable[Action]) -> str:
    """A snapshot as text, a line for each action, so that a change of one is one line's."""
    rows = sorted((action.name, msgspec.json.encode(action).decode()) for action in actions)
    lines = ",\n".join(f" {msgspec.json.encode(name).decode()}: {text}" for name, text in rows)
    head = msgspec.json.encode({"date": date, "renamed": dict(renamed)}).decode()[:-1]
    return f'{head},"actions":{{\n{lines}\n}}}}\n'
