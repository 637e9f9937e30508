"""The step that compares the tag with what was built, run by bash as GitHub runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.recipes import RECIPES, RecipeValues, choose, fill
from bot.yaml import parse

DISTS = {
    "both": ["fancy_name-1.2.0-py3-none-any.whl", "fancy_name-1.2.0.tar.gz"],
    "candidate": ["a-1.0.0rc1-cp313-cp313-macosx_11_0_arm64.whl", "a-1.0.0rc1.tar.gz"],
    "old name": ["zope.interface-1.2.0.tar.gz"],
    "post": ["a-1.0.post1.tar.gz"],
    "development": ["a-1.2.1.dev3+g98d5e82.tar.gz"],
    "two versions": ["a-1.2.0.tar.gz", "a-1.2.1.dev0-cp313-cp313-win_amd64.whl"],
    "none": [],
    "strange": ["a-1.2.0.tar.gz", "notes.txt"],
}
RIGHT, WRONG, NO_VERSION, UNREADABLE = "", "stands for version", "Invalid version", "Cannot compare"
TAGS = [
    ("v*", "both", "v1.2.0", RIGHT),
    ("v*", "both", "1.2.0", RIGHT),
    ("v*", "both", "v1.2", RIGHT),
    ("v*", "both", "v1.2.1", WRONG),
    ("v*", "both", "v1.2.0.dev1", WRONG),
    ("v*", "both", "v1.2.0-1", WRONG),
    ("v*", "both", "very-good", NO_VERSION),
    ("v*", "both", "main", NO_VERSION),
    ("v*", "candidate", "v1.0.0-rc1", RIGHT),
    ("v*", "candidate", "v1.0.0rc1", RIGHT),
    ("v*", "candidate", "v1.0.0-rc.1", RIGHT),
    ("v*", "candidate", "v1.0.0", WRONG),
    ("v*", "old name", "v1.2.0", RIGHT),
    ("v*", "post", "v1.0.post1", RIGHT),
    ("v*", "post", "v1.0-1", RIGHT),
    ("v*", "development", "v1.2.0", WRONG),
    ("v*", "two versions", "v1.2.0", WRONG),
    ("v*", "none", "v1.2.0", UNREADABLE),
    ("v*", "strange", "v1.2.0", UNREADABLE),
    ("[0-9]*", "both", "1.2.0", RIGHT),
    ("core-v*", "both", "core-v1.2.0", RIGHT),
    ("core-*", "both", "core-v1.2.0", RIGHT),
    ("core-*", "both", "other-1.2.0", NO_VERSION),
    ("packages/core/v*", "both", "packages/core/v1.2.0", RIGHT),
    ("v1.*", "both", "v1.2.0", RIGHT),
    ("v*", "both", "v1.2.0$(touch${IFS}x)", NO_VERSION),
    ("v*", "both", "v1.2.0'\";touch${IFS}x;#", NO_VERSION),
]


def test_all_recipes_compare_in_the_same_way() -> None:
    assert len({_tag_check(recipe.workflow) for recipe in RECIPES}) == 1


@pytest.mark.parametrize(("pattern", "dist", "tag", "said"), TAGS)
def test_the_tag_must_be_the_version(pattern: str, dist: str, tag: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "dist").mkdir()
    for name in DISTS[dist]:
        (tmp_path / "dist" / name).touch()
    (tmp_path / "dist" / ".gitignore").touch()  # uv leaves one
    recipe = choose(native=False, uses_uv=False)
    assert recipe is not None
    script, prefix = _tag_check(fill(recipe, RecipeValues(package="a", repository="o/r", tag_pattern=pattern)))
    done = _bash(script, tmp_path, GITHUB_REF_NAME=tag, TAG_PREFIX=prefix)
    if said == RIGHT:
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    else:
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
        assert done.stderr.startswith("::error::")
        assert said in done.stderr
        assert tag in done.stderr
    assert [entry.name for entry in tmp_path.iterdir()] == ["dist"]


def _tag_check(workflow: str) -> tuple[str, str]:
    """The script of the step that compares, as our own Python would run it, and its `TAG_PREFIX`."""
    document = parse(workflow)
    jobs = document.find(("jobs",))
    assert jobs is not None
    for job in jobs.children:
        steps = job.get("steps")
        for step in steps.children if steps else ():
            script, environment = step.get("run"), step.get("env")
            if script is not None and environment is not None:
                prefix = environment.get("TAG_PREFIX")
                assert prefix is not None
                assert "${{" not in script.value
                return script.value.replace("uvx --with packaging python", "python3"), prefix.value
    raise AssertionError("no step compares the tag with the version")


def _bash(script: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """As GitHub runs it: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax"""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script]
    environment = {**variables, "PATH": path}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)
