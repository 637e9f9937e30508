"""Too many pull requests, and merging one pushes and tests all the others anew."""

from __future__ import annotations

from bot.demo.samples import ORGANISATION
from bot.model import ACTIONS_BRANCH, OWN_BRANCHES, TRUSTED_PUBLISHING_BRANCH
from tests.jobs.conftest import Telling

ANVIL = f"{ORGANISATION}/anvil"
TOKEN = """\
on: release
jobs:
  publish:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - run: pipx run build
      - uses: pypa/gh-action-pypi-publish@release/v1
        with:
          password: ${{ secrets.TOKEN }}
"""
OLD_INPUT = """\
on: workflow_dispatch
jobs:
  publish:
    runs-on: ubuntu-latest
    environment: pypi
    permissions:
      id-token: write
    steps:
      - uses: pypa/gh-action-pypi-publish@release/v1
        with:
          packages_dir: wheels/
"""
FILES = {
    ".github/workflows/release.yml": TOKEN,
    ".github/workflows/nightly.yml": TOKEN,
    ".github/workflows/one.yml": OLD_INPUT,
    ".github/workflows/two.yml": OLD_INPUT,
}


async def test_a_repository_has_two_at_most_and_merging_one_leaves_the_other_as_it_is(tell: Telling) -> None:
    async with tell() as story:
        story.package("anvil", FILES)
        await story.install()
        assert {pull.head for pull in story.pulls("anvil")} == set(OWN_BRANCHES)
        assert len(story.pulls("anvil")) == 2, "whatever there is to mend"
        moving = next(pull for pull in story.pulls("anvil") if pull.head == TRUSTED_PUBLISHING_BRANCH)
        mending = next(pull for pull in story.pulls("anvil") if pull.head == ACTIONS_BRANCH)
        before = moving.head_oid
        story.github.merge_pull(ANVIL, mending.number)
        for number in range(3):
            story.push("anvil", {"tox.ini": f"[tox]\n# {number}\n"})
            await story.calm()
        assert moving.head_oid == before, "nothing was pushed, so nothing is tested again"
        assert len(story.pulls("anvil")) == 2


async def test_a_healthy_repository_has_none(tell: Telling) -> None:
    async with tell() as story:
        story.package("anvil", {".github/workflows/release.yml": OLD_INPUT.replace("packages_dir", "packages-dir")})
        await story.install()
        assert story.pulls("anvil") == []
