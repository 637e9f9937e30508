"""The proof of an edit looks at every node: whatever else differs is refused."""

from __future__ import annotations

import re

import pytest

from bot.errors import Refused
from bot.yaml import Add, Insert, Move, Op, Remove, Rename, Replace, ReplaceText, edit, parse
from bot.yaml.nodes import same
from bot.yaml.resolve import resolve
from bot.yaml.square import prove

TEXT = """\
on: push
jobs:
  a:
    steps:
      - uses: x@1
        with: {k: v, l: [m, n]}
      - run: |
          first
          second
      - w
  b: &name
    c: d
  e: *name
"""
STEPS = ("jobs", "a", "steps")
OPS: list[Op] = [
    Replace((*STEPS, 0, "uses"), "x@2"),
    ReplaceText((*STEPS, 1, "run"), "second", "third"),
    Insert((*STEPS, 1), {"uses": "z@1", "with": {"o": "p"}}),
    Remove((*STEPS, 0, "with", "k")),
    Add(("permissions",), {"contents": "read"}, after="on"),
    Rename(("on",), "off"),
    Move((*STEPS, 2), before=0),
]


@pytest.mark.parametrize("op", OPS, ids=lambda op: type(op).__name__)
def test_any_other_word_is_refused(op: Op) -> None:
    document, after = parse(TEXT), edit(TEXT, [op])
    prove(TEXT, after, resolve(document, [op]))
    for word in re.finditer(r"[\w@]+", after):
        other = f"{after[: word.start()]}other{after[word.end() :]}"
        with pytest.raises(Refused):
            prove(TEXT, other, resolve(document, [op]))


PAIRS = [
    ("a: {b: [c, d]}", "a:\n  b:\n  - c\n  - 'd'\n", True),
    ("a: b", "a: c", False),
    ("a: b", "c: b", False),
    ("{a: b, c: d}", "{c: d, a: b}", False),
    ("{a: b, c: d}", "{a: b}", False),
    ("[a, b]", "[b, a]", False),
    ("[a, b]", "[a, b, c]", False),
    ("[a, [b]]", "[a, b]", False),
    ("a: ''", "a: []", False),
    ("a: {}", "a: []", False),
    ("a: ''", "a: {}", False),
    ("a: &b c\nd: *b", "a: c\nd: c", True),
    ("a: &b [c]\nd: *b", "a: [c]\nd: [e]", False),
]


@pytest.mark.parametrize(("text", "other", "are"), PAIRS)
def test_same(text: str, other: str, are: bool) -> None:
    first, second = parse(text).root, parse(other).root
    assert first is not None
    assert second is not None
    assert same(first, second) is same(second, first) is are


def test_what_is_no_yaml_is_refused() -> None:
    with pytest.raises(Refused, match="could not be read"):
        prove("a: b", "a: [", resolve(parse("a: b"), [Replace(("a",), "c")]))
