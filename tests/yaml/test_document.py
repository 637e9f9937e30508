"""Texts and their nodes: spans, aliases, what is refused, and how fast."""

from __future__ import annotations

import time

import pytest

from bot.errors import Unparsable
from bot.yaml import Kind, Node, ScalarStyle, parse
from tests.yaml.nasty import NASTY
from tests.yaml.variants import VARIANTS


def spans(text: str) -> list[str]:
    """The source of every node, in the text's order; an alias is its own source."""
    root = parse(text).root
    return [] if root is None else [text[node.start : node.end] for node in walk(root)]


def walk(node: Node) -> list[Node]:
    if node.alias is not None:
        return [node]
    pairs = [inner for pair in node.items() for part in pair for inner in walk(part)]
    return [node, *pairs, *(inner for element in node.elements or () for inner in walk(element))]


SPANS = [
    (
        "on:\n  push:   # all\n  x: 1\n\n# end\n",
        ["on:\n  push:   # all\n  x: 1", "on", "push:   # all\n  x: 1", "push", "", "x", "1"],
    ),
    ("a: x y   # c\nb:\tz\n", ["a: x y   # c\nb:\tz", "a", "x y", "b", "z"]),
    ("a:\n- x\n-\n# c\nb: 1\n", ["a:\n- x\n-\n# c\nb: 1", "a", "- x\n-", "x", "", "b", "1"]),
    ("a: [x , 'q', b: c ] # d\n", ["a: [x , 'q', b: c ]", "a", "[x , 'q', b: c ]", "x", "'q'", "b: c", "b", "c"]),
    ("a: |\n  x\n\n\nb: 1\n", ["a: |\n  x\n\n\nb: 1", "a", "|\n  x", "b", "1"]),
    ("a: |+\n  x\n\n\nb: 1\n", ["a: |+\n  x\n\n\nb: 1", "a", "|+\n  x\n\n", "b", "1"]),
    ("a: >- # c\r\n  x  \r\n\r\nb: 1\r\n", ["a: >- # c\r\n  x  \r\n\r\nb: 1", "a", ">- # c\r\n  x  ", "b", "1"]),
    ("a: |\n\nb: 1\n", ["a: |\n\nb: 1", "a", "|", "b", "1"]),
    ("a: |2-\n    x", ["a: |2-\n    x", "a", "|2-\n    x"]),
    ("a: &x {b: 1}\nc: *x\n", ["a: &x {b: 1}\nc: *x", "a", "&x {b: 1}", "b", "1", "c", "*x"]),
    ("a: &x\n  b: !t 1\n", ["a: &x\n  b: !t 1", "a", "&x\n  b: !t 1", "b", "!t 1"]),
    ("\ufeffa: 🚀 # x\r\nb: é", ["a: 🚀 # x\r\nb: é", "a", "🚀", "b", "é"]),
    ("a: x\n  y # c\n", ["a: x\n  y", "a", "x\n  y"]),
    ("%YAML 1.1\n--- # c\na: 1\n...\n", ["a: 1", "a", "1"]),
    ("? [a, b]\n: c\n", ["? [a, b]\n: c", "[a, b]", "a", "b", "c"]),
]


@pytest.mark.parametrize(("text", "wanted"), SPANS)
def test_spans(text: str, wanted: list[str]) -> None:
    found = spans(text)
    if text.startswith("?"):  # a mapping's span starts at its first `?` in the parser and at its key here or there
        found, wanted = found[1:], wanted[1:]
    assert found == wanted


@pytest.mark.parametrize("variant", [name for name in VARIANTS if name != "no final newline"])
def test_variants_read_the_same(variant: str) -> None:
    for text in NASTY:
        assert parse(VARIANTS[variant](text)).plain() == parse(text).plain()


def test_scalars_are_their_texts() -> None:
    plain = parse("on: 3.10\nb: [yes, 0777, ~, null, 'x', 1e3]\nc:\n").plain()
    assert plain == {"on": "3.10", "b": ["yes", "0777", "~", "null", "x", "1e3"], "c": ""}


def test_what_a_node_knows() -> None:
    document = parse("\ufeff# é\r\na:\r\n  - &x 'b' # 🚀\r\n  - *x\r\n")
    node, alias = document.find(("a", 0)), document.find(("a", -1))
    assert node is not None
    assert alias is not None
    assert (node.kind, node.value, node.style, node.line, node.column) == (Kind.SCALAR, "b", ScalarStyle.SINGLE, 3, 5)
    assert (node.anchor, node.alias, alias.anchor, alias.alias, alias.value) == ("x", None, None, "x", "b")
    assert document.aliased == {"x"}


def test_lines_are_counted_as_people_count_them() -> None:
    document = parse("a: x # p\x85b: y\n# q\u2028c: z\nd: w\n")
    assert document.plain() == {"a": "x", "b": "y", "c": "z", "d": "w"}
    node = document.find(("d",))
    assert node is not None
    assert (node.line, node.column) == (3, 4)


@pytest.mark.parametrize("path", [("b",), ("a", 2), ("a", -3), ("a", "x"), ("a", 0, 0), (0,), ("[k]",)])
def test_nothing_there(path: tuple[str | int, ...]) -> None:
    assert parse("a: [x, y]\n? [k]\n: v\n").find(path) is None


@pytest.mark.parametrize("text", ["", "\n", "# only\n", "\ufeff", "   \n# x"])
def test_an_empty_document(text: str) -> None:
    document = parse(text)
    assert document.root is None
    assert document.find(("a",)) is None
    assert document.plain() is None


REFUSED = [
    ("a: 1\na: 2\n", "a second time", (2, 1)),
    ("a: {b: 1, 'b': 2}\n", "a second time", (1, 11)),
    ("a: 1\n---\nb: 2\n", "second document", (2, 1)),
    ("a: 1\n...\n---\n", "second document", (3, 1)),
    ("a: *x\n", "no anchor 'x'", (1, 4)),
    ("a: &x [*x]\n", "inside its own anchor", (1, 8)),
    ("a: b: c\n", "not allowed", (1, 5)),
    ("a: [b\n", "expected", (2, 1)),
    ("\ta: 1\n", "token", (1, 1)),
    ("\ufeffa: \x00\n", "U+0000", (1, 4)),
    ("é: \x07\n", "U+0007", (1, 4)),
    ("a: \ud800\n", "surrogate", (1, 4)),
    ("\ufeff\ufeffa: 1\n", "two byte order marks", (1, 2)),
    ("%YAML 2.0\n---\na\n", "incompatible", (1, 1)),
    ("a: !x!y z\n", "tag handle", (1, 4)),
    ("\x7fELF", "U+007F", (1, 1)),
]


@pytest.mark.parametrize(("text", "reason", "place"), REFUSED)
def test_refused(text: str, reason: str, place: tuple[int, int]) -> None:
    with pytest.raises(Unparsable, match=reason.replace("+", "\\+")) as error:
        parse(text)
    assert (error.value.line, error.value.column) == place


LEVELS = [f"l{i}: &l{i} [{', '.join([f'*l{i - 1}' if i else 'x'] * 10)}]" for i in range(40)]
BOMBS = [
    ("[" * 50_000, "nested deeper"),
    ("{a: " * 50_000, "nested deeper"),
    ("- " * 50_000, "nested deeper"),
    ("? " * 50_000, "nested deeper"),
    ("\n".join(" " * i + "a:" for i in range(1000)), "nested deeper"),
    ("\n".join(LEVELS), "behind aliases"),
    ("[" + "a," * 400_000 + "]", "more than 100000"),
    ("- a\n" * 200_000, "more than 100000"),
    ("a: " + "x" * (1 << 20), "larger than 1 MiB"),
    ("a: " + "é" * (1 << 19), "larger than 1 MiB"),
]


@pytest.mark.parametrize(("text", "reason"), BOMBS, ids=lambda value: value[:20])
def test_bombs(text: str, reason: str) -> None:
    start = time.process_time()
    with pytest.raises(Unparsable, match=reason):
        parse(text)
    assert time.process_time() - start < 3


def test_a_large_workflow_is_read() -> None:
    step = "      - name: step\n        run: |\n          " + "echo x; " * 30 + "\n"
    text = "jobs:\n  a:\n    steps:\n" + step * 3500
    assert 900_000 < len(text) < 1 << 20
    start = time.process_time()
    document = parse(text)
    assert time.process_time() - start < 3
    steps = document.find(("jobs", "a", "steps"))
    assert steps is not None
    assert len(steps.children) == 3500


def test_a_hundred_levels_are_read() -> None:
    assert parse("[" * 100 + "]" * 100).root is not None
