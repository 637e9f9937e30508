"""Git objects and references in GraphQL, with what GraphQL does to texts: it cuts them and converts them to UTF-8."""

from __future__ import annotations

import codecs

from bot.demo.github import history, trees
from bot.demo.github.commits import resolve
from bot.demo.github.diff import is_binary
from bot.demo.github.graphql_types import Argument, EntryOf, Info, ObjectOf, Page, RefOf, Resolver, asking, of, page
from bot.demo.github.objects import Commit, Kind, Signature, Tag
from bot.demo.github.state import Repository
from bot.demo.github.world import iso

CUT = 512 * 1000
"""Bytes; a larger text comes truncated."""

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def text_of(data: bytes) -> str | None:
    """As GraphQL shows it: None for binary data, without byte order mark, other encodings converted."""
    data = data[:CUT]
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.removeprefix(mark).decode(encoding, "replace")
    if is_binary(data):
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("windows-1252", "replace")


def binary(data: bytes) -> bool:
    return text_of(data) is None


def find_object(repository: Repository, expression: str | None, oid: str | None) -> ObjectOf | None:
    """By id, or by git's `revision` or `revision:path`; None when there is none. A null id and no expression: HEAD."""
    if oid is not None:
        return ObjectOf(repository, oid) if repository.store.has(oid) else None
    revision, colon, path = (expression or "HEAD").partition(":")
    revision, _, wanted = revision.partition("^{")
    found = resolve(repository, revision)
    if found is None:
        return None
    if colon or wanted == "tree}":
        found = _below(repository, history.peel(repository.store, found), path.strip("/"))
    return ObjectOf(repository, found) if found is not None and repository.store.has(found) else None


def _below(repository: Repository, found: str, path: str) -> str | None:
    """The id of what stands at a path of a commit's or tree's files."""
    if repository.store.has(found, Kind.COMMIT):
        found = history.commit(repository.store, found).tree
    if not repository.store.has(found, Kind.TREE):
        return None
    item = trees.find(repository.store, found, path)
    return None if item is None else item.oid


def _data(one: ObjectOf) -> bytes:
    return one.repository.store.read(one.oid, Kind.BLOB)


def _commit(one: ObjectOf) -> Commit:
    return history.commit(one.repository.store, one.oid)


def _tag(one: ObjectOf) -> Tag:
    return Tag.decode(one.repository.store.read(one.oid, Kind.TAG))


_PREFIXES = {Kind.BLOB: "B", Kind.TREE: "T", Kind.COMMIT: "C", Kind.TAG: "TA"}


def _object_id(source: ObjectOf, info: Info) -> str:
    kind = source.repository.store.kind(source.oid)
    return asking(info).site.world.node_id(_PREFIXES[kind], int(source.oid[:11], 16))


def _entries(one: ObjectOf) -> list[EntryOf]:
    return [EntryOf(one.repository, "", item) for item in trees.items(one.repository.store, one.oid).values()]


def _entry_object(one: EntryOf) -> ObjectOf | None:
    return ObjectOf(one.repository, one.item.oid) if one.repository.store.has(one.item.oid) else None


def _entry_size(one: EntryOf) -> int:
    return len(trees.blob(one.repository.store, one.item))


def _actor(signature: Signature) -> dict[str, str]:
    return {"name": signature.name, "email": signature.email}


def _commit_url(source: ObjectOf, info: Info) -> str:
    return f"{asking(info).site.world.repository_web(source.repository)}/commit/{source.oid}"


def _parents(source: ObjectOf, _info: Info, **arguments: Argument) -> Page[ObjectOf]:
    return page([ObjectOf(source.repository, oid) for oid in _commit(source).parents], arguments, "parents")


def _ref_id(source: RefOf, info: Info) -> str:
    number = source.repository.id * 1000 + sorted(source.repository.refs).index(source.name)
    return asking(info).site.world.node_id("REF", number)


def _prefix(name: str) -> str:
    return "/".join(name.split("/")[:2]) + "/"


_OBJECT: dict[str, Resolver] = {"abbreviatedOid": of(lambda one: one.oid[:7]), "id": _object_id}

GIT: dict[str, dict[str, Resolver]] = {
    "Blob": {
        **_OBJECT,
        "byteSize": of(lambda one: len(_data(one))),
        "isBinary": of(lambda one: binary(_data(one))),
        "isTruncated": of(lambda one: len(_data(one)) > CUT),
        "text": of(lambda one: text_of(_data(one))),
    },
    "Tree": {**_OBJECT, "entries": of(_entries)},
    "TreeEntry": {
        "mode": of(lambda one: int(one.item.mode, 8)),
        "name": of(lambda one: one.item.name),
        "object": of(_entry_object),
        "oid": of(lambda one: one.item.oid),
        "path": of(lambda one: one.item.name),
        "size": of(_entry_size),
        "type": of(lambda one: one.item.kind.value),
    },
    "Commit": {
        **_OBJECT,
        "author": of(lambda one: _actor(_commit(one).author)),
        "authoredDate": of(lambda one: iso(_commit(one).author.at)),
        "committedDate": of(lambda one: iso(_commit(one).committer.at)),
        "committer": of(lambda one: _actor(_commit(one).committer)),
        "message": of(lambda one: _commit(one).message),
        "messageHeadline": of(lambda one: _commit(one).message.split("\n")[0]),
        "parents": _parents,
        "tree": of(lambda one: ObjectOf(one.repository, _commit(one).tree)),
        "url": _commit_url,
    },
    "Tag": {
        **_OBJECT,
        "message": of(lambda one: _tag(one).message),
        "name": of(lambda one: _tag(one).name),
        "target": of(lambda one: ObjectOf(one.repository, _tag(one).target)),
    },
    "Ref": {
        "id": _ref_id,
        "name": of(lambda one: one.name.removeprefix(_prefix(one.name))),
        "prefix": of(lambda one: _prefix(one.name)),
        "target": of(lambda one: ObjectOf(one.repository, one.repository.refs[one.name])),
    },
}
