"""A working tree on disk as a `Snapshot`, and changes written back to it.

What is read is what a scan on GitHub would read, by the same tables (`bot.interest`). No link is followed, nothing that
lies in the tree is executed, git neither, and what stands in `.git` is believed only as far as the address of a
repository on github.com.
"""

from __future__ import annotations

import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from bot import interest
from bot.checkout.origin import find
from bot.checkout.texts import read_text
from bot.checkout.walk import MOST_ENTRIES, NO_ID, walk
from bot.errors import CheckoutError
from bot.model import (
    EntryKind,
    NodeId,
    RepoFacts,
    RepoId,
    RepoRef,
    Snapshot,
    TreeEntry,
    Unread,
    Visibility,
)

__all__ = ["read"]

_AS_FILE = TreeEntry(kind=EntryKind.BLOB, oid=NO_ID)


def read(path: Path, *, most: int = MOST_ENTRIES) -> Snapshot:
    """The working tree below `path`, of at most `most` files and folders.

    Its commit is unknown: files may differ from the last one, so the ids are zeros. Without an `origin` on github.com,
    owner and name are empty. Raises CheckoutError when `path` is no folder that can be listed.
    """
    _require_folder(path)
    walked = walk(path, most=most)
    if "" in walked.blind:
        raise CheckoutError(f"{path} cannot be listed; you need permission to read it")
    files: dict[str, str] = {}
    unread = dict.fromkeys(walked.blind, Unread.UNREADABLE)
    _gather(path, interest.first(dict.fromkeys(walked.tree, _AS_FILE)), walked.tree, files, unread)
    _gather(path, interest.named(files, walked.tree), walked.tree, files, unread)
    return Snapshot(
        repo=_facts(path),
        head=NO_ID,
        root_tree=NO_ID,
        tree=walked.tree,
        files=files,
        unread=unread,
        complete=walked.complete,
    )


def _require_folder(path: Path) -> None:
    try:
        is_folder = stat.S_ISDIR(path.stat().st_mode)
    except FileNotFoundError:
        raise CheckoutError(f"{path} does not exist") from None
    except (OSError, ValueError) as error:
        raise CheckoutError(f"{path} cannot be looked at: {_why(error)}") from None
    if not is_folder:
        raise CheckoutError(f"{path} is not a folder; give the folder of a repository")


def _why(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _gather(
    root: Path, paths: Iterable[str], tree: Mapping[str, TreeEntry], files: dict[str, str], unread: dict[str, Unread]
) -> None:
    for path in paths:
        match tree[path].kind:
            case EntryKind.LINK:
                unread[path] = Unread.LINK
            case EntryKind.TREE:
                unread[path] = Unread.FOLDER
            case EntryKind.BLOB:
                answer = read_text(root / path)
                if isinstance(answer, Unread):
                    unread[path] = answer
                else:
                    files[path] = answer
            case EntryKind.SUBMODULE:
                continue


def _facts(path: Path) -> RepoFacts:
    origin = find(path)
    ref = RepoRef(id=RepoId(0), node_id=NodeId(""), owner=origin.owner, name=origin.name)
    return RepoFacts(ref=ref, visibility=Visibility.UNKNOWN, default_branch=origin.branch, oidc=origin.oidc)
