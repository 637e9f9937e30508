"""Files of a tree as texts. A text counts only if its git blob hash is the id that the tree names.

GraphQL cuts long texts and guesses encodings; what does not fit is read by REST in base64, which changes nothing.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import msgspec

from bot.errors import Gone
from bot.github import queries
from bot.github.access import Access
from bot.github.graphql import query
from bot.github.wire import Request
from bot.model import EntryKind, RepoRef, Sha, TreeEntry, Unread

LARGEST = 1024 * 1024
"""Bytes; larger files are listed and not read."""
LARGEST_BY_GRAPHQL = 500_000
"""Bytes; GraphQL cuts a little above."""
BATCH_BYTES = 4 * 1024 * 1024
BATCH_FILES = 250
MOST_BYTES = 32 * 1024 * 1024
"""Of all texts of one snapshot."""
MOST_BLOBS = 25
"""Files of one snapshot that may cost a request each."""


class _Blob(msgspec.Struct, frozen=True):
    content: str
    encoding: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Blobs to read and the paths at which each stands; of those that GraphQL shows whole the sizes in bytes."""

    blobs: Mapping[Sha, list[str]]
    small: Mapping[Sha, int]


@dataclass(slots=True, kw_only=True)
class TextReader:
    """Reads texts of one repository at one tree, and remembers what was read and what was not."""

    access: Access
    ref: RepoRef
    tree: Mapping[str, TreeEntry]
    files: dict[str, str] = field(default_factory=dict)
    unread: dict[str, Unread] = field(default_factory=dict)
    _blobs: int = 0
    _bytes: int = 0

    async def read(self, paths: Iterable[str]) -> None:
        """Read those of `paths` that were not tried before; one request for an ordinary number of them."""
        wanted = self.wanted(paths)
        found: dict[Sha, queries.Text | None] = {}
        for batch in self._batches(wanted.small):
            found |= await self._ask(batch)
        await self.settle(wanted, found)

    def wanted(self, paths: Iterable[str]) -> Wanted:
        """Which blobs to ask for; paths that cannot be read are noted as such."""
        blobs: dict[Sha, list[str]] = {}
        for path in dict.fromkeys(paths):
            if path in self.files or path in self.unread:
                continue
            if (why := self._refused(path)) is not None:
                self.unread[path] = why
            else:
                blobs.setdefault(self.tree[path].oid, []).append(path)
        sizes = {oid: self.tree[named[0]].size or 0 for oid, named in blobs.items()}
        return Wanted(blobs, {oid: size for oid, size in sizes.items() if size <= LARGEST_BY_GRAPHQL})

    async def settle(self, wanted: Wanted, found: Mapping[Sha, queries.Text | None]) -> None:
        """Take what GraphQL answered; what does not fit is read by REST."""
        for oid, named in wanted.blobs.items():
            await self._settle(oid, named, found.get(oid))

    def _refused(self, path: str) -> Unread | None:
        entry = self.tree.get(path)
        if entry is None:
            return Unread.MISSING
        if entry.kind is EntryKind.LINK:
            return Unread.LINK
        if entry.kind is not EntryKind.BLOB:
            return Unread.UNREADABLE
        if entry.size is not None and entry.size > LARGEST:
            return Unread.TOO_LARGE
        self._bytes += entry.size or 0
        return Unread.UNREADABLE if self._bytes > MOST_BYTES else None

    def _batches(self, sizes: Mapping[Sha, int]) -> Iterator[list[Sha]]:
        batch: list[Sha] = []
        size = 0
        for oid, more in sizes.items():
            if batch and (size + more > BATCH_BYTES or len(batch) == BATCH_FILES):
                yield batch
                batch, size = [], 0
            batch.append(oid)
            size += more
        if batch:
            yield batch

    async def _ask(self, oids: list[Sha]) -> dict[Sha, queries.Text | None]:
        document = queries.texts(oids)
        # One blob that GraphQL fails on takes its error alone: it is read by REST, the others are there.
        answer = await query(self.access, document, {"id": self.ref.node_id}, queries.Texts, partial=True)
        if answer.repository is None:
            raise Gone("the repository went away while it was read")
        return {oid: answer.repository.get(f"t{number}") for number, oid in enumerate(oids)}

    async def _settle(self, oid: Sha, paths: list[str], found: queries.Text | None) -> None:
        data: bytes | None = None
        if found is not None and found.is_binary:
            return self.unread.update(dict.fromkeys(paths, Unread.BINARY))
        if found is not None and found.text is not None and not found.is_truncated:
            data = _encoded(found.text, oid)
        if data is None:
            data = await self._blob(oid)
        read = Unread.UNREADABLE if data is None or blob_id(data) != oid else decoded(data)
        for path in paths:
            if isinstance(read, Unread):
                self.unread[path] = read
            else:
                self.files[path] = read
        return None

    async def _blob(self, oid: Sha) -> bytes | None:
        """The blob's bytes by REST; None when it is not there, or enough were read this way."""
        if self._blobs >= MOST_BLOBS:
            return None
        self._blobs += 1
        request = Request(
            method="GET",
            path="/repos/{owner}/{repo}/git/blobs/{file_sha}",
            values={"owner": self.ref.owner, "repo": self.ref.name, "file_sha": oid},
        )
        try:
            blob = (await self.access.send(request)).fit(_Blob)
        except Gone:
            return None
        try:
            return base64.b64decode(blob.content) if blob.encoding == "base64" else None
        except (binascii.Error, ValueError):
            return None


def blob_id(data: bytes) -> str:
    """The id that git gives a blob of these bytes: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects"""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def decoded(data: bytes) -> str | Unread:
    """The bytes as text, byte order mark and line ends kept, or why they are none."""
    if b"\0" in data:
        return Unread.BINARY
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return Unread.NOT_UTF8


def _encoded(text: str, oid: Sha) -> bytes | None:
    """The bytes that GraphQL showed as `text`, if they can be told: it leaves a byte order mark out."""
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError:  # lone surrogates
        return None
    return next((whole for whole in (data, BOM_UTF8 + data) if blob_id(whole) == oid), None)
