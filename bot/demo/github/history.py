"""Which commits lie between two others."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from bot.demo.github import trees
from bot.demo.github.objects import Commit, Kind, ObjectStore, Tag


def commit(store: ObjectStore, oid: str) -> Commit:
    """Raises MissingObject."""
    return Commit.decode(store.read(oid, Kind.COMMIT))


def peel(store: ObjectStore, oid: str) -> str:
    """What an annotated tag finally points at; anything else is itself. Raises MissingObject."""
    while store.kind(oid) is Kind.TAG:
        oid = Tag.decode(store.read(oid, Kind.TAG)).target
    return oid


def reachable(store: ObjectStore, tips: Iterable[str]) -> dict[str, Commit]:
    """Every commit from which the tips descend, the tips included, nearest first."""
    found: dict[str, Commit] = {}
    waiting = deque(tips)
    while waiting:
        oid = waiting.popleft()
        if oid in found or not store.has(oid, Kind.COMMIT):
            continue
        found[oid] = commit(store, oid)
        waiting.extend(found[oid].parents)
    return found


def changed(store: ObjectStore, oid: str, path: str) -> bool:
    """True when something else stands at `path` than in every parent."""
    found = commit(store, oid)
    before = [trees.find(store, commit(store, parent).tree, path) for parent in found.parents] or [None]
    return all(item != trees.find(store, found.tree, path) for item in before)


def is_ancestor(store: ObjectStore, old: str, new: str) -> bool:
    """True when moving from `old` to `new` is a fast-forward."""
    return old == new or old in reachable(store, [new])


def merge_base(store: ObjectStore, left: str, right: str) -> str | None:
    """The nearest common ancestor, or None for unrelated histories."""
    theirs = reachable(store, [left])
    return next((oid for oid in reachable(store, [right]) if oid in theirs), None)


def between(store: ObjectStore, base: Iterable[str], head: str) -> list[str]:
    """Commits of `head` that no base has, oldest first."""
    known = reachable(store, base)
    return [oid for oid in reachable(store, [head]) if oid not in known][::-1]
