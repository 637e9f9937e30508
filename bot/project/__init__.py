"""What the repository packages: names, backend, native code, marks that forbid an upload, members of a monorepo.

Everything is read statically: nothing is built, imported or executed. A folder's metadata is the first of
pyproject.toml, setup.cfg and setup.py that declares a distribution; files that only configure tools declare none.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from bot.interest import METADATA, aside
from bot.model import EntryKind, Project, TreeEntry
from bot.project.declared import Declared, nothing
from bot.project.legacy import read_setup_cfg, read_setup_py
from bot.project.pyproject import read_pyproject

__all__ = ["MOST_PROJECTS", "Packaging", "projects", "read"]

MOST_PROJECTS = 400
_METADATA = tuple(METADATA)
_UNREAD_DEPTH = 1
"""A setup.py whose text we do not have counts as a package in the root and in the folders beside it only."""


class Packaging(Struct, frozen=True, kw_only=True):
    """All projects, nearest to the root first, and the metadata files that could not be understood."""

    projects: tuple[Project, ...]
    problems: Mapping[str, str]
    """Path -> what is wrong with it, as half a sentence."""


def projects(files: Mapping[str, str], tree: Mapping[str, TreeEntry]) -> tuple[Project, ...]:
    """The distributions that this repository builds, nearest to the root first; never raises."""
    return read(files, tree).projects


def read(files: Mapping[str, str], tree: Mapping[str, TreeEntry]) -> Packaging:
    """The same with the metadata files that are broken; never raises."""
    problems: dict[str, str] = {}
    found = [project for folder in _folders(files, tree) if (project := _project(folder, files, tree, problems))]
    return Packaging(projects=tuple(found[:MOST_PROJECTS]), problems=problems)


def _folders(files: Mapping[str, str], tree: Mapping[str, TreeEntry]) -> list[str]:
    # A tree has thousands of paths: how one ends is a single look.
    likely = (path for paths in (files, tree) for path in paths if path.endswith(_METADATA))
    paths = {path for path in likely if path.rsplit("/", 1)[-1] in METADATA and not aside(path)}
    return sorted({path.rpartition("/")[0] for path in paths}, key=lambda folder: (_depth(folder), folder))


def _depth(folder: str) -> int:
    return folder.count("/") + 1 if folder else 0


def _project(
    folder: str, files: Mapping[str, str], tree: Mapping[str, TreeEntry], problems: dict[str, str]
) -> Project | None:
    base = f"{folder}/" if folder else ""
    modern = _declared(f"{base}pyproject.toml", files, problems)
    static = _declared(f"{base}setup.cfg", files, problems)
    script = _declared(f"{base}setup.py", files, problems)
    if f"{base}setup.py" not in files and _unread_setup(f"{base}setup.py", folder, tree):
        script = replace(script, present=True)
    for path, declared in (
        (f"{base}pyproject.toml", modern),
        (f"{base}setup.cfg", static),
        (f"{base}setup.py", script),
    ):
        if declared.present:
            return _join(folder, path, modern, static, script)
    return None


def _declared(path: str, files: Mapping[str, str], problems: dict[str, str]) -> Declared:
    text = files.get(path)
    if text is None:
        return nothing()
    reader = {"pyproject.toml": read_pyproject, "setup.cfg": read_setup_cfg, "setup.py": read_setup_py}
    declared = reader[path.rsplit("/", 1)[-1]](text)
    if declared.problem is not None:
        problems[path] = declared.problem
    return declared


def _unread_setup(path: str, folder: str, tree: Mapping[str, TreeEntry]) -> bool:
    entry = tree.get(path)
    return entry is not None and entry.kind is EntryKind.BLOB and _depth(folder) <= _UNREAD_DEPTH


def _join(folder: str, metadata: str, modern: Declared, static: Declared, script: Declared) -> Project:
    """One project out of the three files; the first that knows an answer gives it, as setuptools does."""
    parts = (modern, static, script)
    named = next((part.name for part in parts if part.present and part.name), None)
    return Project(
        name=None if modern.present and modern.dynamic_name else named,
        path=folder,
        metadata=metadata,
        backend=modern.backend,
        native=any(part.native for part in parts),
        rust=any(part.rust for part in parts) and not modern.prepares,
        private=next((part.refused for part in parts if part.refused), None),
    )
