"""Members come, go and move: block style. Two in five change nothing."""

from __future__ import annotations

import pytest

from bot.yaml import Add, Append, Commented, Copy, Insert, Move, Raw, Remove, Rename
from tests.yaml.editing import SAME, Case, check, refusal

JOB = """\
jobs:
  build:
    runs-on: ubuntu-latest

  # uploads
  publish:
    steps:
      - name: Upload
        uses: pypa/gh-action-pypi-publish@release/v1
        with:
          # the secret
          password: ${{ secrets.PYPI }}  # soon gone
"""
UPLOAD = ("jobs", "publish", "steps", 0)

CASES = [
    Case(
        "a scope with the reason beside it; the empty brackets become a block",
        "permissions: {}\n\njobs: x\n",
        Add(("permissions", "id-token"), "write", comment="mandatory for trusted publishing"),
        "permissions:\n  id-token: write  # mandatory for trusted publishing\n\njobs: x\n",
    ),
    Case(
        "an empty value becomes a mapping",
        "on:\n  push: # all\nx: 1\n",
        Add(("on", "push", "tags"), ["v*", "*"]),
        'on:\n  push: # all\n    tags:\n      - v*\n      - "*"\nx: 1\n',
    ),
    Case(
        "a key beside another one",
        "a: 1\n# about b\nb: 2\n",
        Add(("c",), 3, before="b"),
        "a: 1\nc: 3\n# about b\nb: 2\n",
    ),
    Case(
        "CRLF, a byte order mark and no last line break stay",
        "\ufeffa: 1\r\nb:\r\n  - x",
        Append(("b",), {"c": "d", "e": ["f"]}),
        "\ufeffa: 1\r\nb:\r\n  - x\r\n  - c: d\r\n    e:\r\n      - f",
    ),
    Case(
        "the author's indentation is followed",
        "a:\n    b:\n    -   c: 1\n",
        Append(("a", "b"), {"d": {"e": 2}}),
        "a:\n    b:\n    -   c: 1\n    -   d:\n            e: 2\n",
    ),
    Case("blank lines between members are followed", "- a\n\n- b\n", Append((), "c"), "- a\n\n- b\n\n- c\n"),
    Case(
        "the second job is set apart as everything else is",
        "on: x\n\njobs:\n  a:\n    b: 1\n    c: 2\n",
        Add(("jobs", "d"), {"e": 1}),
        "on: x\n\njobs:\n  a:\n    b: 1\n    c: 2\n\n  d:\n    e: 1\n",
    ),
    Case(
        "a new first entry behind the dash",
        "- name: x\n  uses: y\n",
        Add((0, "if"), "always()", before="name"),
        "- if: always()\n  name: x\n  uses: y\n",
    ),
    Case(
        "comments inside an added value",
        "steps:\n  - run: x\n",
        Append(("steps",), {"uses": Commented("a/b@123abc", "v1.2"), "with": {"x": Commented("1", above="why")}}),
        'steps:\n  - run: x\n  - uses: a/b@123abc  # v1.2\n    with:\n      # why\n      x: "1"\n',
    ),
    Case(
        "a script in a block scalar",
        "- run: |\n    a\n",
        Insert((0,), {"run": "b\nc\n"}, where="before"),
        "- run: |\n    b\n    c\n- run: |\n    a\n",
    ),
    Case(
        "raw lines are moved to where they belong",
        "a:\n  b: 1\n",
        Add(("a", "c"), Raw("|-\n        x\n          y")),
        "a:\n  b: 1\n  c: |-\n    x\n      y\n",
    ),
    Case(
        "what stands at a file's unbroken end keeps its meaning",
        "a: |\n  x",
        Add(("b",), "c\n"),
        "a: |-\n  x\nb: |\n  c\n",
    ),
    Case(
        "the credentials go with their comments, the emptied `with` goes too",
        JOB,
        Remove((*UPLOAD, "with", "password"), prune=True),
        JOB[: JOB.index("        with:")],
    ),
    Case(
        "comments on something else stay, where the members around stand",
        "- a: 1\n  # b\n  with:\n    # token\n    c: |\n      # d\n    # e\n\n    #f: token\n    # g: 1\n    # h",
        Remove((0, "with", "c"), prune=True, about=("token",)),
        "- a: 1\n  # b\n  # e\n  # g: 1\n  # h",
    ),
    Case(
        "the last line goes from a file without last line break, and a comment stays",
        "a: 1\r\n# c\r\nb: 2",
        Remove(("b",), about=("token",)),
        "a: 1\r\n# c",
    ),
    Case(
        "comments of the first entry behind the dash stay there",
        "- with:\n    # b\n    c: 1\n    # d\n  e: 1\n",
        Remove((0, "with", "c"), prune=True, about=("token",)),
        "- # b\n  # d\n  e: 1\n",
    ),
    Case(
        "lines of prose go together",
        "a: 1\n# one token\n# for all\n# ---\nb: 2\nc: 3\n",
        Remove(("b",), about=("token",)),
        "a: 1\nc: 3\n",
    ),
    Case(
        "without prune the braces stay",
        "a:\n  with: # k\n    # c\n    b: 1 # d\n  e: 1\n",
        Remove(("a", "with", "b")),
        "a:\n  with: {} # k\n  e: 1\n",
    ),
    Case(
        "one goes and one comes",
        "with:\n  user: x\n  password: y\n",
        [Remove(("with", "user")), Remove(("with", "password")), Add(("with", "attestations"), value=False)],
        "with:\n  attestations: false\n",
    ),
    Case(
        "what comes in the stead of one that goes is set apart as that one was, and nothing is left below",
        "- a\n\n- b\n",
        [Remove((1,)), Insert((1,), "c", where="before"), Insert((1,), "d", where="before")],
        "- a\n\n- c\n\n- d\n",
    ),
    Case(
        "the same after it",
        "- a\n\n- b\n\n- e\n",
        [Remove((1,)), Insert((1,), "c"), Insert((1,), "d")],
        "- a\n\n- c\n\n- d\n\n- e\n",
    ),
    Case(
        "a comment of several hashes keeps them",
        "- a\n",
        Append((), Commented("b", "### c")),
        "- a\n- b  ### c\n",
    ),
    Case(
        "a list of mappings stands as other lists of mappings do, and a list of texts as those of texts",
        "on:\n  push:\n    tags:\n      - a\n    branches:\n      - b\njobs:\n  a:\n    steps:\n    - run: x\n",
        Add(("jobs", "b"), {"needs": ["a"], "steps": [{"run": "z"}]}),
        "on:\n  push:\n    tags:\n      - a\n    branches:\n      - b\njobs:\n  a:\n    steps:\n    - run: x\n"
        "  b:\n    needs:\n      - a\n    steps:\n    - run: z\n",
    ),
    Case(
        "the first entry behind the dash goes",
        "- name: x # c\n\n  uses: y\n- z\n",
        Remove((0, "name")),
        "- uses: y\n- z\n",
    ),
    Case("the only entry behind the dash goes", "- a: 1\n- b\n", Remove((0, "a")), "- {}\n- b\n"),
    Case("one blank line is left and not two", "a: 1\n\nb: 2\n\nc: 3\n", Remove(("b",)), "a: 1\n\nc: 3\n"),
    Case("the last one goes from a file without last line break", "a: 1\r\n\r\nb: 2", Remove(("b",)), "a: 1"),
    Case(
        "lines that a block scalar keeps are not blank lines", "a: |+\n  x\n\nb: 1\n", Remove(("b",)), "a: |+\n  x\n\n"
    ),
    Case("the file's own comment stays", "# licence\na: 1\nb: 2\n", Remove(("a",)), "# licence\nb: 2\n"),
    Case(
        "comments of others stay",
        "a:\n  b: 1\n  # off: 2\n\n# c\nd: 3\n",
        Remove(("a", "b")),
        "a: {}\n  # off: 2\n\n# c\nd: 3\n",
    ),
    Case("comments inside go", "a:\n  b: 1\n  # off: 2\n\n# c\nd: 3\n", Remove(("a",)), "# c\nd: 3\n"),
    Case("another name, the quotes kept", "'a b': 1\nc: 2\n", Rename(("a b",), "d"), "'d': 1\nc: 2\n"),
    Case(
        "a block moves with its comment",
        JOB,
        Move(("jobs", "publish"), before="build"),
        "jobs:\n" + JOB[JOB.index("  # uploads") :] + "\n  build:\n    runs-on: ubuntu-latest\n",
    ),
    Case("the first entry behind the dash moves", "- a: 1 # x\n  b: 2\n", Move((0, "a")), "- b: 2\n  a: 1 # x\n"),
    Case(
        "a job once more",
        "jobs:\n  a: # c\n    b: |\n      x\n  d: 1\n",
        Copy(("jobs", "a"), "e"),
        "jobs:\n  a: # c\n    b: |\n      x\n  e: # c\n    b: |\n      x\n  d: 1\n",
    ),
    Case(
        "two at one place keep their order",
        "a: 1\nb: 2\n",
        [Add(("c",), 3, after="a"), Add(("d",), 4, after="a")],
        "a: 1\nc: 3\nd: 4\nb: 2\n",
    ),
    Case(
        "inner blocks end before outer ones go on",
        "a:\n  b:\n    c: 1",
        [Add(("d",), 2), Add(("a", "e"), 3), Add(("a", "b", "f"), 4)],
        "a:\n  b:\n    c: 1\n    f: 4\n  e: 3\nd: 2",
    ),
    Case("two at the end of the file", "a: 1\n", [Add(("b",), "c\n"), Add(("d",), 2)], "a: 1\nb: |\n  c\nd: 2\n"),
    Case("two at its unbroken end", "a: 1", [Add(("b",), "c\n"), Add(("d",), "e\n")], "a: 1\nb: |\n  c\nd: |\n  e\n"),
    Case(
        "a copy is one of what was there",
        "a:\n  b: 1\n",
        [Copy(("a",), "c"), Rename(("a", "b"), "d")],
        "a:\n  d: 1\nc:\n  b: 1\n",
    ),
    Case(
        "another entry under the name that one gave up",
        "a:\n  b: 1\nc: 2\n",
        [Rename(("a",), "d"), Remove(("a", "b")), Insert(("a",), 3, key="a"), Insert(("a",), 4, key="e")],
        "d: {}\na: 3\ne: 4\nc: 2\n",
    ),
    Case(
        "the unbroken last line gone, others after it",
        "a:\n  - |\n    b\n  - c",
        [Insert(("a", 1), "d", where="before"), Remove(("a", 1)), Insert(("a",), 1, key="e")],
        "a:\n  - |\n    b\n  - d\ne: 1\n",
    ),
    Case("an empty item shows no style", "-\n", Append((), {"a": 1}), "-\n- a: 1\n"),
    Case("nothing", JOB, [], SAME),
    Case("there already", JOB, Add(("jobs", "build", "runs-on"), "ubuntu-latest"), SAME),
    Case("there already, deeper", "a: {b: [c]}\n", Add(("a",), {"b": ["c"]}), SAME),
    Case("an equal item is in it", "a: [b, c]\n", Append(("a",), "b"), SAME),
    Case("the item stands beside it", "- a\n- b\n", Insert((0,), "b"), SAME),
    Case("gone already", JOB, Remove(("jobs", "build", "needs"), prune=True), SAME),
    Case("gone with its parent", JOB, Remove(("jobs", "none", "needs")), SAME),
    Case("renamed already", "a: 1\n", Rename(("b",), "a"), SAME),
    Case("stands there already", "a: 1\nb: 2\n", Move(("a",), before="b"), SAME),
    Case("copied already", "a: [1]\nb: [1]\n", Copy(("a",), "b"), SAME),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.sentence)
def test_members(case: Case) -> None:
    check(case)


REFUSED = [
    ("a: 1\n", Add(("a",), 2), "there already, with another value"),
    ("a: 1\n", Add(("a", "b"), 2), "a mapping was expected"),
    ("a: 1\n", Add(("b", "c"), 2), "there is nothing at 'b'"),
    ("a: 1\n", Add(("b",), 2, after="c"), "there is no 'c'"),
    ("a: 1\n", [Add(("b",), 2), Add(("b",), 3)], "added twice"),
    ("a: &x {b: 1}\nc: *x\n", Add(("c", "d"), 2), "the alias *x"),
    ("a: &x {b: 1}\nc: *x\n", Add(("a", "d"), 2), "aliases show it elsewhere"),
    ("a: &x\n  b: {c: 1}\nd: *x\n", Remove(("a", "b", "c")), "aliases show it elsewhere"),
    ("a: &x {b: 1}\nc: *x\n", Remove(("a",)), "aliases show it elsewhere"),
    ("a: &x {b: 1}\nc: *x\n", Move(("a",)), "no anchor 'x' stands before"),
    ("a: &x {b: 1}\n", Copy(("a",), "c"), "a copy would define it twice"),
    ("a: &x {b: 1}\nc:\n  <<: *x\n", Add(("c", "b"), 2), "merge key"),
    ("a: &x {b: 1}\nc:\n  <<: *x\n", Remove(("c", "b")), "merge key"),
    ("a: &x {b: 1}\nc:\n  <<: *x\n  b: 2\n", Remove(("c", "b")), "merge key"),
    ("a: &x {b: 1}\nc:\n  <<: *x\n  d: 2\n", Rename(("c", "d"), "b"), "merge key"),
    ("? a\n: b\nc: d\n", Add(("e",), 1), "question mark"),
    ("? a\n: b\nc: d\n", Remove(("c",)), "question mark"),
    ("a: 1\n", Remove(("a",)), "nothing would be left"),
    ("a:\n  b: 1\n", Remove(("a", "b"), prune=True), "nothing would be left"),
    ("a: &x\n  b: 1\nc: 1\n", Remove(("a", "b")), "anchor or a tag"),
    ("a: 1\nb: 2\n", Rename(("a",), "b"), "there already"),
    ("a: 1\n", Rename(("c",), "b"), "there is nothing at 'c'"),
    ("a: 1\nb: 2\n", [Rename(("b",), "c"), Rename(("a",), "b")], "there already"),
    ("a: 1\n", [Add(("a",), 2), Rename(("a",), "b")], "there already, with another value"),
    ("a: [1]\nb: [2]\n", Copy(("a",), "b"), "there already"),
    ("a: {b: 1}\n", [Remove(("a",)), Add(("a", "c"), 2), Add(("d",), 1)], "what another one changes"),
    ("a: [b]\nc: d\n", [Move(("a",)), Append(("a",), "x")], "what another one changes"),
    ("a: [1]\nd: 1\n", [Copy(("a",), "b"), Copy(("d",), "b")], "added twice"),
    ("a: 1 # x\x85b: 2\n", Add(("c",), 3), "separator"),
    ("# nothing\n", Add(("a",), 1), "there is nothing at"),
    ("- a\n", Insert((0,), "b", key="c"), "has no key"),
    ("a: 1\n", Insert(("a",), "b"), "needs a key"),
    ("a: 1\n", Add(("b",), 1, comment="two\nlines"), "one line"),
    ("a: 1\n", Add(("b",), Raw("[")), "is not YAML"),
]


@pytest.mark.parametrize(("before", "ops", "reason"), REFUSED, ids=lambda value: str(value)[:60])
def test_refused(before: str, ops: object, reason: str) -> None:
    assert reason in refusal(before, ops)  # type: ignore[arg-type]  # the table holds one operation or several
