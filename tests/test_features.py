"""The table of features: what it asks for exists on GitHub, and nothing is asked for twice or for nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from bot import features
from bot.features import ALWAYS_DELIVERED, ASKED, FEATURES

JUDGES = Path(__file__).resolve().parent.parent / ".cache" / "judges"


def judge(path: str) -> object:
    file = JUDGES / path
    if not file.is_file():
        (pytest.fail if os.environ.get("JUDGES") == "required" else pytest.skip)("python tests/ensure_judges.py")
    return json.loads(file.read_text("utf-8"))


def test_permissions_are_githubs() -> None:
    described = judge("octokit-openapi/package/generated/api.github.com.json")
    assert isinstance(described, dict)
    known = described["components"]["schemas"]["app-permissions"]["properties"]
    for feature in FEATURES:
        for name, level in feature.permissions.items():
            assert level in known[name]["enum"], feature.name


def test_events_are_githubs() -> None:
    described = judge("octokit-webhooks-examples/package/api.github.com/index.json")
    assert isinstance(described, list)
    known = {event["name"] for event in described}
    assert {*features.events(), *ALWAYS_DELIVERED} <= known


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.name)
def test_a_feature_says_why_and_what_is_lost(feature: features.Feature) -> None:
    assert feature.why
    assert feature.lost
    assert feature.permissions
    assert not set(feature.events) & set(ALWAYS_DELIVERED)


def test_the_names_of_features_are_their_own() -> None:
    assert len({feature.name for feature in FEATURES}) == len(FEATURES)


def test_the_highest_level_of_each_permission_is_asked_for() -> None:
    asked = features.permissions()
    assert asked["contents"] == "write"
    assert asked["metadata"] == "read"
    assert {name for feature in ASKED for name in feature.permissions} == set(asked)


def test_what_opens_far_more_than_is_needed_is_never_asked_for() -> None:
    [feature] = [feature for feature in FEATURES if feature.unasked]
    assert feature.optional
    assert feature.permissions == {"administration": "read"}
    assert "administration" not in features.permissions()
    assert feature not in features.missing({})


LOST: dict[str, tuple[dict[str, str], set[str]]] = {
    "everything granted": (dict(features.permissions()), set()),
    "more than everything": ({**features.permissions(), "administration": "write"}, set()),
    "no workflows": (
        {name: level for name, level in features.permissions().items() if name != "workflows"},
        {"write workflow files"},
    ),
    "reading alone": (
        {"metadata": "read", "contents": "read"},
        {
            "propose changes",
            "answer commands on pull requests",
            "answer commands on issues",
            "write workflow files",
            *(feature.name for feature in ASKED if feature.optional),
        },
    ),
    "half of what proposing needs": (
        {**features.permissions(), "pull_requests": "read"},
        {"propose changes", "answer commands on pull requests"},
    ),
    "no issues": (
        {name: level for name, level in features.permissions().items() if name != "issues"},
        {"answer commands on pull requests", "answer commands on issues", "ask for the last steps"},
    ),
    "nothing of Actions": (
        {name: level for name, level in features.permissions().items() if name not in {"actions", "secrets"}},
        {"see releases, their failures and environments", "see which secrets are left"},
    ),
    "a level of tomorrow": ({**features.permissions(), "workflows": "own"}, {"write workflow files"}),
    "nothing": ({}, {feature.name for feature in ASKED}),
}


@pytest.mark.parametrize("case", LOST)
def test_what_does_not_work_with_what_is_granted(case: str) -> None:
    granted, lost = LOST[case]
    assert {feature.name for feature in features.missing(granted)} == lost


def test_the_manifest_asks_for_the_table_and_no_more() -> None:
    manifest = features.manifest(name="n", url="https://a", base="https://b")
    assert manifest["public"] is False
    assert manifest["default_permissions"] == dict(features.permissions())
    assert manifest["default_events"] == list(features.events())
    assert manifest["hook_attributes"] == {"url": "https://b/webhook", "active": True}
    assert manifest["callback_urls"] == ["https://b/login/callback"]
    json.dumps(manifest)


def test_what_is_optional_may_be_left_out_and_nothing_else_is_lost() -> None:
    kept = [feature for feature in ASKED if not feature.optional]
    manifest = features.manifest(name="n", url="https://a", base="https://b", wanted=kept)
    granted = manifest["default_permissions"]
    assert isinstance(granted, dict)
    assert granted["issues"] == "read"
    assert "checks" not in granted
    assert all(feature.optional for feature in features.missing(granted))
