"""The page of rules has every rule that there is, each with why and how, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot import environments, guard
from bot.cli.looking import _PROBLEMS
from bot.rules import RULES
from bot.secrets import OBSOLETE, ORPHAN

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "rules.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^## (\S+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
NAMES = {rule.ID for rule in RULES} | set(_PROBLEMS) | {guard.ID, environments.ID, OBSOLETE, ORPHAN}


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_rule_says_why_and_how(name: str) -> None:
    assert "**Why.**" in SECTIONS[name]
    assert "**How to mend.**" in SECTIONS[name]
    assert f"| [`{name}`](#{name}) |" in PAGE


def test_the_table_and_the_sections_name_the_same_rules_in_the_same_order() -> None:
    assert re.findall(r"^\| \[`(\S+)`\]", PAGE, re.MULTILINE) == list(SECTIONS)


def test_no_rule_is_on_the_page_that_does_not_exist() -> None:
    assert set(SECTIONS) == NAMES
