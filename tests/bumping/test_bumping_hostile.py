"""Shapes that no workflow should have: whatever stands there, the answer is an edit or a sentence."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bot import bumping
from bot.bumping.snapshot import catalogue, shipped
from bot.config import Bump, Config, Scope
from bot.mending import find, mend
from bot.rules.rule import Context
from bot.survey import survey
from tests.bumping.archive import NOW
from tests.snapshots import PYPROJECT, snapshot

HEAD = "on: release\njobs:\n  a:\n"
UPLOAD = "      - uses: actions/upload-artifact@v3\n"
SHAPES = {
    "uses is a list": "    steps:\n      - uses: [actions/checkout@v1]\n",
    "with is a list": "    steps:\n      - uses: actions/checkout@v1\n        with: [a]\n",
    "with is a word": "    steps:\n      - uses: actions/setup-python@v1\n        with: a\n",
    "with is empty": "    steps:\n      - uses: actions/setup-python@v1\n        with:\n",
    "a matrix of nothing": "    strategy:\n      matrix:\n    steps:\n" + UPLOAD,
    "a matrix that is a list": "    strategy: {matrix: [a]}\n    steps:\n" + UPLOAD,
    "includes that are words": "    strategy: {matrix: {include: [a, b]}}\n    steps:\n" + UPLOAD,
    "a strategy that is a word": "    strategy: a\n    steps:\n" + UPLOAD,
    "a runner that is a mapping": "    runs-on: {group: x, labels: [y]}\n    steps:\n" + UPLOAD,
    "inputs without values": "    steps:\n" + UPLOAD + "        with: {name: , path: }\n",
    "a name of braces": "    steps:\n" + UPLOAD + "        with: {name: '${{', path: '}}'}\n",
    "a ref of signs": "    steps:\n      - uses: actions/checkout@v4@v4\n      - uses: actions/checkout@'\n",
    "a folded name": "    steps:\n      - uses: >-\n          actions/checkout@v4\n",
    "a quoted name over two lines": '    steps:\n      - uses: "actions/\\\n          checkout@v4"\n',
    "a long ref": f"    steps:\n      - uses: actions/checkout@{'v' * 5_000}\n",
    "many numbers": f"    steps:\n      - uses: actions/checkout@v{'1.' * 2_000}1\n",
    "a merge": "    steps:\n      - &a\n        uses: actions/checkout@v4\n      - <<: *a\n        name: b\n",
}


def answered(text: str) -> None:
    found = survey(snapshot({"pyproject.toml": PYPROJECT, ".github/workflows/w.yml": text}))
    config = Config(bump=Bump(scope=Scope.ALL))
    known = replace(catalogue(shipped(), bumping.wanted(found, config.bump), NOW), dated=None)
    context = Context(survey=found, config=config, catalogue=known)
    mended = mend(context, find(context))
    for one in mended.values():
        assert all(change.after != change.before for change in one.changes)
        assert all(refusal.reason for refusal in one.refusals)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_is_answered(shape: str) -> None:
    answered(HEAD + SHAPES[shape])


NAMES = st.sampled_from(sorted(shipped().actions))
REFS = st.sampled_from(["v1", "v3", "v4", "v4.1.2", "main", "master", "8e5e7e5", "a" * 40, "v99", "'", "${{ x }}"])
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\n\r\x85\u2028\u2029"), max_size=30)


@settings(max_examples=60, deadline=None)
@given(uses=st.lists(st.tuples(NAMES, REFS, WORDS), min_size=1, max_size=5), key=WORDS, value=WORDS)
def test_any_comment_and_any_input_is_answered(uses: list[tuple[str, str, str]], key: str, value: str) -> None:
    steps = "".join(
        f"      - uses: {name}@{ref} #{words}\n        with: {{{key!r}: {value!r}}}\n" for name, ref, words in uses
    )
    answered(f"{HEAD}    steps:\n{steps}")
