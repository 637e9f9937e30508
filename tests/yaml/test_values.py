"""Other values, texts and comments in the places of those that are there."""

from __future__ import annotations

import pytest

from bot.yaml import Comment, Op, Raw, Replace, ReplaceText
from tests.yaml.editing import SAME, Case, check, refusal

RUN = "- run: |  # why\n    python -m build\n    twine check dist/*\n\n    twine upload dist/*\n- x\n"

CASES = [
    Case(
        "the pin moves, the comment stays",
        "- uses: a/b@v1  # c\n",
        Replace((0, "uses"), "a/b@v2"),
        "- uses: a/b@v2  # c\n",
    ),
    Case(
        "pin and version comment move",
        "- uses: a@1 # v1\n",
        [Replace((0, "uses"), "a@2"), Comment((0, "uses"), "v2", where="beside", replace=True)],
        "- uses: a@2 # v2\n",
    ),
    Case(
        "quotes are kept",
        "a: 'b'\nc: \"d\"\n",
        [Replace(("a",), "it's"), Replace(("c",), 'e"')],
        "a: 'it''s'\nc: \"e\\\"\"\n",
    ),
    Case("quotes come where they are needed", "a: b # c\n", Replace(("a",), "x: y"), 'a: "x: y" # c\n'),
    Case(
        "a number becomes a string",
        "python-version: 3.10\n",
        Replace(("python-version",), "3.10"),
        'python-version: "3.10"\n',
    ),
    Case("a string becomes a truth value", "a: 'true'\n", Replace(("a",), value=True), "a: true\n"),
    Case("an empty value", "a:   # c\nb:\n", [Replace(("a",), "x"), Replace(("b",), "y z")], "a: x   # c\nb: y z\n"),
    Case(
        "a scalar becomes a block", "a: b # c\nd: 1\n", Replace(("a",), {"e": ["f"]}), "a: # c\n  e:\n    - f\nd: 1\n"
    ),
    Case(
        "a block becomes a scalar",
        "a: # c\n  # d\n  e: 1 # f\n\ng: 2\n",
        Replace(("a",), "h"),
        "a: h # c\n  # d\n\ng: 2\n",
    ),
    Case("a block becomes another", "- a: 1\n  b: 2\n- c\n", Replace((0,), {"d": 3}), "- d: 3\n- c\n"),
    Case("a block scalar becomes a scalar", RUN, Replace((0, "run"), "make"), "- run: make  # why\n- x\n"),
    Case("a scalar becomes a block scalar", "a: b # c\n", Replace(("a",), "d\ne\n"), "a: | # c\n  d\n  e\n"),
    Case("as it is given", "a: b\n", Replace(("a",), Raw(">-\n d\n e")), "a: >-\n  d\n  e\n"),
    Case("several lines at an unbroken end", "a: |\n  b", Replace(("a",), "c\n"), "a: |\n  c\n"),
    Case("an anchor that nothing shows is kept", "a: &x b\n", Replace(("a",), "c"), "a: &x c\n"),
    Case(
        "a line of a script goes",
        RUN,
        ReplaceText((0, "run"), "twine check dist/*\n", ""),
        RUN.replace("    twine check dist/*\n", ""),
    ),
    Case(
        "the last line goes",
        RUN,
        ReplaceText((0, "run"), "\ntwine upload dist/*\n", ""),
        RUN.replace("\n\n    twine upload dist/*", ""),
    ),
    Case(
        "one line becomes two",
        RUN,
        ReplaceText((0, "run"), "-m build", "-m build --sdist\n\nls"),
        RUN.replace("-m build", "-m build --sdist\n\n    ls"),
    ),
    Case(
        "all of them, CRLF kept",
        RUN.replace("\n", "\r\n"),
        ReplaceText((0, "run"), "twine", "uv", count=2),
        RUN.replace("twine", "uv").replace("\n", "\r\n"),
    ),
    Case(
        "a blank line gets a text", "a: |\n  b\n\n  c\n", ReplaceText(("a",), "\n\n", "\nd\n"), "a: |\n  b\n  d\n  c\n"
    ),
    Case(
        "over folded lines",
        "a: >-\n  b\n  c # d\n  e\nf: g\n",
        ReplaceText(("a",), "b c # d e", "y z"),
        "a: >-\n  y z\nf: g\n",
    ),
    Case("the end of folded lines", "a: >\n  b &&\n  c\n", ReplaceText(("a",), " && c", ""), "a: >\n  b\n"),
    Case("a text without quotes on two lines", "a: b\n  c\n", ReplaceText(("a",), "b", "y"), "a: y c\n"),
    Case("inside a folded line", "a: >\n  b c\n  d\n", ReplaceText(("a",), "c", "e"), "a: >\n  b e\n  d\n"),
    Case("with an indentation indicator", "a: |2\n    b\n  c\n", ReplaceText(("a",), "  b", "d"), "a: |2\n  d\n  c\n"),
    Case("escapes beside it stay", 'a: "\\U0001F680 x"\n', ReplaceText(("a",), "x", "\t"), 'a: "\\U0001F680 \\t"\n'),
    Case("a plain text that would become a number", "a: v1\n", ReplaceText(("a",), "v", ""), 'a: "1"\n'),
    Case(
        "a comment above, below the one that is there",
        "a:\n  # b\n  c: 1\n",
        Comment(("a", "c"), "one\ntwo"),
        "a:\n  # b\n  # one\n  # two\n  c: 1\n",
    ),
    Case("a comment above the dash", "- a: 1\n", Comment((0, "a"), "b"), "# b\n- a: 1\n"),
    Case(
        "a comment beside the key of a block",
        "a:\n  b: 1 \n",
        [Comment(("a",), "c", where="beside"), Comment(("a", "b"), "d", where="beside")],
        "a:  # c\n  b: 1  # d\n",
    ),
    Case(
        "a comment on a block scalar's header",
        "a: |+\n  b\n",
        Comment(("a",), "c", where="beside"),
        "a: |+  # c\n  b\n",
    ),
    Case("a comment goes", "a: 1  # b\n", Comment(("a",), "", where="beside", replace=True), "a: 1\n"),
    Case("the value stands there", "a: 'b'\n", Replace(("a",), "b"), SAME),
    Case("the block stands there", "a:\n  b: [1, '2']\n", Replace(("a",), {"b": [1, "2"]}), SAME),
    Case("nothing for nothing", "a:\n", Replace(("a",), None), SAME),
    Case("replaced already", "a: twine==6 x\n", ReplaceText(("a",), "twine", "twine==6"), SAME),
    Case("taken out already", "a: x\n", ReplaceText(("a",), "y", ""), SAME),
    Case("the comment stands above", "# b\na: 1\n", Comment(("a",), "b"), SAME),
    Case("the comment stands beside", "a: 1 # b\n", Comment(("a",), "# b", where="beside"), SAME),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.sentence)
def test_values(case: Case) -> None:
    check(case)


REFUSED: list[tuple[str, Op | list[Op], str]] = [
    ("a: b\n", Replace(("c",), "d"), "there is nothing at 'c'"),
    ("a: b\n", Replace((), "d"), "the file as a whole"),
    ("a: &x b\nc: *x\n", Replace(("a",), "d"), "aliases show it elsewhere"),
    ("a: &x b\nc: *x\n", Replace(("c",), "d"), "the alias *x"),
    ("a: !t b\n", Replace(("a",), "d"), "has a tag"),
    ("a: &x [b]\n", Replace(("a",), "d"), "the anchor &x"),
    ("a: b\n", [Replace(("a",), "c"), Replace(("a",), "d")], "two others"),
    ("? a\n: b\n", Replace(("a",), "c"), "question mark"),
    ("a: x x\n", ReplaceText(("a",), "x", "y"), "2 times and not 1"),
    ("a: x\n", ReplaceText(("a",), "z", "y"), "0 times and not 1"),
    ("a: [x]\n", ReplaceText(("a",), "x", "y"), "in a scalar alone"),
    ("a: &x b\nc: *x\n", ReplaceText(("c",), "b", "y"), "in a scalar alone"),
    ("a: &x b\nc: *x\n", ReplaceText(("a",), "b", "y"), "aliases show it elsewhere"),
    ("a: >\n  b\n  c\n", ReplaceText(("a",), "b c", "y\nz"), "folded"),
    ("a: 'b\n  c'\n", ReplaceText(("a",), "b", "y"), "folded"),
    ("a: |\n  b\n", ReplaceText(("a",), "b\n", "y"), "last line break"),
    ("a: |\n  b\n", ReplaceText(("a",), "b", " y"), "more than it should"),
    ("a: b\n", ReplaceText(("a",), "b", "y\nz"), "several lines"),
    ("a: 1 # b\n", Comment(("a",), "c", where="beside"), "another comment"),
    ("a: 1\n", Comment(("a",), "c\x07"), "printable"),
]


@pytest.mark.parametrize(("before", "ops", "reason"), REFUSED, ids=lambda value: str(value)[:60])
def test_refused(before: str, ops: Op | list[Op], reason: str) -> None:
    assert reason in refusal(before, ops)
