"""The recipes: which there are, when each applies, and which words of each are blanks."""

from __future__ import annotations

from functools import cache
from typing import Literal

import msgspec
import tomli
from msgspec import Struct

from bot import resources
from bot.model import YamlPath

PUBLISH_JOB = "publish-to-pypi"
"""The job that uploads, in every recipe."""

_TABLE = ("maturin", "native-rust", "native", "uv", "pure")
"""In order: the first that applies is chosen."""


class Applies(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For which projects a recipe is right; None means that it does not matter."""

    native: bool | None = None
    rust: bool | None = None
    uv: bool | None = None
    backends: tuple[str, ...] | None = None


class Blank(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """At `path`, the words `find` make room for `put`, in which `{value}` is the value.

    A value that is not there leaves the words as they are or, with `absent`, puts that in their place.
    """

    value: Literal["repository", "environment", "project_url", "subfolder", "tag_pattern", "tag_prefix"]
    path: YamlPath
    find: str
    put: str
    absent: str | None = None


class _RecipeFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    summary: str
    applies: Applies
    blank: tuple[Blank, ...]


class Recipe(Struct, frozen=True, kw_only=True):
    """One workflow that we can write; `summary` fits into "a workflow for ..."."""

    name: str
    summary: str
    applies: Applies
    blanks: tuple[Blank, ...]
    workflow: str
    """The text of its `publish.yml`."""

    @property
    def tag_check(self) -> YamlPath:
        """The step that compares the tag with what was built."""
        (path,) = (blank.path for blank in self.blanks if blank.value == "tag_prefix")
        return path[:-2]


def choose(*, native: bool, uses_uv: bool, backend: str | None = None, rust: bool = False) -> Recipe | None:
    """The recipe for a project, or None when none builds it.

    `rust`: its native code is built by setuptools-rust, and nothing in the project brings a compiler along.
    """
    has = (backend or "").partition(".")[0]
    for recipe in every():
        applies = recipe.applies
        wanted = applies.native in (None, native) and applies.uv in (None, uses_uv) and applies.rust in (None, rust)
        if wanted and (applies.backends is None or has in applies.backends):
            return recipe
    return None


def _load(name: str) -> Recipe:
    said = msgspec.convert(tomli.loads(resources.text(f"recipes/{name}/recipe.toml")), _RecipeFile)
    workflow = resources.text(f"recipes/{name}/publish.yml")
    return Recipe(name=name, summary=said.summary, applies=said.applies, blanks=said.blank, workflow=workflow)


@cache
def every() -> tuple[Recipe, ...]:
    """All recipes, in the order in which they are tried; read when the first one is asked for."""
    return tuple(_load(name) for name in _TABLE)
