"""The names in a working tree, nearest to the root first; no file is opened and no link followed."""

from __future__ import annotations

import os
from collections import deque
from itertools import islice
from pathlib import Path

from msgspec import Struct

from bot.model import EntryKind, Sha, TreeEntry

MOST_ENTRIES = 100_000
"""As many as GitHub's own listing of a tree has: https://docs.github.com/en/rest/git/trees"""
NO_ID = Sha("0" * 40)
"""What stands on disk may be in no commit."""

NOT_SOURCES = frozenset(
    {
        *(".hg", ".svn", "node_modules", "__pycache__", "__pypackages__", ".eggs", ".ipynb_checkpoints"),
        *(".tox", ".nox", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".pytype", ".direnv", ".cache"),
    }
)
"""Folders that tools fill; nobody commits them."""
ENVIRONMENT_MARK = "pyvenv.cfg"

_ENTRIES = {kind: TreeEntry(kind=kind, oid=NO_ID) for kind in EntryKind}


class Walked(Struct, frozen=True, kw_only=True):
    """What was found: paths with `/` between their parts, relative to the root."""

    tree: dict[str, TreeEntry]
    blind: tuple[str, ...]
    """Folders that could not be listed, `""` for the root."""
    complete: bool
    """False: there is more than was listed."""


def walk(root: Path, *, most: int = MOST_ENTRIES) -> Walked:
    """Everything below `root` that somebody may have written, at most `most` entries; never raises."""
    tree: dict[str, TreeEntry] = {}
    blind: list[str] = []
    cut = False
    waiting = deque([""])
    while waiting and not cut:
        folder = waiting.popleft()
        try:
            found = _list(root / folder, most - len(tree) + 1)
        except OSError:
            blind.append(folder)
            continue
        if folder and _apart(folder, found, tree):
            continue
        cut = len(found) > most - len(tree)
        for name, kind in sorted(found.items())[: most - len(tree)]:
            if name == ".git" or (kind is EntryKind.TREE and name in NOT_SOURCES):
                continue
            path = f"{folder}/{name}" if folder else name
            tree[path] = _ENTRIES[kind]
            if kind is EntryKind.TREE:
                waiting.append(path)
    return Walked(tree=tree, blind=tuple(blind), complete=not cut and not blind)


def _apart(folder: str, found: dict[str, EntryKind], tree: dict[str, TreeEntry]) -> bool:
    """Whether `folder` is no part of this repository: one of its own, or a virtual environment."""
    if ENVIRONMENT_MARK in found:
        del tree[folder]
        return True
    if ".git" in found:
        tree[folder] = _ENTRIES[EntryKind.SUBMODULE]
        return True
    return False


def _list(folder: Path, most: int) -> dict[str, EntryKind]:
    with os.scandir(folder) as entries:
        return {_shown(entry.name): _kind(entry) for entry in islice(entries, most)}


def _kind(entry: os.DirEntry[str]) -> EntryKind:
    if entry.is_symlink():
        return EntryKind.LINK
    return EntryKind.TREE if entry.is_dir(follow_symlinks=False) else EntryKind.BLOB


def _shown(name: str) -> str:
    """A name that is not UTF-8 is shown with escapes; reading it then fails, which is said like any other failure."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")
