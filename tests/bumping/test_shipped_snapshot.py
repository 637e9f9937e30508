"""The snapshot that ships: whole, and never behind what pubflow itself writes."""

from __future__ import annotations

import re

import pytest

from bot.bumping.pins import read_pin
from bot.bumping.places import places
from bot.bumping.snapshot import catalogue, read_snapshot, shipped, write_snapshot
from bot.config import Bump, Config, Scope
from bot.mending import find
from bot.recipes import RECIPES
from bot.rules.rule import Context
from bot.survey import survey
from tests.bumping.archive import NOW, RULES
from tests.snapshots import PYPROJECT, snapshot

SHA = re.compile(r"[0-9a-f]{40}\Z")
FILE = ".github/workflows/publish.yml"
TEMPLATES = {recipe.name: recipe.workflow for recipe in RECIPES}


def test_every_action_can_be_read_and_every_commit_is_one() -> None:
    known = catalogue(shipped(), shipped().actions, NOW)
    assert len(known.actions) == len(shipped().actions) >= 40
    for action in known.actions.values():
        ids = [each for tag in action.tags for each in (tag.commit, tag.object) if each is not None]
        assert all(map(SHA.match, [*ids, *action.branches.values()])), action.name
        assert action.tags
        assert action.seen > 0


def test_writing_it_changes_nothing() -> None:
    kept = shipped()
    actions = catalogue(kept, kept.actions, NOW).actions.values()
    again = read_snapshot(write_snapshot(kept.date, kept.renamed, actions))
    assert catalogue(again, kept.actions, NOW) == catalogue(kept, kept.actions, NOW)


@pytest.mark.parametrize("name", TEMPLATES)
def test_what_pubflow_writes_is_not_outdated(name: str) -> None:
    found = survey(snapshot({"pyproject.toml": PYPROJECT, FILE: TEMPLATES[name]}))
    known = catalogue(shipped(), {place.name for place in places(found.workflows[FILE])}, NOW)
    context = Context(survey=found, config=Config(bump=Bump(scope=Scope.ALL, cooldown=0)), catalogue=known)
    said = find(context)
    assert [finding for rule in RULES for finding in said[rule]] == []
    for place in places(found.workflows[FILE]):
        action = known.get(place.name)
        assert action is not None
        assert read_pin(place, action, live=True).tag is not None, place.uses.text
