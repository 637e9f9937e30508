"""What a scan's answer hangs on, in a few digits: as long as they stay the same, so does the answer."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping

from bot.interest import MEMBERS, matters
from bot.model import EntryKind, RepoFacts, TreeEntry

DEEPEST = 5
"""Folders above a file that is looked at by its name alone; deeper ones count where a plan was made from them."""
_LONGEST = 400_000
"""Characters of one text that are searched for the names of folders."""


def of_files(tree: Mapping[str, TreeEntry], watched: Collection[str]) -> str:
    """Of every file that a scan reads or whose absence it counts on; `watched` are those of the last plan."""
    wanted = (path for path in tree if path.count("/") <= DEEPEST and matters(path) and _is_file(tree[path]))
    named = (path for path in watched if path in tree)
    paths = sorted({*wanted, *named})
    return _hash(f"{path}\0{tree[path].oid}\0{tree[path].kind}\0{tree[path].executable}" for path in paths)


def of_standing(repo: RepoFacts) -> str:
    """Of the name, the default branch, the visibility and the flags."""
    flags = (repo.archived, repo.disabled, repo.fork, repo.template, repo.oidc)
    return _hash((repo.ref.full_name, repo.visibility, str(repo.default_branch), *map(str, flags)))


def too_deep(watched: Iterable[str]) -> bool:
    """Claims that a path lies deeper than where folders are opened when many repositories are read at once."""
    return any(path.count("/") > DEEPEST for path in watched)


def may_name(files: Mapping[str, str], folders: Collection[str]) -> bool:
    """Claims that a text may name a file below one of these folders, which were not opened."""
    if not folders:
        return False
    heads = {folder.partition("/")[0] for folder in folders}
    word = re.compile("|".join(rf"\b{re.escape(head)}/" for head in sorted(heads)))
    return any(word.search(text[:_LONGEST]) or MEMBERS.search(text[:_LONGEST]) for text in files.values())


def _is_file(entry: TreeEntry) -> bool:
    return entry.kind is not EntryKind.TREE


def _hash(parts: Iterable[str]) -> str:
    state = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        state.update(len(data).to_bytes(8, "big") + data)
    return state.hexdigest()[:32]
