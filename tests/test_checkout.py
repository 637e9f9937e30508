"""A working tree becomes a snapshot, and changes go back into it: nothing is followed, run or written elsewhere."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.checkout import read
from bot.checkout.origin import find
from bot.checkout.write import write
from bot.errors import CheckoutError
from bot.interest import LARGEST
from bot.model import Change, EntryKind, Unread, Visibility

WORKFLOW = ".github/workflows/ci.yml"


def put(root: Path, files: dict[str, str | bytes]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return root


# ---------------------------------------------------------------- reading


def test_what_a_scan_wants_is_read_byte_for_byte(tmp_path: Path) -> None:
    texts = {WORKFLOW: "\ufeffon: push\r\n", "pyproject.toml": "[project]\nname = 'é'", "src/thing/__init__.py": ""}
    snapshot = read(put(tmp_path, {**texts}))
    assert dict(snapshot.files) == {name: texts[name] for name in (WORKFLOW, "pyproject.toml")}
    assert snapshot.tree["src/thing/__init__.py"].kind is EntryKind.BLOB
    assert snapshot.tree["src"].kind is EntryKind.TREE
    assert snapshot.complete
    assert not snapshot.unread
    assert snapshot.repo.visibility is Visibility.UNKNOWN


def test_files_that_those_name_are_read_in_a_second_round(tmp_path: Path) -> None:
    step = "jobs:\n  a:\n    steps:\n      - run: scripts/release.sh\n"
    snapshot = read(put(tmp_path, {WORKFLOW: step, "scripts/release.sh": "twine upload dist/*\n", "scripts/x.sh": ""}))
    assert snapshot.files["scripts/release.sh"] == "twine upload dist/*\n"
    assert "scripts/x.sh" not in snapshot.files


def _link_out(path: Path) -> None:
    target = path.parent / "elsewhere"
    target.write_text("on: push\n")
    path.symlink_to(target)


def _link_to_itself(path: Path) -> None:
    path.symlink_to(path)


def _unreadable(path: Path) -> None:
    path.write_text("on: push\n")
    path.chmod(0)


UNREAD: dict[str, tuple[Callable[[Path], object], Unread]] = {
    "a link out of the tree": (_link_out, Unread.LINK),
    "a link to itself": (_link_to_itself, Unread.LINK),
    "a folder": (Path.mkdir, Unread.FOLDER),
    "a pipe that nobody writes to": (os.mkfifo, Unread.UNREADABLE),
    "too large": (lambda path: path.write_bytes(b"#" * (LARGEST + 1)), Unread.TOO_LARGE),
    "Latin-1": (lambda path: path.write_bytes(b"# caf\xe9\n"), Unread.NOT_UTF8),
    "UTF-16": (lambda path: path.write_bytes("on: push\n".encode("utf-16")), Unread.NOT_UTF8),
    "a byte of zero": (lambda path: path.write_bytes(b"on: push\0\n"), Unread.BINARY),
    "an executable": (lambda path: path.write_bytes(b"\x7fELF\0\0\xff\xfe"), Unread.BINARY),
    "half a surrogate pair": (lambda path: path.write_bytes(b"# \xed\xa0\x80\n"), Unread.NOT_UTF8),
}


@pytest.mark.parametrize("case", UNREAD)
@pytest.mark.parametrize("place", [WORKFLOW, "pyproject.toml", ".github/pubflow.yml"])
def test_a_file_without_a_text_says_why_and_the_rest_is_read(tmp_path: Path, place: str, case: str) -> None:
    make, reason = UNREAD[case]
    put(tmp_path, {"setup.cfg": "[metadata]\n", ".github/workflows/other.yml": "on: push\n"})
    make(tmp_path / place)
    snapshot = read(tmp_path)
    assert snapshot.unread == {place: reason}
    assert set(snapshot.files) == {"setup.cfg", ".github/workflows/other.yml"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_says_so(tmp_path: Path) -> None:
    _unreadable(tmp_path / "pyproject.toml")
    assert read(tmp_path).unread == {"pyproject.toml": Unread.UNREADABLE}


def test_the_largest_file_that_is_read(tmp_path: Path) -> None:
    assert len(read(put(tmp_path, {"setup.cfg": b"#" * LARGEST})).files["setup.cfg"]) == LARGEST


APART = {
    "a virtual environment": {"env/pyvenv.cfg": "", "env/setup.py": ""},
    "git's own folder": {".git/setup.py": ""},
    "packages of Node": {"node_modules/x/setup.py": ""},
    "a cache": {"pkg/__pycache__/setup.py": "", ".tox/py311/setup.py": ""},
    "another repository": {"other/.git/HEAD": "", "other/setup.py": ""},
    "a submodule": {"other/.git": "gitdir: ../.git/modules/other\n", "other/setup.py": ""},
}


@pytest.mark.parametrize("case", APART)
def test_what_is_not_this_repository_is_not_read(tmp_path: Path, case: str) -> None:
    snapshot = read(put(tmp_path, {**APART[case]}))
    assert not snapshot.files
    assert not [path for path in snapshot.tree if path.endswith("setup.py")]
    assert snapshot.complete


def test_a_repository_within_is_a_submodule(tmp_path: Path) -> None:
    assert read(put(tmp_path, {**APART["a submodule"]})).tree["other"].kind is EntryKind.SUBMODULE


def test_a_linked_folder_is_not_entered(tmp_path: Path) -> None:
    outside = put(tmp_path / "outside", {"setup.py": "", "workflows/ci.yml": "on: push\n"})
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "package").symlink_to(outside)
    (inside / ".github").symlink_to(outside)
    (inside / "up").symlink_to(tmp_path)
    snapshot = read(inside)
    assert {path: entry.kind for path, entry in snapshot.tree.items()} == dict.fromkeys(
        ("package", ".github", "up"), EntryKind.LINK
    )
    assert not snapshot.files


def test_a_huge_tree_is_cut_near_the_root_last(tmp_path: Path) -> None:
    put(tmp_path, {"pyproject.toml": "", **{f"deep/er/{n}": "" for n in range(20)}})
    assert not (cut := read(tmp_path, most=10)).complete
    assert len(cut.tree) == 10
    assert "pyproject.toml" in cut.files
    assert read(tmp_path, most=23).complete


def test_a_name_that_is_no_text_is_said_and_not_read(tmp_path: Path) -> None:
    folder = put(tmp_path, {WORKFLOW: "on: push\n"}) / ".github" / "workflows"
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff.yml")).write_text("on: push\n")
    snapshot = read(tmp_path)
    assert snapshot.unread == {".github/workflows/\\xff.yml": Unread.UNREADABLE}
    assert set(snapshot.files) == {WORKFLOW}


@pytest.mark.parametrize("name", ["missing", "file", "file/below", "x" * 300])
def test_what_is_no_folder_is_refused_in_words(tmp_path: Path, name: str) -> None:
    put(tmp_path, {"file": ""})
    with pytest.raises(CheckoutError, match=r"does not exist|is not a folder|cannot be looked at"):
        read(tmp_path / name)


# ---------------------------------------------------------------- where it came from

ORIGINS = {
    "https://github.com/Octo/Spoon-Knife.git": "Octo/Spoon-Knife",
    "https://github.com/octo/spoon": "octo/spoon",
    "https://github.com/octo/spoon/": "octo/spoon",
    "https://www.github.com/octo/spoon.git/": "octo/spoon",
    "HTTPS://GitHub.com/octo/spoon.py": "octo/spoon.py",
    "https://user:secret@github.com/octo/spoon.git": "octo/spoon",
    "git@github.com:octo/spoon.git": "octo/spoon",
    "github.com:octo/spoon": "octo/spoon",
    "git@GITHUB.com:/octo/spoon.git": "octo/spoon",
    "ssh://git@github.com/octo/spoon.git": "octo/spoon",
    "ssh://git@ssh.github.com:443/octo/spoon.git": "octo/spoon",
    "git://github.com/octo/spoon.git": "octo/spoon",
    '"https://github.com/octo/spoon.git"': "octo/spoon",
    "https://github.com/octo/spoon.git # ours": "octo/spoon",
    # None of these is a repository on github.com.
    "https://gitlab.com/octo/spoon.git": None,
    "https://github.com.evil.example/octo/spoon.git": None,
    "https://evil.example/github.com/octo/spoon": None,
    "https://github.com@evil.example/octo/spoon": None,
    "git@github.example.com:octo/spoon.git": None,
    "/srv/git/octo/spoon.git": None,
    "../spoon": None,
    "file:///srv/git/github.com/octo/spoon": None,
    "https://github.com/octo": None,
    "https://github.com/octo/spoon/tree/main": None,
    "https://github.com/octo/..": None,
    "https://github.com/octo/sp oon": None,
    "https://github.com/-octo/spoon": None,
    "https://github.com/octo/spoon%0Ax": None,
    "https://[github.com/octo/spoon": None,
    "ext::sh -c touch% /tmp/x github.com:octo/spoon": None,
    "": None,
}


@pytest.mark.parametrize("url", ORIGINS)
def test_the_repository_is_read_from_the_remote(tmp_path: Path, url: str) -> None:
    config = (
        f'[core]\n\tbare = false\n[remote "origin"]\n\turl = {url}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n'
    )
    put(tmp_path, {".git/config": config, ".git/HEAD": "ref: refs/heads/trunk\n"})
    ref = read(tmp_path).repo.ref
    assert (ref.full_name if ref.owner else None) == ORIGINS[url]


CONFIGS = {
    '[remote "upstream"]\n url = git@github.com:a/b.git\n[remote "origin"]\n url = git@github.com:c/d.git\n': "c",
    '[remote "upstream"]\n url = git@github.com:a/b.git\n': "a",
    '[remote "x"]\n url = git@github.com:a/b.git\n[remote "y"]\n url = git@github.com:c/d.git\n': "",
    '[Remote "origin"] URL=git@github.com:a/b.git\n': "a",
    '; [remote "origin"]\n[branch "main"]\n url = git@github.com:a/b.git\n': "",
    '[remote "origin"]\n pushurl = git@github.com:a/b.git\n': "",
    '[submodule "origin"]\n url = git@github.com:a/b.git\n': "",
    '[remote "origin"\n url = git@github.com:a/b.git\n': "",
    "\x00\xff": "",
}


@pytest.mark.parametrize("config", CONFIGS)
def test_which_remote_counts(tmp_path: Path, config: str) -> None:
    assert find(put(tmp_path, {".git/config": config})).owner == CONFIGS[config]


BRANCHES: dict[str, tuple[dict[str, str | bytes], str]] = {
    "what the remote calls its head": (
        {".git/HEAD": "ref: refs/heads/topic\n", ".git/refs/remotes/origin/HEAD": "ref: refs/remotes/origin/dev\n"},
        "dev",
    ),
    "the branch that is checked out": ({".git/HEAD": "ref: refs/heads/release/1.x\n"}, "release/1.x"),
    "a detached head": ({".git/HEAD": "0" * 40 + "\n"}, "main"),
    "no git": ({"setup.py": ""}, "main"),
    "a hostile head": ({".git/HEAD": "ref: refs/heads/\x1b[2J\n"}, "main"),
}


@pytest.mark.parametrize("case", BRANCHES)
def test_the_default_branch_is_guessed(tmp_path: Path, case: str) -> None:
    files, branch = BRANCHES[case]
    assert read(put(tmp_path, files)).repo.default_branch == branch


def test_a_worktree_knows_its_repository(tmp_path: Path) -> None:
    main, tree = tmp_path / "main", tmp_path / "tree"
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-C", str(main))
    subprocess.run(["git", "init", "-q", "-b", "main", str(main)], check=True)
    subprocess.run([*git, "remote", "add", "origin", "git@github.com:octo/spoon.git"], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "first"], check=True)
    subprocess.run([*git, "worktree", "add", "-q", "-b", "topic", str(tree)], check=True, capture_output=True)
    assert (tree / ".git").is_file()
    assert read(tree).repo.ref.full_name == "octo/spoon"
    assert read(tree).repo.default_branch == "topic"
    assert ".git" not in read(tree).tree


GIT_FILES = ["", "gitdir: missing\n", "gitdir: /dev/zero\n", "gitdir: \x00\n", "nonsense\n", "gitdir: a\ngitdir: b\n"]


@pytest.mark.parametrize("text", GIT_FILES)
def test_a_git_file_that_leads_nowhere_is_ignored(tmp_path: Path, text: str) -> None:
    assert find(put(tmp_path, {".git": text})).owner == ""


def test_data_residency_hosts_have_identity_tokens_that_the_index_refuses(tmp_path: Path) -> None:
    put(tmp_path, {".git/config": '[remote "origin"]\n url = https://octo.ghe.com/octo/spoon.git\n'})
    repo = read(tmp_path).repo
    assert (repo.oidc, repo.ref.owner) == (False, "")


# ---------------------------------------------------------------- writing


def test_changes_are_written_and_modes_kept(tmp_path: Path) -> None:
    put(tmp_path, {"edit.yml": "a: 1\r\n", "gone.yml": "x"})
    (tmp_path / "edit.yml").chmod(0o640)
    write(
        tmp_path,
        [
            Change(file="edit.yml", before="a: 1\r\n", after="a: é\r\n"),
            Change(file=WORKFLOW, before=None, after="on: push\n"),
            Change(file="gone.yml", before="x", after=None),
        ],
    )
    assert (tmp_path / "edit.yml").read_bytes() == "a: é\r\n".encode()
    assert (tmp_path / "edit.yml").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / WORKFLOW).read_bytes() == b"on: push\n"
    assert (tmp_path / WORKFLOW).stat().st_mode & 0o111 == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [".github", "edit.yml"]


GOOD = Change(file="good.yml", before=None, after="good\n")
REFUSED = {
    "upwards": Change(file="../out.yml", before=None, after="x"),
    "upwards within": Change(file="a/../../out.yml", before=None, after="x"),
    "absolute": Change(file="/tmp/pubflow-out.yml", before=None, after="x"),
    "git's own folder": Change(file=".git/hooks/pre-commit", before=None, after="x"),
    "nothing": Change(file="", before=None, after="x"),
    "through a linked folder": Change(file="link/new.yml", before=None, after="x"),
    "onto a link": Change(file="link.yml", before="old\n", after="x"),
    "onto a dangling link": Change(file="dangling.yml", before=None, after="x"),
    "onto what is there": Change(file="old.yml", before=None, after="x"),
    "onto what has changed": Change(file="old.yml", before="older\n", after="x"),
    "onto what has gone": Change(file="missing.yml", before="old\n", after="x"),
    "below a file": Change(file="old.yml/new.yml", before=None, after="x"),
    "away with what has changed": Change(file="old.yml", before="older\n", after=None),
}


@pytest.mark.parametrize("case", REFUSED)
def test_nothing_at_all_is_written_if_one_change_cannot_be(tmp_path: Path, case: str) -> None:
    outside = put(tmp_path / "outside", {"old.yml": "old\n"})
    root = put(tmp_path / "root", {"old.yml": "old\n"})
    (root / "link").symlink_to(outside)
    (root / "link.yml").symlink_to(outside / "old.yml")
    (root / "dangling.yml").symlink_to(outside / "new.yml")
    before = _everything(tmp_path)
    with pytest.raises(CheckoutError, match="is not written: "):
        write(root, [GOOD, REFUSED[case]])
    assert _everything(tmp_path) == before


def test_doing_it_twice_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    write(tmp_path, [GOOD])
    with pytest.raises(CheckoutError, match="it is there already"):
        write(tmp_path, [GOOD])
    assert _everything(tmp_path) == {"good.yml": b"good\n"}


def _everything(root: Path) -> dict[str, bytes]:
    files = (Path(folder) / name for folder, _, names in os.walk(root) for name in names)
    return {str(path.relative_to(root)): path.read_bytes() if path.is_file() else b"" for path in files}
