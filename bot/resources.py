"""The texts that ship with pubflow, read once from `templates/`.

The one file of the core that opens files, and only the package's own: nothing of a user's machine is read here. In a
wheel they lie in `bot/templates`, in a checkout beside `bot`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path, PurePosixPath

from bot.errors import PubflowError


class MissingResource(PubflowError):
    """A template that should have come with pubflow is not there: the installation is broken, or the name is."""


@cache
def text(name: str) -> str:
    """The UTF-8 text of a template such as `recipes/pure/publish.yml`, line ends as they lie.

    Raises `MissingResource` when there is none of this name, and for names that lead out of `templates/`.
    """
    path = _checked(name)
    found = _root().joinpath(*path.split("/"))
    if not found.is_file():
        raise MissingResource(f"pubflow's own template {path!r} is missing below {_root()}; install pubflow again")
    return found.read_bytes().decode("utf-8")


def names(prefix: str = "") -> tuple[str, ...]:
    """The names below the folder `prefix` (all of them for `""`), sorted; empty when there is no such folder."""
    folder = _checked(prefix) + "/" if prefix else ""
    return tuple(name for name in _names() if name.startswith(folder))


@cache
def _names() -> tuple[str, ...]:
    return tuple(sorted(_walk(_root(), "")))


def _walk(folder: Path, above: str) -> list[str]:
    found: list[str] = []
    for entry in folder.iterdir():
        if entry.name.startswith((".", "__")):
            continue
        found += _walk(entry, f"{above}{entry.name}/") if entry.is_dir() else [above + entry.name]
    return found


@cache
def _root() -> Path:
    """`bot/templates` of an installed wheel, else `templates` beside the package in a checkout."""
    package = Path(__file__).parent  # importlib.resources would cost a tenth of the time that a check takes to start
    beside = package.parent / "templates"
    for candidate in (package / "templates", beside):
        if candidate.is_dir():
            return candidate
    raise MissingResource(f"pubflow's templates are neither in {package} nor in {beside}; install pubflow again")


def _checked(name: str) -> str:
    """`name` without a trailing slash; a name is relative, has `/` between its parts and never leads upwards."""
    path = PurePosixPath(name)
    unsafe = not path.parts or path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name
    if unsafe or str(path) != name.rstrip("/"):
        raise MissingResource(f"{name!r} names no template of pubflow")
    return str(path)
