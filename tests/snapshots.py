"""Snapshots for tests: a table of files becomes what a scan would have read."""

from __future__ import annotations

from collections.abc import Mapping

from bot.model import (
    EntryKind,
    NodeId,
    RepoFacts,
    RepoId,
    RepoRef,
    Sha,
    Snapshot,
    TreeEntry,
    Unread,
    Visibility,
)

ZERO = Sha("0" * 40)
PYPROJECT = """[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "Spoon.Knife"
version = "1.0"
"""
PUBLISHES = """on: release
jobs:
  publish:
    runs-on: ubuntu-latest
    environment: pypi
    permissions:
      id-token: write
    steps:
      - uses: actions/checkout@v7
      - run: pipx run build
      - uses: pypa/gh-action-pypi-publish@release/v1
"""


def facts(
    *,
    owner: str = "Octo-Org",
    visibility: Visibility = Visibility.PUBLIC,
    default_branch: str | None = "main",
    **standing: bool,
) -> RepoFacts:
    ref = RepoRef(id=RepoId(1), node_id=NodeId("R_1"), owner=owner, name="Spoon" if owner else "")
    return RepoFacts(ref=ref, visibility=visibility, default_branch=default_branch, **standing)


def snapshot(
    files: Mapping[str, str],
    repo: RepoFacts | None = None,
    *,
    unread: Mapping[str, Unread] | None = None,
    complete: bool = True,
) -> Snapshot:
    unread = unread or {}
    paths = [*files, *unread]
    folders = {path[:at] for path in paths for at, letter in enumerate(path) if letter == "/"}
    tree = {folder: TreeEntry(kind=EntryKind.TREE, oid=ZERO) for folder in folders}
    tree |= {path: TreeEntry(kind=EntryKind.BLOB, oid=ZERO) for path in paths}
    return Snapshot(
        repo=repo or facts(), head=ZERO, root_tree=ZERO, tree=tree, files=files, unread=unread, complete=complete
    )
