"""Members come and go in collections written in brackets."""

from __future__ import annotations

import pytest

from bot.yaml import Add, Append, Comment, Copy, Insert, Move, Remove, Rename, Replace
from tests.yaml.editing import SAME, Case, check, refusal

CASES = [
    Case("in the neighbours' quotes", "a: ['b', 'c']\n", Append(("a",), "d"), "a: ['b', 'c', 'd']\n"),
    Case("what brackets would read otherwise is quoted", "a: [b]\n", Append(("a",), "c, d"), 'a: [b, "c, d"]\n'),
    Case("one item a line", "a: [\n  b,\n  c # q\n]\n", Append(("a",), "d"), "a: [\n  b,\n  c, # q\n  d\n]\n"),
    Case(
        "one item a line, the last comma kept", "a: [\n  b, # q\n]\n", Append(("a",), "d"), "a: [\n  b, # q\n  d,\n]\n"
    ),
    Case("before the first", "a: [b]\n", Insert(("a", 0), "c", where="before"), "a: [c, b]\n"),
    Case("a mapping", "a: { b: 1 }\n", Add(("a", "c"), {"d": [1]}), "a: { b: 1, c: { d: [1] } }\n"),
    Case(
        "an empty one inside",
        "a: {b: {}, c}\n",
        [Add(("a", "b", "x"), 1), Add(("a", "c", "z"), 2)],
        "a: {b: {x: 1}, c: {z: 2}}\n",
    ),
    Case("the middle one goes", "a: [b, c,  d]\n", Remove(("a", 1)), "a: [b, d]\n"),
    Case("the last one goes", "a: [b, c,]\n", Remove(("a", 1)), "a: [b,]\n"),
    Case("the only one goes", "a: { b: 1 }\n", Remove(("a", "b")), "a: {}\n"),
    Case("a line goes with its comment", "a: [\n  b, # x\n  c # y\n]\n", Remove(("a", 1)), "a: [\n  b, # x\n]\n"),
    Case("all go", "a: [b, c ]\n", [Remove(("a", 0)), Remove(("a", 1))], "a: []\n"),
    Case("one goes and one comes", "a: [b, c]\n", [Remove(("a", 0)), Append(("a",), "d")], "a: [c, d]\n"),
    Case("moved", "a: {b: 1, c: 2}\n", Move(("a", "c"), before="b"), "a: {c: 2, b: 1}\n"),
    Case("copied", "a: {b: 1, c: 2}\n", Copy(("a", "b"), "d"), "a: {b: 1, d: 1, c: 2}\n"),
    Case("renamed", "a: {b, c: 2}\n", Rename(("a", "b"), "on"), 'a: {"on", c: 2}\n'),
    Case(
        "a value for a key without one",
        "a: {b, c: }\n",
        [Replace(("a", "b"), "1"), Replace(("a", "c"), 2)],
        'a: {b: "1", c: 2 }\n',
    ),
    Case("brackets stay brackets", "a: [b] # c\n", Replace(("a",), ["d", "e f"]), "a: [d, e f] # c\n"),
    Case("in it", "a: [b]\n", Append(("a",), "b"), SAME),
    Case("in it under the key", "a: {b: [1]}\n", Add(("a", "b"), [1]), SAME),
    Case("not in it", "a: {b: [1]}\n", Remove(("a", "c")), SAME),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.sentence)
def test_brackets(case: Case) -> None:
    check(case)


@pytest.mark.parametrize(
    ("before", "op", "reason"),
    [
        ("a: [b]\n", Append(("a",), "c\nd\n", comment="x"), "inside brackets"),
        ("a: [b]\n", Comment(("a", 0), "x"), "inside brackets"),
        ("a: [b: c]\n", Add(("a", 0, "d"), 1), "braces of its own"),
        ("a: {? b : c}\n", Add(("a", "d"), 1), "question mark"),
        ("a: [b, # x\n  c, d]\n", Remove(("a", 0)), "comments"),
        ("a: [b # x\n  ]\n", Remove(("a", 0)), "comments"),
        ("a: { # x\n  }\n", Add(("a", "b"), 1), "comment inside"),
    ],
)
def test_refused_in_brackets(before: str, op: Append | Comment | Add | Remove, reason: str) -> None:
    assert reason in refusal(before, op)
