"""A recipe and its values -> the text of a workflow, by the operations that edit users' files."""

from __future__ import annotations

from functools import lru_cache

from bot.recipes.table import Blank, Recipe
from bot.recipes.values import RecipeValues, Trigger
from bot.recipes.wishes import try_out, upload_privately, upload_to_testpypi, watch_default_branch
from bot.yaml import Document, Op, Replace, ReplaceText, edit, parse


def fill(recipe: Recipe, values: RecipeValues) -> str:
    """The recipe's workflow for these values; raises `Refused` when the editing engine cannot prove what it wrote."""
    text = edit(_document(recipe.workflow), _fillings(recipe, values))
    if values.trigger is Trigger.RELEASE:
        text = edit(text, [Replace(("on",), {"release": {"types": ["published"]}})])
    if values.testpypi or values.trial:
        text = watch_default_branch(text, recipe, values)
    if values.testpypi:
        text = upload_to_testpypi(text, values)
    if values.trial:
        text = try_out(text)
    if values.private_index is not None:
        text = upload_privately(text, values.private_index)
    if values.among_others:
        name = parse(text).find(("name",))
        assert name is not None, "every recipe has a name"
        text = edit(text, [Replace(("name",), f"{name.value}: {values.package}")])
    return text


@lru_cache(maxsize=8)
def _document(workflow: str) -> Document:
    """There are five of them, which are filled again and again."""
    return parse(workflow)


def _fillings(recipe: Recipe, values: RecipeValues) -> list[Op]:
    words = [(blank, _words(blank, getattr(values, blank.value))) for blank in recipe.blanks]
    return [ReplaceText(blank.path, blank.find, new) for blank, new in words if new != blank.find]


def _words(blank: Blank, value: str | None) -> str:
    if value is None:
        return blank.find if blank.absent is None else blank.absent
    return blank.put.replace("{value}", value)
