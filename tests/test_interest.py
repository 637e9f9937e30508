"""Which paths are read, which are not, and how many at most."""

from __future__ import annotations

from time import process_time

import pytest

from bot.interest import LARGEST, MOST_FIRST, MOST_MEMBERS, MOST_NAMED, first, matters, named
from bot.model import EntryKind, Sha, TreeEntry

BLOB = TreeEntry(kind=EntryKind.BLOB, oid=Sha("0" * 40), size=10)


def tree(*paths: str) -> dict[str, TreeEntry]:
    return dict.fromkeys(paths, BLOB)


READ = [
    ".github/workflows/a.yml",
    ".github/workflows/b.yaml",
    ".github/actions/x/action.yml",
    "action.yaml",
    ".github/pubflow.yml",
    "pyproject.toml",
    "setup.cfg",
    "setup.py",
    "packages/a/pyproject.toml",
    "python/setup.py",
    "tox.ini",
    "noxfile.py",
    "Makefile",
    "justfile",
    "tasks.py",
    "package.json",
    ".releaserc.json",
    "release-please-config.json",
    ".travis.yml",
]


@pytest.mark.parametrize("path", READ)
def test_read_first(path: str) -> None:
    assert first(tree(path, "README.md")) == (path,)
    assert matters(path)


NOT_READ = [
    "README.md",
    ".github/workflows/sub/a.yml",
    ".github/workflows/a.txt",
    ".github/ISSUE_TEMPLATE/a.yml",
    "node_modules/a/package.json",
    "node_modules/a/setup.py",
    "tests/fixtures/pyproject.toml",
    "docs/Makefile",
    "examples/a/setup.cfg",
    "a/b/c/d/e/pyproject.toml",
    "src/a/setup.pyc",
    "lib/action.yml.j2",
    "uv.lock",
]


@pytest.mark.parametrize("path", NOT_READ)
def test_not_read_first(path: str) -> None:
    assert first(tree(path)) == ()


@pytest.mark.parametrize("path", ["README.md", "src/a.py", "docs/conf.py", "requirements.txt", "a.github/x"])
def test_what_does_not_matter(path: str) -> None:
    assert not matters(path)


@pytest.mark.parametrize("path", [".github/dependabot.yml", "uv.lock", "a/poetry.lock", ".github/workflows/a.yml"])
def test_what_matters(path: str) -> None:
    assert matters(path)


def test_links_folders_and_large_files_are_not_read() -> None:
    entries = {
        "setup.py": TreeEntry(kind=EntryKind.LINK, oid=Sha("0" * 40), size=1),
        "tox.ini": TreeEntry(kind=EntryKind.TREE, oid=Sha("0" * 40)),
        "setup.cfg": TreeEntry(kind=EntryKind.BLOB, oid=Sha("0" * 40), size=LARGEST + 1),
    }

    assert first(entries) == ()


def test_workflows_come_before_a_crowd_of_packages() -> None:
    paths = [f"p{number}/pyproject.toml" for number in range(500)]
    found = first(tree(*paths, "pyproject.toml", ".github/workflows/a.yml"))

    assert len(found) == MOST_FIRST
    assert found[:2] == (".github/workflows/a.yml", "pyproject.toml")


WORKFLOW = ".github/workflows/a.yml"
NAMED = [
    ("a script", {WORKFLOW: "run: ./ci/up.sh v1"}, "ci/up.sh"),
    ("without a suffix", {WORKFLOW: "run: scripts/release"}, "scripts/release"),
    ("a Python script", {WORKFLOW: "run: python scripts/up.py"}, "scripts/up.py"),
    ("a script of a target", {"Makefile": "up:\n\tci/up.sh\n"}, "ci/up.sh"),
    ("a local action", {WORKFLOW: "uses: ./tools/act"}, "tools/act/action.yml"),
    ("a member", {"pyproject.toml": "[tool.uv.workspace]\nmembers = ['a/b/c/d/*']"}, "a/b/c/d/e/pyproject.toml"),
    ("a readme", {"pyproject.toml": '[tool.setuptools.dynamic]\nreadme = {file = ["docs/R.md"]}'}, "docs/R.md"),
]


@pytest.mark.parametrize(("files", "path"), [case[1:] for case in NAMED], ids=[case[0] for case in NAMED])
def test_named(files: dict[str, str], path: str) -> None:
    assert named(files, tree(path, "src/a.py", "README.md")) == (path,)
    assert named(files, tree("src/a.py")) == ()
    assert named({**files, path: ""}, tree(path)) == ()


@pytest.mark.parametrize("text", ["run: pytest tests/test_a.py", "run: cat README.md", "run: python src/a.py", ""])
def test_not_named(text: str) -> None:
    assert named({WORKFLOW: text}, tree("tests/test_a.py", "README.md", "src/a.py")) == ()


def test_names_are_bounded() -> None:
    paths = [f"ci/{number}.sh" for number in range(200)]

    assert len(named({WORKFLOW: " ".join(paths)}, tree(*paths))) == MOST_NAMED


CROWDS = {
    "patterns without end": 'members = ["p*", ' + '"*/*/*", ' * 100_000 + "]",
    "lists that never end": "members=[" * 100_000,
    "many lists": "".join(f'members = ["q{number}*/*"]\n' for number in range(60_000)),
}


@pytest.mark.parametrize("text", CROWDS.values(), ids=CROWDS)
def test_a_crowd_of_members_before_a_crowd_of_packages_takes_no_time(text: str) -> None:
    """A product of what one file and the tree may hold took minutes."""
    packages = tree(*(f"p{number}/pyproject.toml" for number in range(20_000)))
    began = process_time()
    assert named({"pyproject.toml": text}, packages) == ()
    assert process_time() - began < 5


def test_the_members_that_count_are_the_first_ones() -> None:
    patterns = [f"p{number}" for number in range(MOST_MEMBERS + 20)]
    found = named({"pyproject.toml": f"members = {patterns}"}, tree(f"p{MOST_MEMBERS - 1}/setup.py", "p110/setup.py"))
    assert found == (f"p{MOST_MEMBERS - 1}/setup.py",)
