"""A string stays a string for readers of YAML 1.1 and of YAML 1.2."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from bot.yaml import Add, Append, Rename, Value, edit, parse

WORDS = """
on Off yes No y N true FALSE null ~ = << 1 -1 +1.5 0777 0o17 0x1F 0b11 1_000 1e3 1.e+3 1234567e89 .5 .inf
-.INF .nan 1:30 190:20:30.15 2001-01-01 2001-12-14t21:59:43.10-05:00 -a - -- --- ... ? : :a a: a#b #a &a *a !a
| > %a @a `a 'a' ' [a {a ] } https://pypi.org/p/x v* *.* 1.2.3 3.10 actions/checkout@v4 0 00 08 1. -.5 NaN Inf
nil None
"""
TRICKY = [
    *WORDS.split(),
    "", " ", "- a", "? a", ": a", "a: b", "a :b", "a #b", '"', '"a"', "a, b", "${{ a.b == 'c' }}", "${{ a }}: b",
    "a\tb", "a ", " a", "a\\b", "\x07", "\x85", "\u2028", "\ufeff", "\xe9\U0001f680", "a\nb", "a\n", "\na",
    "a\n\n", " a\nb", "a \nb", "a\r\nb", "\t\n", "a\n \n", "C:\\x",
]  # fmt: skip
READERS = [YAML(typ="safe", pure=True), YAML(typ="safe", pure=True)]
READERS[0].version = (1, 1)
READERS[1].version = (1, 2)


def check(text: str) -> None:
    value: Value = {"b": text, "c": [text]}
    before = "a: 1\nz: [longer than any drawn]\n"
    added = edit(before, [Add(("d",), value), Append(("z",), text), Add(("e",), {"f": {text: text}})])
    for reader in READERS:
        read = reader.load(added)
        assert read["d"] == {"b": text, "c": [text]}
        assert read["z"] == ["longer than any drawn", text]
        assert read["e"] == {"f": {text: text}}


@pytest.mark.parametrize("text", TRICKY, ids=ascii)
def test_tricky_texts_stay_strings(text: str) -> None:
    check(text)


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
def test_any_text_stays_a_string(text: str) -> None:
    check(text)


@pytest.mark.parametrize(
    "text", ["main", "v1.2", "a b", "python -m build", "${{ secrets.X }}", "ubuntu-latest", "a/b@c", "-m x"]
)
def test_what_needs_no_quotes_gets_none(text: str) -> None:
    assert edit("a: 1\n", [Add(("b",), text)]) == f"a: 1\nb: {text}\n"


def test_the_trigger_of_a_workflow_is_written_as_everybody_does() -> None:
    assert edit("name: x\n", [Add(("on",), "push")]) == "name: x\non: push\n"
    assert edit("a: {b: 1}\n", [Rename(("a", "b"), "on")]) == 'a: {"on": 1}\n'


@pytest.mark.parametrize("value", [True, 3, None, [], {}])
def test_what_is_no_string_becomes_none(value: Value) -> None:
    text = edit("a: 1\n", [Add(("b",), value)])
    assert READERS[1].load(text)["b"] == value
    assert parse(text).find(("b",)) is not None
