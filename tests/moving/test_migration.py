"""What a move tells the pull request: identities, secrets that nothing needs any more, and what to look at."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from bot.model import Index, Visibility
from bot.moving import Identity, Migration, Moved, move
from bot.survey import survey
from tests.moving.archive import WORKFLOW, surveyed

BOTH = """on:
  release:
    types: [published]
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: pipx run build
      - uses: pypa/gh-action-pypi-publish@release/v1
        with:
          password: ${{ secrets.TEST_TOKEN }}
          repository-url: https://test.pypi.org/legacy/
      - uses: pypa/gh-action-pypi-publish@release/v1
        with:
          password: ${{ secrets.REAL_TOKEN }}
"""
ENVIRONMENT = "    runs-on: ubuntu-latest\n"


def migration(workflow: str, files: dict[str, str] | None = None) -> Migration:
    result = move(surveyed(workflow, files), WORKFLOW)
    assert isinstance(result, Moved)
    return result.migration


def test_each_index_has_an_identity_of_its_own() -> None:
    assert migration(BOTH).identities == (
        Identity(workflow="publish.yml", environment="testpypi", index=Index.TESTPYPI, projects=("thing",)),
        Identity(workflow="publish.yml", environment="pypi", index=Index.PYPI, projects=("thing",)),
    )


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [("release", "release"), ("${{ inputs.where }}", None)],
)
def test_an_environment_that_is_there_is_told_unless_it_is_computed(environment: str, wanted: str | None) -> None:
    text = BOTH.replace(ENVIRONMENT, f"{ENVIRONMENT}    environment: {environment}\n")
    assert {each.environment for each in migration(text).identities} == {wanted}


def test_a_private_repository_may_have_no_environments() -> None:
    before = surveyed(BOTH)
    private = replace(before.snapshot.repo, visibility=Visibility.PRIVATE)
    result = move(survey(replace(before.snapshot, repo=private)), WORKFLOW)
    assert isinstance(result, Moved)
    assert {each.environment for each in result.migration.identities} == {None}
    assert "environment:" not in (result.change.after or "")


def test_secrets_are_obsolete_when_nothing_refers_to_them() -> None:
    other = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: echo ${{ secrets.real_token }}\n"
    told = migration(BOTH, {".github/workflows/other.yml": other})
    assert (told.obsolete, told.in_use) == (("TEST_TOKEN",), ("REAL_TOKEN",))


def test_secrets_that_are_chosen_at_run_time_make_none_obsolete() -> None:
    other = "on: push\njobs:\n  a:\n    uses: o/r/.github/workflows/x.yml@v1\n    secrets: inherit\n"
    told = migration(BOTH, {".github/workflows/other.yml": other})
    assert (told.obsolete, told.in_use) == ((), ("TEST_TOKEN", "REAL_TOKEN"))


def test_of_several_packages_those_are_told_whose_folders_the_job_names() -> None:
    package = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "{}"\n'
    files = {"core/pyproject.toml": package.format("core-thing"), "extra/pyproject.toml": package.format("extra-thing")}
    text = BOTH.replace(
        "password: ${{ secrets.REAL_TOKEN }}", "password: ${{ secrets.REAL_TOKEN }}\n          packages-dir: core/dist"
    )
    text = text.replace("          repository-url", "          packages-dir: core/dist\n          repository-url")
    assert {each.projects for each in migration(text, files).identities} == {("core-thing",)}


def test_a_question_that_kept_forks_quiet_is_told_of() -> None:
    last = BOTH.rindex("- uses: pypa")
    asking = f"{BOTH[:last]}- if: env.TOKEN != ''\n        uses: pypa{BOTH[last + len('- uses: pypa') :]}".replace(
        ENVIRONMENT, f"{ENVIRONMENT}    env:\n      TOKEN: ${{{{ secrets.REAL_TOKEN }}}}\n"
    )
    (warning,) = migration(asking).warnings
    assert "forks" in warning
    assert "`github.repository == 'Octo-Org/thing'`" in warning
    assert migration(BOTH).warnings == ()
