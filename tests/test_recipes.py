"""Recipes are chosen by what the project is, filled at their blanks alone, and hostile values get nowhere."""

from __future__ import annotations

import pytest

from bot import resources
from bot.errors import Refused
from bot.recipes import RECIPES, Recipe, RecipeValues, Trigger, choose, fill
from bot.yaml import parse

BY_NAME = {recipe.name: recipe for recipe in RECIPES}
EACH = pytest.mark.parametrize("recipe", RECIPES, ids=BY_NAME)
VALUES = {
    "root": RecipeValues(package="Fancy_Name", repository="Some-Org/fancy.name"),
    "subfolder": RecipeValues(
        package="core", repository="o/r", folder="packages/core", tag_pattern="core-v*", environment="pypi-core"
    ),
    "no repository": RecipeValues(package="a", repository=None, tag_pattern="[0-9]*"),
    "release": RecipeValues(
        package="a.b", repository="o/r", trigger=Trigger.RELEASE, pypi_url="http://127.0.0.1:8081/"
    ),
}


def test_every_recipe_that_lies_there_is_in_the_table_and_complete() -> None:
    wanted = {f"recipes/{name}/{file}" for name in BY_NAME for file in ("publish.yml", "recipe.toml")}
    shown = {f"recipes/{name}/publish.yml" for name in ("private-index", "testpypi", "trial")}
    assert set(resources.names("recipes")) == wanted | shown


# ---------------------------------------------------------------- choosing


@pytest.mark.parametrize(
    ("native", "uses_uv", "backend", "wanted"),
    [
        (False, False, "hatchling.build", "pure"),
        (False, False, None, "pure"),
        (False, True, "uv_build", "uv"),
        (False, True, "setuptools.build_meta", "uv"),
        (True, False, "setuptools.build_meta", "native"),
        (True, True, "scikit_build_core.build", "native"),
        (True, False, "maturin", "maturin"),
        (True, True, "maturin", "maturin"),
        (False, False, "maturin", "maturin"),
        (True, False, "maturinn", "native"),
    ],
)
def test_choose(native: bool, uses_uv: bool, backend: str | None, wanted: str | None) -> None:
    chosen = choose(native=native, uses_uv=uses_uv, backend=backend)
    assert (chosen.name if chosen else None) == wanted


@pytest.mark.parametrize(("rust", "wanted"), [(True, "native-rust"), (False, "native")])
def test_a_compiler_is_brought_along_where_the_project_brings_none(rust: bool, wanted: str) -> None:
    chosen = choose(native=True, uses_uv=True, backend="setuptools.build_meta", rust=rust)
    assert chosen is BY_NAME[wanted]


# ---------------------------------------------------------------- filling


def test_filling_changes_the_blanks_alone() -> None:
    before = BY_NAME["pure"].workflow.splitlines()
    after = fill(BY_NAME["pure"], VALUES["subfolder"]).splitlines()
    changed = [(old.strip(), new.strip()) for old, new in zip(before, after, strict=True) if old != new]
    assert changed == [
        ('- "v*"', '- "core-v*"'),
        ("run: python3 -m build", "run: python3 -m build --outdir dist packages/core"),
        ("TAG_PREFIX: v", "TAG_PREFIX: core-v"),
        (
            "if: github.repository == 'example-org/example-package' && startsWith(github.ref, 'refs/tags/')",
            "if: github.repository == 'o/r' && startsWith(github.ref, 'refs/tags/')",
        ),
        ("name: pypi", "name: pypi-core"),
        ("url: https://pypi.org/p/example-package", "url: https://pypi.org/p/core"),
    ]


@EACH
def test_filling_with_what_lies_there_changes_nothing(recipe: Recipe) -> None:
    same = RecipeValues(package="example-package", repository="example-org/example-package")
    assert fill(recipe, same) == recipe.workflow


@EACH
@pytest.mark.parametrize("values", VALUES.values(), ids=VALUES)
def test_nothing_of_the_example_stays(recipe: Recipe, values: RecipeValues) -> None:
    assert "example" not in fill(recipe, values)


@EACH
def test_without_a_repository_only_the_guard_against_forks_goes(recipe: Recipe) -> None:
    filled = parse(fill(recipe, VALUES["no repository"]))
    guard = filled.find(("jobs", "publish-to-pypi", "if"))
    assert guard is not None
    assert guard.value == "startsWith(github.ref, 'refs/tags/')"


@EACH
def test_a_release_starts_the_run_instead_of_a_tag(recipe: Recipe) -> None:
    trigger = parse(fill(recipe, VALUES["release"])).find(("on",))
    assert trigger is not None
    assert trigger.plain() == {"release": {"types": ["published"]}}


@pytest.mark.parametrize(
    ("pattern", "prefix"),
    [
        ("v*", "v"),
        ("*", ""),
        ("[0-9]*", ""),
        ("v[0-9]+.[0-9]+.[0-9]+", "v"),
        ("core-v*", "core-v"),
        ("packages/core/*", "packages/core/"),
        ("core@*", "core@"),
        ("v1.*", "v"),
        ("1.*", ""),
        ("py3-v*", "py3-v"),
        ("v?[0-9]*", ""),
        ("release-v+*", "release-"),
    ],
)
def test_the_prefix_is_what_all_tags_share_before_the_version(pattern: str, prefix: str) -> None:
    assert RecipeValues(package="a", repository=None, tag_pattern=pattern).tag_prefix == prefix


HOSTILE = {
    "package": ["", "a b", "a'b", "${{ x }}", "a\nb", "a\n", "-a", "a-", "a;b", "ä", "a" * 201, "a/b", "a#b"],
    "repository": ["", "o", "o/r/x", "o/'r", "o/r' || true", "${{x}}/r", "o/r\n", "o/..", "o/.", "/r", "o/", "o o/r"],
    "folder": ["..", "a/../b", "/a", "a/", "a//b", "./a", "-a", "a b", "a;b", "$(x)", "a`b", "a\nb", "a'", "${{x}}"],
    "environment": [
        "",
        " a",
        "a ",
        "a'b",
        'a"b',
        "a,b",
        "a;b",
        "a\\b",
        "a`b",
        "a\n",
        "${{ x }}",
        "a" * 256,
        "#a",
        "a$",
    ],
    "tag_pattern": ["", "!v*", "v *", "v'*", 'v"*', "v*\n", "${{ x }}", "-v*", "v#", "v\\*", "v$(x)*", "(v*)"],
    "pypi_url": ["", "pypi.org", "ftp://pypi.org", "https://a b", "https://p/${{x}}", "https://p\n", "https://u:p@p"],
    "default_branch": [
        "",
        "a b",
        "a'",
        "-a",
        "a..b",
        "a/",
        "a.",
        "${{ x }}",
        "a\n",
        "a*",
        "refs//a",
        "a.lock",
        "!a",
        "a~1",
    ],
    "testpypi_environment": ["", "a'b", "a\n"],
    "testpypi_url": ["test.pypi.org", "https://a?b", "https://a#b"],
}


@pytest.mark.parametrize(("field", "value"), [(field, value) for field, some in HOSTILE.items() for value in some])
def test_hostile_values_are_refused(field: str, value: str) -> None:
    plain = {"package": "a", "repository": "o/r"}
    with pytest.raises(Refused, match=r"is not (a|one|`owner/name`) ") as refusal:
        RecipeValues(**{**plain, field: value})  # type: ignore[arg-type]
    assert "\n" not in refusal.value.reason


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("package", "Zope.Interface_2"),
        ("repository", "octo-org_corp/.github"),
        ("folder", "packages/my-pkg.v2"),
        ("environment", "PyPI release"),
        ("environment", "a"),
        ("tag_pattern", "v[0-9]+.[0-9]+.[0-9]+*"),
        ("tag_pattern", "**"),
        ("pypi_url", "http://127.0.0.1:8081/pypi"),
    ],
)
def test_unusual_values_are_let_in(field: str, value: str) -> None:
    values = RecipeValues(**{"package": "a", "repository": "o/r", field: value})  # type: ignore[arg-type]
    assert value in fill(BY_NAME["pure"], values) + values.package + values.folder + values.pypi_url
