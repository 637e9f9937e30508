"""Which paths of a repository are worth reading: what a scan asks for first, and what those texts name.

Only names are looked at here, and texts for the names that stand in them; nothing is understood. The same tables decide
which folders of a repository are never its own packages (tests, examples, vendored code).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import PurePosixPath
from posixpath import normpath

from bot.model import EntryKind, TreeEntry

LARGEST = 1024 * 1024
"""Bytes; a larger file is listed in `Snapshot.unread` and not read."""
MOST_FIRST = 150
MOST_NAMED = 40
DEEPEST = 4
"""Folders above a packaging file: `python/packages/core/lib/pyproject.toml` is the deepest that is read."""
ACTION_SCAN = 400_000
"""Characters of workflow text that are searched for names of other files."""
MEMBERS_SCAN = 100_000
"""Characters of all `pyproject.toml` that are searched for the members of a workspace."""
MOST_MEMBERS = 100
"""Patterns of a workspace that are held against the tree: both can be long, and it costs their product."""

METADATA = frozenset({"pyproject.toml", "setup.cfg", "setup.py"})
RUNNERS = frozenset(
    {
        *("tox.ini", "noxfile.py", "Makefile", "makefile", "GNUmakefile", "justfile", "Justfile", ".justfile"),
        *("tasks.py", "Taskfile.yml", "Taskfile.yaml", "package.json", "dodo.py", "pavement.py", "fabfile.py"),
        *("hatch.toml", "tox.toml", "duties.py", "mise.toml", "pixi.toml", "poe_tasks.toml"),
    }
)
RELEASES = frozenset(
    {
        *("release-please-config.json", ".release-please-config.json", "releaserc.toml", ".goreleaser.yml"),
        *("release.config.js", "release.config.cjs", "release.config.mjs", ".releaserc", ".copier-answers.yml"),
        *(".cruft.json", ".pypirc", "knope.toml", "semantic_release.toml", ".semrelrc"),
    }
)
OTHER_SERVICES = frozenset(
    {
        *(".travis.yml", ".gitlab-ci.yml", ".circleci/config.yml", "azure-pipelines.yml", ".cirrus.yml"),
        *(
            ".cirrus.star",
            "appveyor.yml",
            ".appveyor.yml",
            "Jenkinsfile",
            ".drone.yml",
            ".woodpecker.yml",
            "bitbucket-pipelines.yml",
        ),
    }
)
"""Continuous integration elsewhere: an upload there is no gap that we should fill."""

DEPENDABOT = (".github/dependabot.yml", ".github/dependabot.yaml")
RENOVATE = (
    *("renovate.json", "renovate.json5", ".github/renovate.json", ".github/renovate.json5", ".renovaterc"),
    *(".renovaterc.json", ".renovaterc.json5"),
)
"""Files that tell other bots to raise a repository's actions."""
_BUMPERS = frozenset({*DEPENDABOT, *RENOVATE})

ASIDE = frozenset(
    {
        *("test", "tests", "testing", "testdata", "test-data", "test_data", "testcases", "fixture", "fixtures"),
        *("example", "examples", "sample", "samples", "demo", "demos", "tutorial", "tutorials", "template"),
        *("templates", "doc", "docs", "documentation", "vendor", "vendored", "_vendor", "third_party", "third-party"),
        *("3rdparty", "thirdparty", "external", "extern", "node_modules", "site-packages", "benchmark", "benchmarks"),
        *("bench", "dist", "build", "venv", "e2e", "integration_tests", "integration-tests", "cookiecutter", "mock"),
    }
)
"""Folders whose packaging files describe something else than what this repository gives to the world."""

WORKFLOW = re.compile(r"\.github/workflows/[^/]+\.ya?ml\Z")
_ACTION = re.compile(r"(?:\.github/(?:[^/]+/){0,4})?action\.ya?ml\Z")
_RELEASERC = re.compile(r"\.releaserc(?:\.[a-z]+)?\Z")
_CONFIGURATION = ".github/pubflow.yml"
_SHELL = (".sh", ".bash", ".zsh", ".ps1", ".bat", ".cmd", ".mk")
_SOURCES = (".py", ".js", ".mjs", ".cjs", ".ts", ".rb")
_TOOLING = re.compile(
    r"(?:^|/)(?:\.github|\.?ci|scripts?|tools?|bin|dev|etc|hack|release|util|utils|admin|maint)/", re.IGNORECASE
)
_TELLING = re.compile(r"release|publish|upload|deploy|pypi|package", re.IGNORECASE)
_WORD = re.compile(r"[\w./{}$-]{2,120}")
MEMBERS = re.compile(r"\bmembers\s*=\s*\[([^\]]{0,4000}+)\]")
_QUOTED = re.compile(r"""["']([^"'\n]{1,200})["']""")
_DYNAMIC_README = re.compile(r"""\breadme\s*=\s*\{\s*file\s*=\s*\[?\s*["']([^"'\n]{1,200})["']""")


def aside(path: str) -> bool:
    """Claims that `path` lies in a folder of tests, examples, documentation, templates or other people's code."""
    folders = path.split("/")[:-1]
    return any(folder.lower() in ASIDE or folder.startswith(".") or "{" in folder for folder in folders)


def matters(path: str) -> bool:
    """Claims that a change of `path` alone may change what a scan says, whatever else the repository holds."""
    name = path.rsplit("/", 1)[-1]
    return path.startswith(".github/") or _wanted_by_name(path, name) or name in ("uv.lock", "poetry.lock")


def first(tree: Mapping[str, TreeEntry]) -> tuple[str, ...]:
    """The paths that a scan reads in its first round: workflows before all else, then what is nearest to the root."""
    found = [path for path, entry in tree.items() if _readable(entry) and _wanted(path)]
    return tuple(sorted(found, key=_rank)[:MOST_FIRST])


def named(files: Mapping[str, str], tree: Mapping[str, TreeEntry]) -> tuple[str, ...]:
    """Further paths that exist and that `files` name: scripts, local actions, members of a workspace, a readme."""
    found = dict.fromkeys(path for path in _names(files, tree) if path not in files)
    return tuple(path for path in found if path in tree and _readable(tree[path]))[:MOST_NAMED]


def _readable(entry: TreeEntry) -> bool:
    return entry.kind is EntryKind.BLOB and (entry.size is None or entry.size <= LARGEST)


def _wanted(path: str) -> bool:
    if path.startswith(".github/"):
        return bool(WORKFLOW.match(path) or _ACTION.match(path)) or path in _BUMPERS or path == _CONFIGURATION
    name = path.rsplit("/", 1)[-1]
    if not _wanted_by_name(path, name) or path.count("/") > DEEPEST:
        return False
    return path in OTHER_SERVICES or (not aside(path) and (name in METADATA or "/" not in path or name in RUNNERS))


def _wanted_by_name(path: str, name: str) -> bool:
    if path in OTHER_SERVICES or path in _BUMPERS or name in METADATA:
        return True
    known = name in RUNNERS or name in RELEASES or _RELEASERC.match(name) is not None
    return known or _ACTION.match(path) is not None


def _rank(path: str) -> tuple[bool, int, bool, str]:
    name = path.rsplit("/", 1)[-1]
    return not path.startswith(".github/"), path.count("/"), name not in METADATA, path


def _names(files: Mapping[str, str], tree: Mapping[str, TreeEntry]) -> Iterator[str]:
    budget, of_members = ACTION_SCAN, MEMBERS_SCAN
    for path, text in files.items():
        if path.endswith("pyproject.toml") and of_members > 0:
            yield from _members(path, text[:of_members], tree)
            of_members -= len(text)
        if budget > 0 and (path.startswith(".github/") or _runs_commands(path)):
            yield from _called(path, text[:budget], tree)
            budget -= len(text)


def _runs_commands(path: str) -> bool:
    name = path.rsplit("/", 1)[-1]
    return name in RUNNERS or name in {"action.yml", "action.yaml"} or path.endswith((".sh", ".bash"))


def _called(path: str, text: str, tree: Mapping[str, TreeEntry]) -> Iterator[str]:
    """Words of `text` that are files of this repository and look like something that is run."""
    folder = path.rpartition("/")[0]
    folder = "" if folder.startswith(".github/workflows") else folder
    for word in dict.fromkeys(_WORD.findall(text)):
        if "/" not in word and "." not in word:
            continue
        for name in (normpath(word), normpath(f"{folder}/{word}") if folder else ""):
            if name in tree and _is_run(name):
                yield name
            yield from (f"{name}/{action}" for action in ("action.yml", "action.yaml") if f"{name}/{action}" in tree)


def _is_run(path: str) -> bool:
    name = path.rsplit("/", 1)[-1]
    if "." not in name or name.endswith(_SHELL):
        return True
    return name.endswith(_SOURCES) and bool(_TELLING.search(name) or _TOOLING.search(path))


def _members(path: str, text: str, tree: Mapping[str, TreeEntry]) -> Iterator[str]:
    folder = path.rpartition("/")[0]
    if readme := _DYNAMIC_README.search(text):
        yield str(PurePosixPath(folder) / readme[1])
    globs = (glob for found in MEMBERS.finditer(text) for glob in _QUOTED.findall(found[1]))
    wanted = {str(PurePosixPath(folder) / glob) for glob in islice(globs, MOST_MEMBERS)}
    if wanted:
        yield from sorted(_below(wanted, tree))


def _below(wanted: Collection[str], tree: Mapping[str, TreeEntry]) -> Iterator[str]:
    for path in tree:
        folder, _, name = path.rpartition("/")
        if name in METADATA and any(fnmatchcase(folder, pattern.rstrip("/")) for pattern in wanted):
            yield path
