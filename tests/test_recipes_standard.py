"""The recipes keep to the guide and to its hardening, and the judges have nothing to say about them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bot.recipes import RECIPES, WORKFLOW_FILE, Recipe, RecipeValues, Trigger, choose, fill
from bot.yaml import Plain, parse
from tests import workflow_judges

ROOT = Path(__file__).resolve().parent.parent
EACH = pytest.mark.parametrize("recipe", RECIPES, ids=[recipe.name for recipe in RECIPES])
VALUES = {
    "root": RecipeValues(package="Fancy_Name", repository="Some-Org/fancy.name"),
    "subfolder": RecipeValues(
        package="core", repository="o/r", folder="packages/core", tag_pattern="core-v*", environment="pypi: the core"
    ),
    "no-repository": RecipeValues(package="a", repository=None, tag_pattern="[0-9]*"),
    "release": RecipeValues(
        package="a", repository="o/r", trigger=Trigger.RELEASE, environment="true", pypi_url="http://127.0.0.1:8081"
    ),
}
USES = re.compile(r"^\s+uses: ([\w.-]+/[\w.-]+)@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)$", re.MULTILINE)


def test_the_judges_find_nothing_as_the_recipes_lie_and_as_they_are_filled(tmp_path: Path) -> None:
    written = [ROOT / "templates" / "recipes" / recipe.name / "publish.yml" for recipe in RECIPES]
    for recipe in RECIPES:
        for label, values in VALUES.items():
            written.append(tmp_path / f"{recipe.name}-{label}.yml")
            written[-1].write_text(fill(recipe, values), encoding="utf-8")
    assert workflow_judges.everything(written) == ()


def test_the_judges_do_find_something(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yml"
    text = RECIPES[-1].workflow.replace("permissions: {}\n", "").replace("needs: build", "nedes: build")
    broken.write_text(text, encoding="utf-8")
    complaining = {complaint.judge for complaint in workflow_judges.everything([broken])}
    assert complaining == {"actionlint", "languageservice", "zizmor"}


def test_our_own_workflows_pass_too() -> None:
    assert workflow_judges.everything(sorted((ROOT / ".github" / "workflows").glob("*.yml"))) == ()


def test_our_own_medicine() -> None:
    recipe = choose(native=False, uses_uv=False, backend="hatchling.build")
    assert recipe is not None
    lying = (ROOT / ".github" / "workflows" / WORKFLOW_FILE).read_bytes().decode()
    assert lying == fill(recipe, RecipeValues(package="pubflow", repository="pubflow/pubflow"))


@EACH
def test_every_action_is_pinned_to_a_commit_beside_its_version(recipe: Recipe) -> None:
    assert len(USES.findall(recipe.workflow)) == recipe.workflow.count("uses:")


def test_all_recipes_use_the_same_versions() -> None:
    pins = {pin for recipe in RECIPES for pin in USES.findall(recipe.workflow)}
    assert len(pins) == len({action for action, _, _ in pins})


def test_pins_are_the_commits_that_the_tags_peel_to() -> None:
    known = ROOT.parent / "shared" / "actions.json"
    if not known.is_file():
        pytest.skip("the table of real tags is not beside this checkout")
    actions = json.loads(known.read_text(encoding="utf-8"))["actions"]
    for action, commit, version in {pin for recipe in RECIPES for pin in USES.findall(recipe.workflow)}:
        peeled = {(tag["tag"], tag["commit"]) for tag in actions[action]["tags"]}
        newer = {(tag["tag"], tag["sha"]) for tag in actions[action]["seen_in_the_wild_otherwise"] if tag["times"] > 9}
        assert (version, commit) in peeled | newer


@EACH
def test_the_publish_job_is_the_guides_and_can_do_nothing_else(recipe: Recipe) -> None:
    job = _at(recipe, "jobs", "publish-to-pypi")
    assert isinstance(job, dict)
    assert job["permissions"] == {"id-token": "write"}
    assert job["environment"] == {"name": "pypi", "url": "https://pypi.org/p/example-package"}
    assert job["runs-on"] == "ubuntu-latest"
    match job["steps"]:
        case [{"uses": str(download)}, {"uses": str(publish), **others}]:
            assert download.startswith("actions/download-artifact@")
            assert publish.startswith("pypa/gh-action-pypi-publish@")
            assert set(others) == {"name"}  # attestations stay on, nothing is skipped, no password
        case steps:
            pytest.fail(f"not the two steps of the guide: {steps}")
    assert "id-token: write # IMPORTANT: mandatory for trusted publishing" in recipe.workflow


@EACH
def test_nothing_but_the_publish_job_holds_more_than_reading(recipe: Recipe) -> None:
    assert _at(recipe, "permissions") == {}
    jobs = _at(recipe, "jobs")
    assert isinstance(jobs, dict)
    scopes = [job["permissions"] for name, job in jobs.items() if isinstance(job, dict) and name != "publish-to-pypi"]
    assert len(scopes) == len(jobs) - 1
    assert all(scope in ({}, {"contents": "read"}) for scope in scopes)


@EACH
def test_two_runs_for_one_tag_wait_for_each_other_and_none_is_cut_off(recipe: Recipe) -> None:
    assert _at(recipe, "concurrency") == {
        "group": "${{ github.workflow }}-${{ github.ref }}",
        "cancel-in-progress": "false",
    }


@EACH
def test_artifacts_are_unique_and_never_empty(recipe: Recipe) -> None:
    stored = re.findall(r"uses: actions/upload-artifact@.*\n\s+with:\n\s+name: (.*)\n", recipe.workflow)
    assert len(set(stored)) == len(stored) == recipe.workflow.count("if-no-files-found: error") > 0


@EACH
def test_no_credentials_are_kept_and_nothing_comes_from_a_cache(recipe: Recipe) -> None:
    assert recipe.workflow.count("persist-credentials: false") == recipe.workflow.count("actions/checkout@") > 0
    assert "secrets" not in recipe.workflow
    assert "cache" not in recipe.workflow.replace("enable-cache: false", "")


def _at(recipe: Recipe, *path: str) -> Plain:
    node = parse(recipe.workflow).find(path)
    return node.plain() if node else None
