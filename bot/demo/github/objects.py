"""Git objects and their ids, as git itself computes them; in memory.

The formats are git's: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects. Nothing here knows of GitHub.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    BLOB = "blob"
    TREE = "tree"
    COMMIT = "commit"
    TAG = "tag"


TREE_MODE = "40000"
SUBMODULE_MODE = "160000"
LINK_MODE = "120000"
FILE_MODE = "100644"


class MissingObject(KeyError):
    """No such object, or one of another kind."""


def object_id(kind: Kind, data: bytes) -> str:
    """Forty hexadecimal digits: SHA-1 over header and content."""
    return hashlib.sha1(b"%s %d\x00" % (kind.value.encode(), len(data)) + data, usedforsecurity=False).hexdigest()


class ObjectStore:
    """All objects of one repository."""

    def __init__(self) -> None:
        self._objects: dict[str, tuple[Kind, bytes]] = {}

    def put(self, kind: Kind, data: bytes) -> str:
        oid = object_id(kind, data)
        self._objects[oid] = (kind, data)
        return oid

    def graft(self, oid: str, kind: Kind, data: bytes) -> None:
        """An object under an id that it has elsewhere: commits of the world's actions, without their history."""
        self._objects[oid] = (kind, data)

    def kind(self, oid: str) -> Kind:
        """Raises MissingObject."""
        if oid not in self._objects:
            raise MissingObject(oid)
        return self._objects[oid][0]

    def read(self, oid: str, kind: Kind) -> bytes:
        """Raises MissingObject, also for an object of another kind."""
        found, data = self._objects.get(oid, (None, b""))
        if found is not kind:
            raise MissingObject(oid)
        return data

    def has(self, oid: str, kind: Kind | None = None) -> bool:
        return oid in self._objects and (kind is None or self._objects[oid][0] is kind)

    def ids(self) -> Iterator[str]:
        return iter(tuple(self._objects))

    def copy_from(self, other: ObjectStore) -> None:
        """What a fork does: shares all objects that exist now."""
        self._objects.update(other._objects)


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeItem:
    """One line of a tree object; `mode` as git writes it (a folder is `40000`)."""

    mode: str
    name: str
    oid: str

    @property
    def kind(self) -> Kind:
        if self.mode == TREE_MODE:
            return Kind.TREE
        return Kind.COMMIT if self.mode == SUBMODULE_MODE else Kind.BLOB


def encode_tree(items: Iterable[TreeItem]) -> bytes:
    """Git sorts names as bytes, a folder as if its name ended with a slash."""

    def order(item: TreeItem) -> bytes:
        return item.name.encode() + (b"/" if item.mode == TREE_MODE else b"")

    return b"".join(
        item.mode.encode() + b" " + item.name.encode() + b"\x00" + bytes.fromhex(item.oid)
        for item in sorted(items, key=order)
    )


def decode_tree(data: bytes) -> list[TreeItem]:
    items: list[TreeItem] = []
    at = 0
    while at < len(data):
        space = data.index(b" ", at)
        null = data.index(b"\x00", space)
        mode, name = data[at:space].decode(), data[space + 1 : null].decode()
        items.append(TreeItem(mode=mode, name=name, oid=data[null + 1 : null + 21].hex()))
        at = null + 21
    return items


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who and when; `at` in whole seconds since the epoch, always written as UTC."""

    name: str
    email: str
    at: int

    def encode(self) -> str:
        return f"{self.name} <{self.email}> {self.at} +0000"

    @staticmethod
    def decode(line: str) -> Signature:
        name, _, rest = line.partition(" <")
        email, _, when = rest.rpartition("> ")
        return Signature(name=name, email=email, at=int(when.split()[0]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    tree: str
    parents: tuple[str, ...]
    author: Signature
    committer: Signature
    message: str
    signed: str | None = field(default=None, repr=False)
    """An armoured signature, kept in the object's `gpgsig` header."""

    def encode(self) -> bytes:
        lines = [f"tree {self.tree}", *(f"parent {parent}" for parent in self.parents)]
        lines += [f"author {self.author.encode()}", f"committer {self.committer.encode()}"]
        if self.signed is not None:
            lines.append("gpgsig " + self.signed.replace("\n", "\n "))
        return ("\n".join(lines) + "\n\n" + self.message).encode()

    @staticmethod
    def decode(data: bytes) -> Commit:
        head, _, message = data.decode().partition("\n\n")
        values: dict[str, list[str]] = {}
        for line in head.replace("\n ", "\x00").split("\n"):
            key, _, value = line.partition(" ")
            values.setdefault(key, []).append(value.replace("\x00", "\n"))
        return Commit(
            tree=values["tree"][0],
            parents=tuple(values.get("parent", ())),
            author=Signature.decode(values["author"][0]),
            committer=Signature.decode(values["committer"][0]),
            message=message,
            signed=values["gpgsig"][0] if "gpgsig" in values else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """An annotated tag."""

    target: str
    kind: Kind
    name: str
    tagger: Signature
    message: str

    def encode(self) -> bytes:
        head = f"object {self.target}\ntype {self.kind}\ntag {self.name}\ntagger {self.tagger.encode()}"
        return f"{head}\n\n{self.message}".encode()

    @staticmethod
    def decode(data: bytes) -> Tag:
        head, _, message = data.decode().partition("\n\n")
        values = dict(line.split(" ", 1) for line in head.split("\n"))
        return Tag(
            target=values["object"],
            kind=Kind(values["type"]),
            name=values["tag"],
            tagger=Signature.decode(values["tagger"]),
            message=message,
        )
