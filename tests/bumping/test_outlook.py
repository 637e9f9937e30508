"""What a list of actions says of each: its version, the newest, and what ends when."""

from __future__ import annotations

import pytest

from bot.bumping.outlook import outlook
from bot.bumping.snapshot import catalogue, shipped

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
