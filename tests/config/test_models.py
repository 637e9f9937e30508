"""The models, the values that the core knows, the shipped schema and the words of the tables say the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import jsonschema_rs
import msgspec
import pytest
from pydantic import BaseModel

from bot import resources
from bot.config import SCHEMA, Config, InvalidConfig, Permission, understand
from bot.config.models import Commands, File
from bot.config.reading import _plain
from bot.config.words import RULES, VERBS
from bot.rules import RULES as APPLIED
from bot.yaml import parse
from tests.config.test_reading import INVALID, VALID

JUDGE = jsonschema_rs.validator_for(json.loads(resources.text(SCHEMA)))


def test_the_models_and_the_values_have_the_same_names_and_defaults() -> None:
    written = File().model_dump(by_alias=True, exclude_none=True)
    assert msgspec.convert(written, Config, strict=True) == Config()
    assert written.keys() | {"add"} == msgspec.to_builtins(Config()).keys()


@pytest.mark.parametrize("text", [text for text in VALID if text and parse(text).root])
def test_the_schema_takes_what_the_models_take(text: str) -> None:
    root = parse(text).root
    assert root is None or not root.value or JUDGE.is_valid(_plain(root))
    assert root is None or not root.entries or JUDGE.is_valid(_plain(root))


UNTOLD = {"? [a]\n: 1\n", "x: &a 1\nenabled: {*a : 2}\n"}
"""Of YAML and not of JSON."""


@pytest.mark.parametrize("text", sorted(INVALID.keys() - UNTOLD))
def test_the_schema_refuses_what_the_models_refuse(text: str) -> None:
    found = understand(text)
    assert isinstance(found, InvalidConfig)
    if not found.problems[0].message.startswith("is not YAML"):
        root = parse(text).root
        assert root is not None
        assert not JUDGE.is_valid(_plain(root))


def test_every_rule_can_be_ignored() -> None:
    assert {rule.ID for rule in APPLIED} <= set(RULES)


def test_every_setting_is_described() -> None:
    shape = File.model_json_schema(by_alias=True)
    for section in (shape, *shape["$defs"].values()):
        for name, node in section["properties"].items():
            assert "$ref" in node or node.get("description"), name
    assert set(shape["$defs"]["Commands"]["properties"]) == set(VERBS)
    assert shape["$defs"]["Commands"]["properties"]["pin"]["enum"] == list(Permission)


def leaves(model: type[BaseModel]) -> Iterator[str]:
    for name, info in model.model_fields.items():
        inner = info.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel) and inner is not Commands:
            yield from leaves(inner)
        else:
            yield info.alias or name


SOURCES = "".join(
    path.read_text("utf-8")
    for path in (Path(__file__).resolve().parent.parent.parent / "bot").rglob("*.py")
    if path.parent.name != "config"
)


@pytest.mark.parametrize("name", sorted(set(leaves(File)) - {"schema"}))
def test_no_setting_is_without_effect(name: str) -> None:
    """Somebody reads it outside of the room where it is read; what it does is the matter of tests of its own."""
    assert re.search(rf"\.{name}\b", SOURCES)
