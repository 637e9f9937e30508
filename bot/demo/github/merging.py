"""Whether a pull request can be merged, as GitHub would say of it."""

from __future__ import annotations

from bot.demo.github import history, trees
from bot.demo.github.state import Pull, Repository


def conflicts(repository: Repository, pull: Pull) -> bool:
    """Base and head gave one file different contents; edits of different lines of it are no exception here."""
    store, base = repository.store, repository.branch(pull.base)
    if base is None or not pull.issue.open:
        return False
    meet = history.merge_base(store, base, pull.head_oid)
    if meet is None:
        return True
    before = history.commit(store, meet).tree
    theirs = {one.path: one.after for one in trees.compare(store, before, history.commit(store, base).tree)}
    ours = trees.compare(store, before, history.commit(store, pull.head_oid).tree)
    return any(one.path in theirs and theirs[one.path] != one.after for one in ours)
