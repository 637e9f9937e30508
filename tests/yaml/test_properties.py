"""What holds for every text and every operation."""

from __future__ import annotations

from collections import Counter
from random import Random

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bot.errors import Refused, Unparsable
from bot.yaml import (
    Add,
    Comment,
    Copy,
    Kind,
    Move,
    Op,
    Raw,
    Remove,
    Rename,
    Replace,
    ReplaceText,
    ScalarStyle,
    edit,
    parse,
)
from bot.yaml.changes import Changes
from bot.yaml.resolve import resolve
from bot.yaml.square import prove
from tests.yaml.drawing import operation, places
from tests.yaml.nasty import NASTY
from tests.yaml.oracle import expected, same
from tests.yaml.variants import VARIANTS

PLAIN = st.text("abcxyzé🚀 -_.0123", min_size=1, max_size=8).map(str.strip).filter(bool)
KEYS = st.text("abcdefgh", min_size=1, max_size=4)
SCALARS = st.one_of(
    PLAIN.map(lambda text: f"v{text}"),
    PLAIN.map(lambda text: f"'{text}'"),
    PLAIN.map(lambda text: f'"{text} \\u00e9"'),
    st.sampled_from(["", "1", "3.10", "true", "[a, b]", "{a: b, c: [d]}", "[]", "{}", "${{ x.y == 'z' }}"]),
)
COMMENTS = st.sampled_from(["", "", "", " # c", "   # d e"])
BETWEEN = st.sampled_from(["", "", "", "\n", "# above\n", "\n# above\n", "      # odd\n"])
BLOCKS = st.sampled_from(["|\n{}x\n{}  y", ">-\n{}x\n\n{}y", "|+ # why\n{}x\n\n", "|-\n{}x"])


@st.composite
def mappings(draw: st.DrawFn, indent: int, depth: int) -> str:
    keys = draw(st.lists(KEYS, min_size=1, max_size=3, unique=True))
    return "".join(draw(members(f"{key}:", indent, depth)) for key in keys)


@st.composite
def sequences(draw: st.DrawFn, indent: int, depth: int) -> str:
    return "".join(draw(members("-", indent, depth)) for _ in range(draw(st.integers(1, 3))))


@st.composite
def members(draw: st.DrawFn, lead: str, indent: int, depth: int) -> str:
    """The lines of an entry or item, with whatever may stand around it."""
    margin, between = " " * indent, draw(BETWEEN)
    between = between.replace("# above", margin + "# above")
    kind = draw(st.sampled_from(["scalar", "scalar", "block", "mapping", "sequence"] if depth else ["scalar", "block"]))
    if kind == "scalar":
        return f"{between}{margin}{lead} {draw(SCALARS)}{draw(COMMENTS)}\n"
    if kind == "block":
        inner = " " * (indent + draw(st.integers(1, 4)))
        return f"{between}{margin}{lead} {draw(BLOCKS).replace('{}', inner)}\n"
    step = draw(st.integers(1, 4))
    if kind == "mapping":
        body = draw(mappings(indent + step + 1, depth - 1))
        compact = lead == "-" and body.startswith(" " * (indent + step + 1)) and not body.lstrip(" ").startswith("#")
        if compact and draw(st.booleans()):
            return f"{between}{margin}-{' ' * step}{body.lstrip(' ')}"
    else:
        body = draw(sequences(indent + step * (lead == "-" or draw(st.booleans())), depth - 1))
    return f"{between}{margin}{lead}{draw(COMMENTS)}\n{body}"


TEXTS = st.builds(lambda text, vary: vary(text), mappings(0, 3), st.sampled_from(list(VARIANTS.values())))
BLOCKS_STYLES = (ScalarStyle.LITERAL, ScalarStyle.FOLDED)
quickly = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def check(text: str, op: Op) -> bool:
    """One operation against the oracle, and what must hold of every edit; False where it is refused."""
    document = parse(text)
    try:
        result = edit(document, [op])
    except Refused:
        return False
    if result is text:
        return True
    assert same(expected(document.plain(), op), parse(result).plain())
    assert result.startswith("\ufeff") == text.startswith("\ufeff")
    if "\r\n" in text:
        assert result.count("\n") == result.count("\r\n")
    if text.endswith("\n"):
        assert result.endswith("\n")
    if not isinstance(op, (Remove, Replace, ReplaceText, Comment)):
        assert not comments(text) - comments(result)
    if is_idempotent(op):
        assert edit(result, [op]) is result
    return True


def comments(text: str) -> Counter[str]:
    """Of lines of their own; what stands above an item's first entry may come to stand behind the dash."""
    found = (line.strip(" \ufeff").removeprefix("- ") for line in text.splitlines())
    return Counter(line.strip() for line in found if line.lstrip().startswith("#"))


def is_idempotent(op: Op) -> bool:
    """An index means another item once an item has gone or moved; a replaced text may come up again."""
    if isinstance(op, Remove):
        return not op.prune and isinstance(op.path[-1], str)
    return not isinstance(op, (Move, ReplaceText))


@settings(quickly, max_examples=150)
@given(TEXTS, st.integers(0, 2**32))
def test_any_operation_on_any_text(text: str, seed: int) -> None:
    rng = Random(seed)
    op = operation(parse(text), rng)
    assume(op is not None)
    assert op is not None
    check(text, op)


@settings(quickly, max_examples=400)
@given(st.sampled_from(NASTY), st.sampled_from(list(VARIANTS)), st.integers(0, 2**32))
def test_any_operation_on_nasty_texts(text: str, variant: str, seed: int) -> None:
    text = VARIANTS[variant](text)
    document = parse(text)
    assume(document.root is not None and document.root.children)
    op = operation(document, Random(seed))
    assume(op is not None)
    assert op is not None
    check(text, op)


@quickly
@given(TEXTS, st.integers(0, 2**32))
def test_whatever_else_an_edit_did_is_seen(text: str, seed: int) -> None:
    """The square against texts that are not quite the right one: it holds only where the data is the same."""
    document, rng = parse(text), Random(seed)
    op = operation(document, rng)
    assume(op is not None)
    assert op is not None
    try:
        result = edit(document, [op])
        changes = resolve(document, [op])
    except Refused:
        return
    for _ in range(8):
        at = rng.randrange(len(result))
        start = rng.choice((at, result.rfind("\n", 0, at) + 1))
        end = rng.choice((start, start + 1, result.find("\n", start) + 1 or start + 1))
        wrong = result[:start] + rng.choice(("", "", "x", "\n", result[start:end] * 2)) + result[end:]
        try:
            is_right = parse(wrong).plain() == parse(result).plain()
        except Unparsable:
            is_right = False
        assert is_right or proves(text, wrong, changes) is False


def proves(before: str, after: str, changes: Changes) -> bool:
    try:
        prove(before, after, changes)
    except Refused:
        return False
    return True


@quickly
@given(TEXTS)
def test_no_operation_is_the_same_object(text: str) -> None:
    assert edit(text, []) is text
    assert edit(parse(text), []) is text


@quickly
@given(TEXTS, st.integers(0, 2**32))
def test_a_scalar_replaced_leaves_the_rest(text: str, seed: int) -> None:
    scalars = [each for each in places_of(text) if each[1].style not in (None, *BLOCKS_STYLES)]
    assume(scalars)
    path, node = Random(seed).choice(scalars)
    assume(node.start < node.end)
    result = edit(text, [Replace(path, Raw("'other'"))])
    assert result == text[: node.start] + "'other'" + text[node.end :]


@quickly
@given(TEXTS)
def test_a_span_is_the_node_as_written(text: str) -> None:
    for _, node in places_of(text):
        source = text[node.start : node.end]
        assert source == source.lstrip()
        assert source == source.rstrip("\r\n") or "+" in source
        if node.kind is Kind.SCALAR and source and "\n" not in source:
            assert parse(f"- {source}\n").plain() == [node.value]


def places_of(text: str) -> list:  # type: ignore[type-arg]  # pairs of path and node
    root = parse(text).root
    assert root is not None
    return list(places(root))


def test_every_kind_of_operation_is_drawn() -> None:
    document, rng = parse("a: {b: [c, d]}\ne: f\ng:\n  - h: i\n    j: k\n"), Random(1)
    drawn = {type(operation(document, rng)) for _ in range(600)}
    assert {Add, Comment, Copy, Move, Remove, Rename, Replace, ReplaceText} <= drawn
