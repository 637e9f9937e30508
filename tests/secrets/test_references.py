"""Which branches make releases, and what is read of them."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bot.secrets import in_use, references, release_branches
from bot.survey import survey
from tests.snapshots import snapshot

RELEASING = [
    *(
        "release/1.2",
        "releases/v2",
        "release-3",
        "release",
        "1.x",
        "1.2.x",
        "v1",
        "v2.3",
        "2.0",
        "stable",
        "stable/4.1",
    ),
    *("maint/1", "maintenance-2.x", "support/1.0", "hotfix/1.0.1", "backport-2", "4.2-stable", "lts", "1.0.x-lts"),
]
OTHERS = ["main", "develop", "feature/release-notes", "released", "dependabot/pip/x-1.2", "v2-rewrite", "fix-1", "docs"]


@pytest.mark.parametrize("name", RELEASING)
def test_a_branch_that_makes_releases(name: str) -> None:
    assert release_branches(["main", name], "main") == ("main", name)


@pytest.mark.parametrize("name", OTHERS)
def test_a_branch_that_makes_none(name: str) -> None:
    assert release_branches([name], "trunk") == ("trunk",)


def test_the_newest_come_first() -> None:
    found = release_branches(["1.2.x", "1.10.x", "2.x", "main"], "main")
    assert found == ("main", "2.x", "1.10.x", "1.2.x")


def test_what_github_gives_by_itself_is_no_secret_of_ours() -> None:
    text = "on: push\nenv: {A: '${{ secrets.GITHUB_TOKEN }}', B: '${{ secrets.b_2 }}'}\njobs: {}\n"
    branch = references(survey(snapshot({".github/workflows/w.yml": text, "src/x.yml": "secrets.C"})), "main")
    assert branch.names == {"B_2": (".github/workflows/w.yml",), "C": ("src/x.yml",)}


def test_anchors_are_read_once() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{new}: &{new} [*{old}, *{old}, *{old}]\n" for old, new in pairwise("abcdefghijk")
    )
    text = bomb + "on: push\njobs: {}\nz: ${{ secrets.X }}\n"
    assert "X" in references(survey(snapshot({".github/workflows/w.yml": text})), "main").names


HEAD = "on: push\njobs: {a: {runs-on: x, steps: [{run: x}]}}\n"
REFERRING = [
    "x: ${{ secrets.Token }}\n",
    'x: "${{ secrets.T\\x4fKEN }}"\n',
    'x: "${{ secrets.TO\\\n    KEN }}"\n',
    'x: "${{ secrets.TO\\\r\n    KEN }}"\n',
    "x: '${{ secrets[''token''] }}'\n",
    "x: ${{ toJSON(secrets) }}\n",
    "x: ${{ secrets[matrix.x] }}\n",
    "x: >-\n  ${{ secrets\n  [ matrix.x ] }}\n",
    "x: ${{ secrets.* }}\n",
    "x: \u017f ${{ secrets.Token }}\n",
]
SILENT = ["x: ${{ secrets.TOKENS }}\n", "# secrets.TOKEN\n", "x: secret TOKEN\n", "x: |\n  a secrets\\\n  .TOKEN\n"]


@pytest.mark.parametrize("text", [*REFERRING, *SILENT])
def test_what_is_looked_for_is_found_where_everything_is_read(text: str) -> None:
    found = survey(snapshot({".github/workflows/w.yml": HEAD + text}))
    everything = references(found, "main")
    assert bool(in_use(found, ["Token"])) == ("TOKEN" in everything.names or bool(everything.dynamic))
    assert bool(in_use(found, ["Token"])) == (text in REFERRING)


def test_what_another_repository_is_handed_may_use_every_secret() -> None:
    text = "on: push\njobs: {a: {uses: o/r/.github/workflows/w.yml@v1, secrets: inherit}}\n"
    assert in_use(survey(snapshot({".github/workflows/w.yml": text})), ["x", "Y"]) == {"X", "Y"}
