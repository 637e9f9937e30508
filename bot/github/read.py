"""A repository at one commit as a `Snapshot`, in at most four requests for an ordinary one.

Facts, the recursive tree, the texts that a scan asks for first, and the files that those texts name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Protocol

import msgspec

from bot.errors import Conflict, Gone, Unavailable
from bot.github import own, queries
from bot.github.access import Access
from bot.github.graphql import query
from bot.github.texts import TextReader
from bot.github.wire import Request
from bot.model import EntryKind, NodeId, RepoFacts, RepoId, RepoRef, Sha, Snapshot, TreeEntry, Visibility

NO_COMMIT = Sha("0" * 40)
EMPTY_TREE = Sha("4b825dc642cb6eb9a060e54bf8d69288fbee4904")
_SHA = re.compile(r"[0-9a-f]{40}\Z")
_LINK_MODE = "120000"
_EXECUTABLE_MODE = "100755"
_KINDS = {kind.value: kind for kind in (EntryKind.BLOB, EntryKind.TREE, EntryKind.SUBMODULE)}


class Interest(Protocol):
    """Which paths are worth reading; the module `bot.interest` is one."""

    def first(self, tree: Mapping[str, TreeEntry], /) -> Iterable[str]:
        """Paths to read at once."""
        ...

    def named(self, files: Mapping[str, str], tree: Mapping[str, TreeEntry], /) -> Iterable[str]:
        """Paths that these texts name."""
        ...


class _Entry(msgspec.Struct, frozen=True):
    path: str
    mode: str
    type: str
    sha: str
    size: int | None = None


class _Tree(msgspec.Struct, frozen=True):
    sha: str
    tree: tuple[_Entry, ...]
    truncated: bool = False


async def read_repository(access: Access, ref: RepoRef, interest: Interest, *, oidc: bool) -> Snapshot:
    """The repository now. Archived, disabled, empty, forked and template repositories are not read beyond their facts.

    Raises Gone when it is not there or not ours to see.
    """
    answer = await _facts(access, ref)
    found = answer.repository
    if found is None:
        raise Gone("the repository is not there, or the installation does not cover it", status=404)
    if not ref.node_id and ref.id and found.database_id not in {ref.id, None}:
        raise Gone("another repository has this name now", status=404)
    facts = standing(found, ref, oidc=oidc)
    head = found.default_branch_ref.target if found.default_branch_ref else None
    tree: dict[str, TreeEntry] = {}
    complete = head is None
    reader = TextReader(access=access, ref=facts.ref, tree=tree)
    if head is not None and head.tree is not None and not found.bare:
        tree, complete, _ = await read_tree(access, facts.ref, Sha(head.tree.oid))
        reader = TextReader(access=access, ref=facts.ref, tree=tree)
        await reader.read(interest.first(tree))
        await reader.read(interest.named(reader.files, tree))
    heads = own.heads(found, answer.viewer.login)
    return Snapshot(
        repo=facts,
        head=Sha(head.oid) if head else NO_COMMIT,
        root_tree=Sha(head.tree.oid) if head and head.tree else EMPTY_TREE,
        tree=tree,
        files=reader.files,
        unread=reader.unread,
        complete=complete,
        branches={branch: found_head.oid for branch, found_head in heads.items()},
        heads=heads,
        pulls=own.pulls(found),
        bot_branches=own.others(found),
    )


async def _facts(access: Access, ref: RepoRef) -> queries.Facts:
    if ref.node_id:
        return await query(access, queries.BY_ID, {"id": ref.node_id}, queries.Facts)
    return await query(access, queries.BY_NAME, {"owner": ref.owner, "name": ref.name}, queries.Facts)


def standing(found: queries.Standing, known: RepoRef, *, oidc: bool) -> RepoFacts:
    """What was found; `known` helps where GitHub has left the number out."""
    visibility = found.visibility.lower()
    return RepoFacts(
        ref=RepoRef(
            id=RepoId(found.database_id or known.id), node_id=NodeId(found.id), owner=found.owner.login, name=found.name
        ),
        visibility=Visibility(visibility) if visibility in set(Visibility) else Visibility.UNKNOWN,
        default_branch=found.default_branch_ref.name if found.default_branch_ref else None,
        archived=found.is_archived,
        disabled=found.is_disabled,
        fork=found.is_fork,
        template=found.is_template,
        oidc=oidc,
    )


async def read_tree(access: Access, ref: RepoRef, root: Sha) -> tuple[dict[str, TreeEntry], bool, Sha]:
    """Path -> entry, whether that is all, and the tree's own id; `root` is a tree or a commit."""
    if root == EMPTY_TREE:
        return {}, True, root
    request = Request(
        method="GET",
        path="/repos/{owner}/{repo}/git/trees/{tree_sha}{?recursive}",
        values={"owner": ref.owner, "repo": ref.name, "tree_sha": root, "recursive": "1"},
    )
    try:
        answer = (await access.send(request)).fit(_Tree)
    except Conflict:  # "Git Repository is empty.": emptied since its facts were read
        return {}, True, EMPTY_TREE
    entries = {one.path: entry(one.mode, one.type, one.sha, one.size) for one in answer.tree}
    return entries, not answer.truncated, Sha(answer.sha)


def entry(mode: str, kind: str, oid: str, size: int | None) -> TreeEntry:
    """Raises Unavailable for what is no entry of a tree."""
    if not _SHA.match(oid) or kind not in _KINDS:
        raise Unavailable("an entry of a tree is none that git knows")
    found = EntryKind.LINK if mode == _LINK_MODE else _KINDS[kind]
    return TreeEntry(kind=found, oid=Sha(oid), size=size, executable=mode == _EXECUTABLE_MODE)
