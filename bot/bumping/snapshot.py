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


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """A file of the catalogue, made on the day `date`. `renamed`: old name in lower case -> new name."""

    date: str
    renamed: Mapping[str, str] = {}
    actions: Mapping[str, msgspec.Raw] = {}
    """By `owner/repo` in GitHub's spelling; an `Action` each."""


def shipped() -> Snapshot:
    """The snapshot that came with this version of pubflow."""
    return read_snapshot(resources.text(SHIPPED))


@cache
def read_snapshot(text: str) -> Snapshot:
    """Raises msgspec.DecodeError for what is no snapshot."""
    return msgspec.json.decode(text, type=Snapshot)


def catalogue(snapshot: Snapshot, names: Iterable[str], now: float) -> Catalogue:
    """What a snapshot knows of these actions. Raises msgspec.DecodeError for an entry that is no action."""
    spelt = _spelt(snapshot)
    found = {}
    for name in names:
        today = snapshot.renamed.get(name.lower(), name)
        raw = snapshot.actions.get(spelt.get(today.lower(), ""))
        if raw is not None:
            found[name.lower()] = _action(bytes(raw))
    return Catalogue(actions=found, now=now, dated=snapshot.date)


def write_snapshot(date: str, renamed: Mapping[str, str], actions: Iterable[Action]) -> str:
    """A snapshot as text, a line for each action, so that a change of one is one line's."""
    rows = sorted((action.name, msgspec.json.encode(action).decode()) for action in actions)
    lines = ",\n".join(f" {msgspec.json.encode(name).decode()}: {text}" for name, text in rows)
    head = msgspec.json.encode({"date": date, "renamed": dict(renamed)}).decode()[:-1]
    return f'{head},"actions":{{\n{lines}\n}}}}\n'


@cache
def _action(raw: bytes) -> Action:
    return msgspec.json.decode(raw, type=Action)


def _spelt(snapshot: Snapshot) -> Mapping[str, str]:
    return {name.lower(): name for name in snapshot.actions}
