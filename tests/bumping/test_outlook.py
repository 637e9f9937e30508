"""What a list of actions says of each: its version, the newest, what ends when, and of what nobody knows."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from bot import bumping
from bot.bumping.outlook import outlook
from bot.bumping.snapshot import catalogue, shipped
from bot.config import Bump, Scope
from bot.survey import survey
from tests.bumping.archive import NOW
from tests.snapshots import snapshot

NAMES = ("actions/checkout", "actions/upload-artifact", "pypa/gh-action-pypi-publish", "actions/cache")
KNOWN = catalogue(shipped(), NAMES, 0.0)


@pytest.mark.parametrize(
    ("name", "ref", "comment", "version", "said"),
    [
        ("actions/upload-artifact", "v3", "", "v3", "fails since 30 January 2025"),
        ("actions/upload-artifact", "v2.1.0", "", "v2.1.0", "fails since 30 June 2024"),
        ("actions/checkout", "v4", "", "v4", "Node 20"),
        ("actions/checkout", "v3", "", "v3", "Node 16"),
        ("pypa/gh-action-pypi-publish", "v1.8.14", "", "v1.8.14", "metadata is newer"),
        ("pypa/gh-action-pypi-publish", "dc37677b2e1c63e2034f94d8a5b11f265b73ba33", "", "v1.14.2", None),
        ("pypa/gh-action-pypi-publish", "release/v1", "", "None", None),
        ("actions/cache", "f" * 40, "v4.0.0", "v4.0.0", "shut down on 15 April 2025"),
        ("somebody/unknown", "v1", "", "v1", None),
        ("somebody/unknown", "main", "", "None", None),
    ],
)
def test_an_action_at_a_ref(name: str, ref: str, comment: str, version: str, said: str | None) -> None:
    found = outlook(name, ref, comment, KNOWN)
    assert str(found.version) == version
    assert (found.reason is None) == (said is None)
    assert said is None or (found.reason is not None and said in found.reason.clause)


def test_the_newest_is_what_has_no_end_yet() -> None:
    for name in NAMES:
        newest = outlook(name, "v1", "", KNOWN).newest
        assert newest is not None
        assert outlook(name, str(newest), "", KNOWN).reason is None


UNKNOWN = {
    "actions/checkout@v9": "`actions/checkout@v9`: on {day} the newest version known was v7.0.1",
    "actions/checkout@v7.1": "`actions/checkout@v7.1`: on {day} the newest version known was v7.0.1",
    f"actions/checkout@{'b' * 40} # v9.1.0": "`actions/checkout@bbbbbbb`: on {day} the newest version known was v7.0.1",
    f"actions/checkout@{'b' * 40} # v4": "`actions/checkout@bbbbbbb`: on {day} this ref was not known",
    f"actions/checkout@{'b' * 40}": "`actions/checkout@bbbbbbb`: on {day} this ref was not known",
    "actions/checkout@next": "`actions/checkout@next`: on {day} this ref was not known",
    "someone/something@v1": "`someone/something@v1`: on {day} `someone/something` was not known",
    "actions/checkout@v7": None,
    "actions/checkout@v7.0.1": None,
    "actions/checkout@v4": None,
    "actions/checkout@v2.0.0": None,
    "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1": None,
    "actions/checkout@main": None,
    "pypa/gh-action-pypi-publish@release/v1": None,
    "pypa/gh-action-pypi-publish@master": None,
    "docker://alpine:3": None,
    "./.github/actions/own": None,
}


@pytest.mark.parametrize("uses", UNKNOWN)
def test_what_a_snapshot_cannot_say_is_told_with_its_day(uses: str) -> None:
    text = f"on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: {uses}\n"
    found = survey(snapshot({".github/workflows/a.yml": text}))
    bump = Bump(scope=Scope.ALL)
    known = catalogue(shipped(), bumping.wanted(found, bump), NOW)
    said = [one.message for one in bumping.judge(found, known, bump) if one.rule == bumping.UNKNOWN]
    wanted = UNKNOWN[uses]
    assert said == ([] if wanted is None else [wanted.format(day=shipped().date)])
    live = bumping.judge(found, replace(known, dated=None), bump)
    assert not [one for one in live if one.rule == bumping.UNKNOWN]
