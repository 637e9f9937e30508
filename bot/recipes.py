"""Publish workflows that we can write, read from `templates/recipes/<name>/`.

A recipe is two files. `publish.yml` is a complete workflow that works as it lies, for a package that does not exist.
`recipe.toml` says when it applies and which words of the workflow are blanks, by their path. They are filled by the
operations that edit users' files: there is no template language. What goes into a blank ends in YAML, in expressions
and in shell commands, so only values of narrow shapes are let in; all others are refused.

The workflow is the PyPA guide's, hardened:
https://packaging.python.org/en/latest/guides/publishing-package-distribution-releases-using-github-actions-ci-cd-workflows/
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import msgspec
from packaging.utils import canonicalize_name

from bot import resources
from bot.errors import Refused
from bot.model import YamlPath
from bot.yaml import Op, Replace, ReplaceText, edit

WORKFLOW_FILE = "publish-to-pypi.yml"
"""The guide's name for the file; it is part of what is registered on PyPI."""
ENVIRONMENT = "pypi"

_TABLE = ("native", "uv", "pure")
"""In order: the first that applies is chosen."""


class Trigger(StrEnum):
    """What starts a publish run. Never both: each release would be uploaded twice."""

    TAG = "tag"
    RELEASE = "release"
    """A GitHub release is published, for repositories that already release that way."""


class Applies(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For which projects a recipe is right; None means that it does not matter."""

    native: bool | None = None
    uv: bool | None = None
    except_backends: tuple[str, ...] = ()


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One workflow that we can write; `summary` fits into "a workflow for ..."."""

    name: str
    summary: str
    applies: Applies
    blanks: tuple[Blank, ...]
    workflow: str
    """The text of its `publish.yml`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeValues:
    """What a workflow is filled with. Making one raises `Refused` for a value that could mean more than it says."""

    package: str
    """The project's name as declared."""
    repository: str | None
    """`owner/name` in GitHub's own spelling; None when it is not known, and nothing then keeps forks from trying."""
    folder: str = ""
    """Where the project's metadata lies, `""` for the root."""
    environment: str = ENVIRONMENT
    tag_pattern: str = "v*"
    """Which tags are releases, as GitHub's filters are written."""
    trigger: Trigger = Trigger.TAG
    pypi_url: str = "https://pypi.org"

    def __post_init__(self) -> None:
        for field, (shape, wanted) in _SHAPES.items():
            value = getattr(self, field)
            if value is not None and not shape.fullmatch(value):
                raise Refused(f"The {field.replace('_', ' ')} {value[:100]!r} is not {wanted}.")

    @property
    def subfolder(self) -> str | None:
        """The folder, if it is not the root."""
        return self.folder or None

    @property
    def project_url(self) -> str:
        """The project's page on the index."""
        return f"{self.pypi_url.rstrip('/')}/p/{canonicalize_name(self.package)}"

    @property
    def tag_prefix(self) -> str:
        """What stands before the version in every tag that the pattern matches: `v` of `v*`, `core-` of `core-1.*`."""
        fixed = re.split(r"[*?+\[]", self.tag_pattern, maxsplit=1)[0]
        if self.tag_pattern[len(fixed) :].startswith(("?", "+")):
            fixed = fixed[:-1]  # these two make the character before them part of the pattern
        return re.sub(r"[0-9.]+$", "", fixed)


# PyPI's own limits for names, repositories and environments: warehouse/oidc/forms/github.py. Ours are as narrow or
# narrower, so that no value can end a quoted string, start an expression or become an option of a command.
_FOLDER = r"(?!\.{1,2}(?:/|\Z))[A-Za-z0-9_.+@][A-Za-z0-9_.+@-]*"
_SHAPES = {
    "package": (re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,198}[A-Za-z0-9])?"), "a name that PyPI allows"),
    "repository": (
        re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}/(?!\.{1,2}\Z)[A-Za-z0-9._-]{1,100}"),
        "`owner/name` as GitHub spells it",
    ),
    "folder": (re.compile(rf"(?:{_FOLDER}(?:/{_FOLDER})*)?"), "a folder whose name is safe in a shell command"),
    "environment": (
        re.compile(r"[A-Za-z0-9_.](?:[A-Za-z0-9 _./:@-]{0,253}[A-Za-z0-9_./@-])?"),
        "a plain environment name",
    ),
    "tag_pattern": (
        re.compile(r"[A-Za-z0-9_.*\[][A-Za-z0-9_./@+?*\[\]-]{0,199}"),
        "one pattern of tags without exclusions",
    ),
    "pypi_url": (re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~-]+)*/?"), "a plain web address"),
}


def choose(*, native: bool, uses_uv: bool, backend: str | None = None) -> Recipe | None:
    """The recipe for a project, or None when none builds it (Rust, so far)."""
    for recipe in RECIPES:
        applies = recipe.applies
        wanted = applies.native in (None, native) and applies.uv in (None, uses_uv)
        if wanted and (backend or "").partition(".")[0] not in applies.except_backends:
            return recipe
    return None


def fill(recipe: Recipe, values: RecipeValues) -> str:
    """The recipe's workflow for these values; raises `Refused` when the editing engine cannot prove what it wrote."""
    text = edit(recipe.workflow, _fillings(recipe, values))
    if values.trigger is Trigger.RELEASE:
        text = edit(text, [Replace(("on",), {"release": {"types": ["published"]}})])
    return text


def _fillings(recipe: Recipe, values: RecipeValues) -> list[Op]:
    words = [(blank, _words(blank, getattr(values, blank.value))) for blank in recipe.blanks]
    return [ReplaceText(blank.path, blank.find, new) for blank, new in words if new != blank.find]


def _words(blank: Blank, value: str | None) -> str:
    if value is None:
        return blank.find if blank.absent is None else blank.absent
    return blank.put.replace("{value}", value)


def _load(name: str) -> Recipe:
    said = msgspec.convert(tomllib.loads(resources.text(f"recipes/{name}/recipe.toml")), _RecipeFile)
    workflow = resources.text(f"recipes/{name}/publish.yml")
    return Recipe(name=name, summary=said.summary, applies=said.applies, blanks=said.blank, workflow=workflow)


RECIPES: tuple[Recipe, ...] = tuple(_load(name) for name in _TABLE)
