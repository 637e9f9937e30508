"""What a maintainer may ask for beyond a recipe: TestPyPI, a trial upload, a private index. All work on any recipe.

What is added is taken from what stands there (the publish job, its download step) or from a workflow that works as it
lies, `templates/recipes/trial/publish.yml`.
"""

from __future__ import annotations

from bot import resources
from bot.errors import Refused
from bot.model import YamlPath
from bot.recipes.parts import taken
from bot.recipes.table import PUBLISH_JOB, Recipe
from bot.recipes.values import PrivateIndex, RecipeValues
from bot.yaml import Add, Commented, Copy, Insert, Raw, Remove, Rename, Replace, ReplaceText, Value, edit, parse

TESTPYPI_JOB = "publish-to-testpypi"
TRIAL_JOB = "try-out"
PRIVATE_JOB = "publish-to-index"
_ON_TAGS = "startsWith(github.ref, 'refs/tags/')"


def watch_default_branch(text: str, recipe: Recipe, values: RecipeValues) -> str:
    """Runs for commits on the default branch too; only a tag is compared with the version."""
    branches: Value = [values.default_branch]
    is_watched = parse(text).find(("on", "push")) is not None
    watch = Add(("on", "push", "branches"), branches) if is_watched else Add(("on", "push"), {"branches": branches})
    return edit(text, [watch, Add((*recipe.tag_check, "if"), _ON_TAGS, after="name")])


def upload_to_testpypi(text: str, values: RecipeValues) -> str:
    """A second publish job, for TestPyPI: https://test.pypi.org keeps the files of a project below 10 GiB."""
    job: YamlPath = ("jobs", TESTPYPI_JOB)
    upload: YamlPath = (*job, "steps", 1)
    guard = f"github.ref == 'refs/heads/{values.default_branch}'"
    condition = _text(text, ("jobs", PUBLISH_JOB, "if")).replace(_ON_TAGS, guard)
    text = edit(text, [Copy(("jobs", PUBLISH_JOB), TESTPYPI_JOB)])
    text = edit(text, [Remove((*job, "if"))])
    given: Value = {
        "repository-url": f"{values.testpypi_url.rstrip('/')}/legacy/",
        "skip-existing": True,
        "attestations": Commented(False, beside="a signed trial could be passed off as a release"),
    }
    return edit(
        text,
        [
            ReplaceText(("name",), "to PyPI", "to PyPI and TestPyPI"),
            ReplaceText((*job, "name"), "to PyPI", "to TestPyPI"),
            Add((*job, "if"), Commented(condition, above="only the default branch is tried out"), after="name"),
            Replace((*job, "environment", "name"), values.testpypi_environment),
            Replace((*job, "environment", "url"), values.testpypi_project_url),
            ReplaceText((*upload, "name"), "to PyPI", "to TestPyPI"),
            Add((*upload, "with"), given),
        ],
    )


def try_out(text: str) -> str:
    """A job before the upload that uploads to an index of its own, the guide's answer to TestPyPI's size limit."""
    trial, lying = resources.text("recipes/trial/publish.yml"), ("jobs", TRIAL_JOB)
    document, workflow = parse(text), parse(trial)
    job = taken(workflow, lying)
    steps = job["steps"] if isinstance(job, dict) else None
    if not isinstance(job, dict) or not isinstance(steps, list):
        raise Refused("The job of the trial is not what it should be.")
    publish: YamlPath = ("jobs", PUBLISH_JOB)
    job["needs"] = taken(document, (*publish, "needs"))
    steps[0] = taken(document, (*publish, "steps", 0))
    return edit(text, [Insert(publish, job, where="before", key=TRIAL_JOB), Replace((*publish, "needs"), TRIAL_JOB)])


def upload_privately(text: str, index: PrivateIndex) -> str:
    """The publish job uploads to another index, which knows no identity tokens."""
    job: YamlPath = ("jobs", PUBLISH_JOB)
    upload: YamlPath = (*job, "steps", 1)
    condition = _text(text, (*job, "if"))
    given: Value = {
        "repository-url": index.url,
        "user": Raw(f"${{{{ secrets.{index.user_secret} }}}}"),
        "password": Raw(f"${{{{ secrets.{index.password_secret} }}}}"),
        "attestations": False,
    }
    text = edit(text, [Remove((*job, "if")), Remove((*job, "permissions", "id-token"))])
    return edit(
        text,
        [
            ReplaceText(("name",), "to PyPI", "to a private index"),
            Rename(job, PRIVATE_JOB),
            ReplaceText((*job, "name"), "to PyPI", "to a private index"),
            Add((*job, "if"), Commented(condition, above="only tags are published"), after="name"),
            Replace((*job, "environment", "name"), index.environment),
            Replace((*job, "environment", "url"), index.url),
            ReplaceText((*upload, "name"), "to PyPI", "to a private index"),
            Add((*upload, "with"), given),
        ],
    )


def _text(text: str, path: YamlPath) -> str:
    node = parse(text).find(path)
    assert node is not None, "every recipe has it"
    return node.value
