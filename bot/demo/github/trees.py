"""Trees as paths: read a path, list all of them, write a changed tree, compare two."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.demo.github.objects import TREE_MODE, Kind, MissingObject, ObjectStore, TreeItem, decode_tree, encode_tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """What a path becomes in a new tree."""

    mode: str
    oid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """One file that differs between two trees; None where it does not exist."""

    path: str
    before: TreeItem | None
    after: TreeItem | None


class NoSuchPath(KeyError):
    """A deletion named a path that the base tree does not have."""


def items(store: ObjectStore, tree: str) -> dict[str, TreeItem]:
    """One level, by name, in git's order. Raises MissingObject."""
    return {item.name: item for item in decode_tree(store.read(tree, Kind.TREE))}


def walk(store: ObjectStore, tree: str, prefix: str = "") -> Iterator[tuple[str, TreeItem]]:
    """Every path below a tree, folders before what they hold."""
    for item in decode_tree(store.read(tree, Kind.TREE)):
        yield prefix + item.name, item
        if item.kind is Kind.TREE:
            yield from walk(store, item.oid, f"{prefix}{item.name}/")


def find(store: ObjectStore, tree: str, path: str) -> TreeItem | None:
    """The item at a path, `""` being the tree itself."""
    here = TreeItem(mode=TREE_MODE, name="", oid=tree)
    for part in path.split("/") if path else ():
        if here.kind is not Kind.TREE:
            return None
        below = items(store, here.oid).get(part)
        if below is None:
            return None
        here = below
    return here


def write(store: ObjectStore, base: str | None, changes: Mapping[str, Put | None]) -> str:
    """The id of a tree that is `base` with some paths changed (None deletes). Raises NoSuchPath, MissingObject."""
    here = items(store, base) if base is not None else {}
    below: dict[str, dict[str, Put | None]] = {}
    for path, put in changes.items():
        name, _, rest = path.partition("/")
        if rest:
            below.setdefault(name, {})[rest] = put
        elif put is None:
            if here.pop(name, None) is None:
                raise NoSuchPath(path)
        else:
            here[name] = TreeItem(mode=put.mode, name=name, oid=put.oid)
    for name, inner in below.items():
        old = here.get(name)
        oid = write(store, old.oid if old is not None and old.kind is Kind.TREE else None, inner)
        here[name] = TreeItem(mode=TREE_MODE, name=name, oid=oid)
        if not store.read(oid, Kind.TREE):
            del here[name]  # git has no empty folders
    return store.put(Kind.TREE, encode_tree(here.values()))


def compare(store: ObjectStore, before: str | None, after: str | None, prefix: str = "") -> Iterator[Changed]:
    """The files that differ, by path; equal subtrees are not entered."""
    old = items(store, before) if before is not None else {}
    new = items(store, after) if after is not None else {}
    for name in sorted(old.keys() | new.keys()):
        left, right = old.get(name), new.get(name)
        if left == right:
            continue
        left_tree = left.oid if left is not None and left.kind is Kind.TREE else None
        right_tree = right.oid if right is not None and right.kind is Kind.TREE else None
        left_file = left if left_tree is None else None
        right_file = right if right_tree is None else None
        if left_file is not None or right_file is not None:
            yield Changed(path=prefix + name, before=left_file, after=right_file)
        if left_tree is not None or right_tree is not None:
            yield from compare(store, left_tree, right_tree, f"{prefix}{name}/")


def blob(store: ObjectStore, item: TreeItem | None) -> bytes:
    """A file's content; empty for a missing file or a submodule."""
    if item is None or item.kind is not Kind.BLOB:
        return b""
    try:
        return store.read(item.oid, Kind.BLOB)
    except MissingObject:
        return b""
