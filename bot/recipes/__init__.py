"""Publish workflows that we can write, read from `templates/recipes/<name>/`.

A recipe is two files. `publish.yml` is a complete workflow that works as it lies, for a package that does not exist.
`recipe.toml` says when it applies and which words of the workflow are blanks, by their path. They are filled by the
operations that edit users' files: there is no template language. The folders without a `recipe.toml` show what the
wishes of a maintainer make of the pure recipe (`wishes`).

The workflow is the PyPA guide's, hardened:
https://packaging.python.org/en/latest/guides/publishing-package-distribution-releases-using-github-actions-ci-cd-workflows/
"""

from __future__ import annotations

from bot.recipes.filling import fill
from bot.recipes.several import for_each, workflow_file
from bot.recipes.table import Recipe, choose, every
from bot.recipes.values import ENVIRONMENT, PrivateIndex, RecipeValues, Trigger

__all__ = [
    "ENVIRONMENT",
    "RECIPES",
    "WORKFLOW_FILE",
    "PrivateIndex",
    "Recipe",
    "RecipeValues",
    "Trigger",
    "choose",
    "fill",
    "for_each",
    "workflow_file",
]

WORKFLOW_FILE = "publish-to-pypi.yml"
"""The guide's name for the file; it is part of what is registered on PyPI."""

RECIPES: tuple[Recipe, ...]
"""All recipes, in the order in which they are tried."""


def __getattr__(name: str) -> object:
    if name != "RECIPES":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return every()
