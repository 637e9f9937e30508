"""What a maintainer may ask for beyond a recipe: each wish on each recipe, alone and with others."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot import resources
from bot.errors import Refused
from bot.recipes import RECIPES, PrivateIndex, Recipe, RecipeValues, Trigger, fill, for_each
from bot.yaml import Plain, parse
from tests import workflow_judges

EACH = pytest.mark.parametrize("recipe", RECIPES, ids=[recipe.name for recipe in RECIPES])
EXAMPLE = RecipeValues(package="example-package", repository="example-org/example-package")
DEVPI = PrivateIndex(url="https://devpi.example.org/team/stable/")
WISHES = {
    "testpypi": replace(EXAMPLE, testpypi=True),
    "trial": replace(EXAMPLE, trial=True),
    "private-index": replace(EXAMPLE, private_index=DEVPI),
}
TOGETHER = {
    "testpypi after a trial": replace(EXAMPLE, testpypi=True, trial=True),
    "a private index after a trial": replace(EXAMPLE, private_index=DEVPI, trial=True),
    "releases, testpypi and a trial": replace(EXAMPLE, trigger=Trigger.RELEASE, testpypi=True, trial=True),
    "a package of several": replace(
        EXAMPLE, among_others=True, folder="packages/core", testpypi=True, default_branch="release/2.x", repository=None
    ),
}
UPLOAD = "pypa/gh-action-pypi-publish@"
DOWNLOAD = "actions/download-artifact@"


def at(workflow: str, *path: str | int) -> Plain:
    node = parse(workflow).find(path)
    return node.plain() if node else None


def test_the_judges_find_nothing(tmp_path: Path) -> None:
    pure = RECIPES[-1]
    wanted = [(pure, values) for values in (*WISHES.values(), *TOGETHER.values())]
    most = [TOGETHER["releases, testpypi and a trial"], TOGETHER["a private index after a trial"]]
    wanted += product(RECIPES[:-1], most)
    written = [tmp_path / f"{number}.yml" for number in range(len(wanted))]
    for path, (recipe, values) in zip(written, wanted, strict=True):
        path.write_text(fill(recipe, values), encoding="utf-8")
    assert workflow_judges.everything(written) == ()


@pytest.mark.parametrize("wish", WISHES)
def test_what_lies_there_is_what_a_wish_makes_of_the_pure_recipe(wish: str) -> None:
    assert resources.text(f"recipes/{wish}/publish.yml") == fill(RECIPES[-1], WISHES[wish])


@EACH
def test_testpypi_gets_the_default_branch_and_pypi_the_tags(recipe: Recipe) -> None:
    workflow = fill(recipe, WISHES["testpypi"])
    assert at(workflow, "on", "push") == {"tags": ["v*"], "branches": ["main"]}
    assert at(workflow, "jobs", "publish-to-pypi") == at(recipe.workflow, "jobs", "publish-to-pypi")
    job = at(workflow, "jobs", "publish-to-testpypi")
    assert isinstance(job, dict)
    assert job["if"] == "github.repository == 'example-org/example-package' && github.ref == 'refs/heads/main'"
    assert job["environment"] == {"name": "testpypi", "url": "https://test.pypi.org/p/example-package"}
    assert job["permissions"] == {"id-token": "write"}
    assert at(workflow, "jobs", "publish-to-testpypi", "steps", 1, "with") == {
        "repository-url": "https://test.pypi.org/legacy/",
        "skip-existing": "true",
        "attestations": "false",
    }
    assert at(workflow, *recipe.tag_check, "if") == "startsWith(github.ref, 'refs/tags/')"


@EACH
def test_a_trial_stands_before_every_upload(recipe: Recipe) -> None:
    workflow = fill(recipe, TOGETHER["testpypi after a trial"])
    assert at(workflow, "jobs", "publish-to-pypi", "needs") == "try-out"
    assert at(workflow, "jobs", "publish-to-testpypi", "needs") == at(
        recipe.workflow, "jobs", "publish-to-pypi", "needs"
    )
    assert at(workflow, "jobs", "try-out", "needs") == at(recipe.workflow, "jobs", "publish-to-pypi", "needs")
    assert at(workflow, "jobs", "try-out", "permissions") == {}
    assert at(workflow, "jobs", "try-out", "steps", 0) == at(recipe.workflow, "jobs", "publish-to-pypi", "steps", 0)


@EACH
def test_a_private_index_gets_a_password_and_no_identity(recipe: Recipe) -> None:
    workflow = fill(recipe, WISHES["private-index"])
    assert at(workflow, "jobs", "publish-to-pypi") is None
    assert "id-token" not in workflow
    assert "pypi.org" not in workflow
    job = at(workflow, "jobs", "publish-to-index")
    assert isinstance(job, dict)
    assert job["permissions"] == {}
    assert job["environment"] == {"name": "private-index", "url": DEVPI.url}
    assert at(workflow, "jobs", "publish-to-index", "steps", 1, "with") == {
        "repository-url": DEVPI.url,
        "user": "${{ secrets.INDEX_USERNAME }}",
        "password": "${{ secrets.INDEX_PASSWORD }}",
        "attestations": "false",
    }


@EACH
def test_without_a_wish_nothing_is_added(recipe: Recipe) -> None:
    assert fill(recipe, replace(EXAMPLE, default_branch="trunk", testpypi_environment="other")) == recipe.workflow


def test_a_release_starts_the_upload_and_a_commit_the_trial() -> None:
    workflow = fill(RECIPES[-1], TOGETHER["releases, testpypi and a trial"])
    assert at(workflow, "on") == {"release": {"types": ["published"]}, "push": {"branches": ["main"]}}


def test_what_is_private_does_not_go_to_testpypi() -> None:
    with pytest.raises(Refused, match="which is public"):
        replace(EXAMPLE, private_index=DEVPI, testpypi=True)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("url", "devpi.example.org"),
        ("url", "https://user:secret@devpi.example.org/"),
        ("url", "https://devpi.example.org/${{ x }}"),
        ("environment", "a'b"),
        ("user_secret", "A-B"),
        ("user_secret", "GITHUB_TOKEN"),
        ("password_secret", "A }} ${{ secrets.B"),
        ("password_secret", ""),
        ("password_secret", "1A"),
    ],
)
def test_hostile_values_of_an_index_are_refused(field: str, value: str) -> None:
    with pytest.raises(Refused, match=r"is not a"):
        replace(DEVPI, **{field: value})


# ---------------------------------------------------------------- several packages


def test_each_package_has_a_file_tags_and_environments_of_its_own() -> None:
    several = for_each({"Core": "packages/core", "my.Plugin": "packages/plugin"}, replace(EXAMPLE, testpypi=True))
    assert list(several) == ["publish-core-to-pypi.yml", "publish-my-plugin-to-pypi.yml"]
    workflows = [fill(RECIPES[-1], values) for values in several.values()]
    assert [at(each, "on", "push", "tags") for each in workflows] == [["core-v*"], ["my-plugin-v*"]]
    assert [at(each, "jobs", "publish-to-pypi", "environment", "name") for each in workflows] == [
        "pypi-core",
        "pypi-my-plugin",
    ]
    assert [at(each, "jobs", "publish-to-testpypi", "environment", "name") for each in workflows] == [
        "testpypi-core",
        "testpypi-my-plugin",
    ]
    assert [at(each, "name") for each in workflows] == [
        "Publish Python 🐍 distribution 📦 to PyPI and TestPyPI: Core",
        "Publish Python 🐍 distribution 📦 to PyPI and TestPyPI: my.Plugin",
    ]
    assert "packages/core" in workflows[0]
    assert "packages/core" not in workflows[1]


@pytest.mark.parametrize(
    ("folders", "reason"),
    [
        ({"a.b": "x", "A-B": "y"}, "Two packages have the name"),
        ({"a b": "x"}, "a name that PyPI allows"),
        ({"a": "x; rm"}, "a folder whose name is safe"),
        ({"a" * 250: ""}, "is not a"),
    ],
)
def test_packages_that_cannot_be_told_apart_or_named_are_refused(folders: dict[str, str], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        for_each(folders, EXAMPLE)


def test_no_packages_no_workflows() -> None:
    assert for_each({}, EXAMPLE) == {}
