"""Many repositories at one commit each, as the same `Snapshot`s that `read.py` makes one by one.

A tree comes with the facts, opened as far down as a scan looks; texts of many repositories come together. So fifty
repositories take two or three requests instead of two hundred. Whatever is unusual is left to `read.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec
from msgspec.structs import replace

from bot.errors import GitHubError, Gone, Unavailable, WaitUntil
from bot.github import own, queries
from bot.github.access import Access
from bot.github.graphql import query
from bot.github.read import EMPTY_TREE, NO_COMMIT, Interest, entry, standing
from bot.github.texts import BATCH_BYTES, TextReader, Wanted
from bot.model import RepoId, RepoRef, Sha, Snapshot, TreeEntry

LEVELS: Final = 6
"""Of folders that are opened: one more than `bot.interest` looks for anything."""
MOST_FILES: Final = 600
MOST_REPOSITORIES: Final = 100
"""Whose texts one request reads."""

Changed = Callable[[Snapshot], bool]
"""Whether the texts of this snapshot, which has none yet, are worth reading."""


def _entries(levels: int) -> str:
    below = f" object {{ ... on Tree {{ {_entries(levels - 1)} }} }}" if levels > 1 else ""
    return f"entries {{ name mode type oid size{below} }}"


DOCUMENT: Final = (
    "query Many($whole: [ID!]!, $bare: [ID!]!) { viewer { login } "
    "whole: nodes(ids: $whole) { ...Facts ...Files } bare: nodes(ids: $bare) { ...Facts } }"
    + queries.facts(queries.MOST_PULLS_OF_MANY)
    + "fragment Files on Repository { defaultBranchRef { target { ... on Commit { tree { "
    + _entries(LEVELS)
    + " } } } } }"
    + queries.HEAD
    + queries.PULL
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A repository of many; `closed` are its folders that were not opened."""

    snapshot: Snapshot
    closed: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Many:
    """What came of reading many."""

    read: list[Read] = field(default_factory=list)
    unchanged: list[Snapshot] = field(default_factory=list)
    """Without texts, because they were not worth reading."""
    left: list[RepoRef] = field(default_factory=list)
    """To be read one by one."""


class _Folder(msgspec.Struct, frozen=True):
    entries: tuple[_Entry, ...] | None = None


class _Entry(msgspec.Struct, frozen=True):
    name: str
    mode: int
    type: str
    oid: str
    size: int
    object: _Folder | None = None


class _Tree(_Folder, frozen=True, kw_only=True):
    oid: str


class _Target(msgspec.Struct, frozen=True):
    oid: str
    tree: _Tree | None = None


class _Ref(msgspec.Struct, frozen=True):
    name: str
    target: _Target | None = None


class _Repository(queries.Repository, frozen=True, rename="camel", kw_only=True):
    default_branch_ref: _Ref | None = None  # type: ignore[assignment]  # the same, and more of the tree


class _Answer(msgspec.Struct, frozen=True):
    viewer: queries.Login
    whole: tuple[_Repository | None, ...]
    bare: tuple[_Repository | None, ...]


@dataclass(slots=True, kw_only=True)
class ManyReader:
    """Reads for one installation. Raises WaitUntil, Unavailable: GitHub could not read so many at once, or is away."""

    access: Access
    interest: Interest
    oidc: bool

    async def read(self, whole: Sequence[RepoRef], bare: Sequence[RepoRef], changed: Changed) -> Many:
        """`bare` are those of which the facts are enough; together a hundred at most."""
        many = Many()
        variables = {"whole": [ref.node_id for ref in whole], "bare": [ref.node_id for ref in bare]}
        answer = await query(self.access, DOCUMENT, variables, _Answer, partial=True, patient=False)
        opened: list[_Opened] = []
        for ref, found in [*zip(whole, answer.whole, strict=True), *zip(bare, answer.bare, strict=True)]:
            one = None if found is None else self._open(ref, found, answer.viewer.login)
            if one is None:
                many.left.append(ref)
            elif changed(one.snapshot):
                opened.append(one)
            else:
                many.unchanged.append(one.snapshot)
        await self._texts(opened, lambda one: self.interest.first(one.snapshot.tree))
        await self._texts(opened, lambda one: self.interest.named(one.reader.files, one.snapshot.tree))
        for one in opened:
            if one.failed:
                many.left.append(one.snapshot.repo.ref)
            else:
                many.read.append(Read(snapshot=one.whole(), closed=one.closed))
        return many

    def _open(self, ref: RepoRef, found: _Repository, viewer: str) -> _Opened | None:
        """None for what has to be read by itself."""
        pulls = (found.pulls0.nodes or (), found.pulls1.nodes or ())
        if any(len(listed) >= queries.MOST_PULLS_OF_MANY for listed in pulls):
            return None
        target = found.default_branch_ref.target if found.default_branch_ref else None
        facts = standing(found, ref, oidc=self.oidc)
        tree: dict[str, TreeEntry] = {}
        closed: list[str] = []
        if target is not None and target.tree is not None and not found.bare:
            if target.tree.entries is None:
                return None
            closed += _walk(target.tree, "", tree)
        heads = own.heads(found, viewer)
        snapshot = Snapshot(
            repo=facts,
            head=Sha(target.oid) if target else NO_COMMIT,
            root_tree=Sha(target.tree.oid) if target and target.tree else EMPTY_TREE,
            tree=tree,
            files={},
            complete=target is None or (target.tree is not None and not found.bare),
            branches={branch: head.oid for branch, head in heads.items()},
            heads=heads,
            pulls=own.pulls(found),
            bot_branches=own.others(found),
        )
        reader = TextReader(access=self.access, ref=facts.ref, tree=tree)
        return _Opened(snapshot=snapshot, closed=tuple(closed), reader=reader)

    async def _texts(self, opened: Sequence[_Opened], paths: Callable[[_Opened], Iterable[str]]) -> None:
        """Read these paths of each, many in a request; who fails alone is marked."""
        for one in opened:
            one.wanted = one.reader.wanted(paths(one))
        asked = [one for one in opened if one.wanted.small]
        found: dict[RepoId, dict[Sha, queries.Text | None]] = {}
        for batch in _batches(asked):
            found |= await self._ask(batch)
        for one in opened:
            if one.failed:
                continue
            try:
                await one.reader.settle(one.wanted, found.get(one.id, {}))
            except (WaitUntil, Unavailable):
                raise
            except GitHubError:
                one.failed = True

    async def _ask(self, batch: Sequence[_Opened]) -> dict[RepoId, dict[Sha, queries.Text | None]]:
        """Halved until GitHub answers in time."""
        try:
            return await self._ask_at_once(batch)
        except Unavailable:
            if len(batch) == 1:
                raise
        half = len(batch) // 2
        return await self._ask(batch[:half]) | await self._ask(batch[half:])

    async def _ask_at_once(self, batch: Sequence[_Opened]) -> dict[RepoId, dict[Sha, queries.Text | None]]:
        names = ", ".join(f"$r{number}: ID!" for number in range(len(batch)))
        fields = "\n".join(
            f"r{number}: node(id: $r{number}) {{ ... on Repository {{\n{queries.blobs(list(one.wanted.small))}\n}} }}"
            for number, one in enumerate(batch)
        )
        document = f"query TextsOfMany({names}) {{\n{fields}\n}}{queries.TEXT}"
        variables = {f"r{number}": one.snapshot.repo.ref.node_id for number, one in enumerate(batch)}
        shape = dict[str, dict[str, queries.Text | None] | None]
        try:
            answer = await query(self.access, document, variables, shape, partial=True, patient=False)
        except Gone:
            answer = {}
        found: dict[RepoId, dict[Sha, queries.Text | None]] = {}
        for number, one in enumerate(batch):
            texts = answer.get(f"r{number}")
            one.failed = one.failed or texts is None
            found[one.id] = {oid: (texts or {}).get(f"t{place}") for place, oid in enumerate(one.wanted.small)}
        return found


@dataclass(slots=True, kw_only=True)
class _Opened:
    """One of many, half-way."""

    snapshot: Snapshot
    closed: tuple[str, ...]
    reader: TextReader
    wanted: Wanted = field(default_factory=lambda: Wanted({}, {}))
    failed: bool = False

    @property
    def id(self) -> RepoId:
        return self.snapshot.repo.ref.id

    def whole(self) -> Snapshot:
        return replace(self.snapshot, files=self.reader.files, unread=self.reader.unread)


def _walk(folder: _Folder, prefix: str, tree: dict[str, TreeEntry]) -> Iterator[str]:
    """Put everything below a folder into `tree`; the folders that were not opened come back."""
    for found in folder.entries or ():
        path = f"{prefix}{found.name}"
        tree[path] = entry(f"{found.mode:06o}", found.type, found.oid, found.size if found.type == "blob" else None)
        if found.type != "tree":
            continue
        if found.object is None or found.object.entries is None:
            yield path
        else:
            yield from _walk(found.object, f"{path}/", tree)


def _batches(opened: Sequence[_Opened]) -> Iterator[list[_Opened]]:
    batch: list[_Opened] = []
    files = size = 0
    for one in opened:
        more, larger = len(one.wanted.small), sum(one.wanted.small.values())
        full = files + more > MOST_FILES or size + larger > BATCH_BYTES or len(batch) == MOST_REPOSITORIES
        if batch and full:
            yield batch
            batch, files, size = [], 0, 0
        batch.append(one)
        files += more
        size += larger
    if batch:
        yield batch
