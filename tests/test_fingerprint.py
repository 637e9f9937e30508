"""What changes a fingerprint, and what does not."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from bot import fingerprint
from bot.model import EntryKind, NodeId, RepoFacts, RepoId, RepoRef, Sha, TreeEntry, Visibility

REPO = RepoFacts(
    ref=RepoRef(id=RepoId(1), node_id=NodeId("R"), owner="acme", name="tool"),
    visibility=Visibility.PUBLIC,
    default_branch="main",
)
BLOB = TreeEntry(kind=EntryKind.BLOB, oid=Sha("a" * 40), size=1)
OTHER = replace(BLOB, oid=Sha("b" * 40))
TREE = {
    "pyproject.toml": BLOB,
    "src": TreeEntry(kind=EntryKind.TREE, oid=Sha("c" * 40)),
    "src/code.py": BLOB,
    "ship.sh": BLOB,
    ".github/workflows/a.yml": BLOB,
}


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"src/code.py": OTHER}, True),
        ({"src": replace(TREE["src"], oid=Sha("d" * 40))}, True),
        ({"README.md": BLOB}, True),
        ({"a/b/c/d/e/f/setup.py": BLOB}, True),
        ({"pyproject.toml": OTHER}, False),
        ({"pyproject.toml": replace(BLOB, kind=EntryKind.LINK)}, False),
        ({"ship.sh": OTHER}, False),
        ({"ship.sh": replace(BLOB, executable=True)}, False),
        ({".github/workflows/b.yml": BLOB}, False),
        ({"packages/core/pyproject.toml": BLOB}, False),
        ({"uv.lock": BLOB}, False),
    ],
)
def test_files(change: dict[str, TreeEntry], same: bool) -> None:
    before = fingerprint.of_files(TREE, {"ship.sh"})
    assert (fingerprint.of_files(TREE | change, {"ship.sh"}) == before) is same


def test_a_watched_file_that_is_gone_changes_it() -> None:
    left = {path: entry for path, entry in TREE.items() if path != "ship.sh"}
    assert fingerprint.of_files(left, {"ship.sh"}) != fingerprint.of_files(TREE, {"ship.sh"})
    assert fingerprint.of_files(left, ()) == fingerprint.of_files(TREE, ())


@pytest.mark.parametrize(
    "change",
    [
        {"archived": True},
        {"fork": True},
        {"default_branch": "dev"},
        {"visibility": Visibility.PRIVATE},
        {"oidc": False},
    ],
)
def test_standing(change: dict[str, object]) -> None:
    assert fingerprint.of_standing(replace(REPO, **change)) != fingerprint.of_standing(REPO)
    renamed = replace(REPO, ref=replace(REPO.ref, name="other"))
    assert fingerprint.of_standing(renamed) != fingerprint.of_standing(REPO)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("run: bash deep/down/ship.sh", True),
        ("run: ./deep/x", True),
        ('members = ["packages/*"]', True),
        ("run: make test", False),
        ("run: deeper/x", False),
        ("", False),
    ],
)
def test_folders_that_a_text_names(text: str, named: bool) -> None:
    assert fingerprint.may_name({"a.yml": text}, ["deep/down/to/the/very/bottom"]) is named
    assert not fingerprint.may_name({"a.yml": text}, [])


def test_depth() -> None:
    assert fingerprint.too_deep({"a/b/c/d/e/f/g.sh"})
    assert not fingerprint.too_deep({"a/b/c/d/e/g.sh", "x"})
