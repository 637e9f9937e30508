"""Our objects and git's own: the same ids, and git finds nothing wrong with them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.github import LocalGitHub, history, trees
from bot.demo.github.commits import Asked, api_commit
from bot.demo.github.objects import Commit, Kind, MissingObject, ObjectStore, Tag, TreeItem, decode_tree, encode_tree
from bot.demo.github.site import Actor
from bot.demo.github.trees import NoSuchPath, Put

ODD_FILES: dict[str, str | bytes | None] = {
    "a.txt": "one\n",
    "a/b.txt": "below a folder that sorts after a.txt\n",
    "a-b": b"\x00\xff binary",
    "é.txt": "not ASCII\r\n",
    "empty": "",
    ".github/workflows/x.yml": "on: push\n",
}


def git(folder: Path, *arguments: str, stdin: bytes | None = None) -> str:
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, check=True).stdout.decode().strip()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    return tmp_path


@pytest.fixture
def github() -> LocalGitHub:
    made = LocalGitHub(clock=lambda: 1_700_000_000.0)
    made.create_user("alice")
    return made


def test_git_computes_the_same_ids_and_finds_nothing_wrong(folder: Path, github: LocalGitHub) -> None:
    found = github.create_repository("alice/tool", ODD_FILES)
    github.push("alice/tool", {"a/b.txt": None, "a.txt": "two\n"}, branch="topic")
    app = github.create_app(owner="alice", name="b", permissions={}, events=[]).app
    oid = api_commit(
        found,
        Actor(account=app.bot, app=app),
        1_700_000_001.0,
        Asked(tree=history.commit(found.store, found.head or "").tree, parents=(found.head or "",), message="signed"),
    )
    github.tag("alice/tool", "v1", annotated=True)
    for each in found.store.ids():
        kind = found.store.kind(each)
        written = git(folder, "hash-object", "-w", "-t", kind.value, "--stdin", stdin=found.store.read(each, kind))
        assert written == each
    for name, target in found.refs.items():
        git(folder, "update-ref", name, target)
    git(folder, "update-ref", "refs/heads/signed", oid)
    assert git(folder, "fsck", "--strict", "--no-dangling") == ""
    assert git(folder, "show", "topic:a.txt") == "two"
    assert git(folder, "rev-parse", "v1^{commit}") == found.head


def test_git_lists_the_same_tree(folder: Path, github: LocalGitHub) -> None:
    found = github.create_repository("alice/tool", ODD_FILES)
    for each in found.store.ids():
        kind = found.store.kind(each)
        git(folder, "hash-object", "-w", "-t", kind.value, "--stdin", stdin=found.store.read(each, kind))
    root = history.commit(found.store, found.head or "").tree
    listed = git(folder, "-c", "core.quotepath=off", "ls-tree", "-r", "-t", "--name-only", root).split("\n")
    assert listed == [path for path, _ in trees.walk(found.store, root)]


def test_objects_are_read_back_as_they_were_written(github: LocalGitHub) -> None:
    found = github.create_repository("alice/tool", ODD_FILES)
    github.tag("alice/tool", "v1", annotated=True)
    for each in found.store.ids():
        kind = found.store.kind(each)
        data = found.store.read(each, kind)
        match kind:
            case Kind.TREE:
                assert encode_tree(decode_tree(data)) == data
            case Kind.COMMIT:
                assert Commit.decode(data).encode() == data
            case Kind.TAG:
                assert Tag.decode(data).encode() == data


NAMES = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map("/".join)


@given(st.dictionaries(NAMES, st.binary(max_size=4), min_size=1, max_size=8))
def test_comparing_a_tree_with_nothing_lists_its_files(files: dict[str, bytes]) -> None:
    paths = [path for path in files if not any(other.startswith(path + "/") for other in files)]
    store = ObjectStore()
    puts: dict[str, Put | None] = {path: Put(mode="100644", oid=store.put(Kind.BLOB, files[path])) for path in paths}
    root = trees.write(store, None, puts)
    assert sorted(one.path for one in trees.compare(store, None, root)) == sorted(paths)
    assert list(trees.compare(store, root, root)) == []


def test_a_folder_that_loses_its_last_file_is_gone() -> None:
    store = ObjectStore()
    blob = store.put(Kind.BLOB, b"x")
    root = trees.write(store, None, {"a/b/c": Put(mode="100644", oid=blob), "d": Put(mode="100644", oid=blob)})
    assert [path for path, _ in trees.walk(store, trees.write(store, root, {"a/b/c": None}))] == ["d"]


def test_what_is_not_there_cannot_be_deleted() -> None:
    store = ObjectStore()
    root = trees.write(store, None, {"d": Put(mode="100644", oid=store.put(Kind.BLOB, b"x"))})
    with pytest.raises(NoSuchPath):
        trees.write(store, root, {"a": None})


def test_an_object_of_another_kind_is_not_read() -> None:
    store = ObjectStore()
    oid = store.put(Kind.BLOB, b"x")
    with pytest.raises(MissingObject):
        store.read(oid, Kind.TREE)
    with pytest.raises(MissingObject):
        store.kind("0" * 40)
    assert TreeItem(mode="160000", name="sub", oid=oid).kind is Kind.COMMIT
