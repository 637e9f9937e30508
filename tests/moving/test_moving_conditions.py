"""Conditions taken apart: what may stand on a job, what excludes what, and what only asks for the token."""

from __future__ import annotations

import pytest

from bot.moving import conditions
from bot.moving.conditions import Raised

TAG = "startsWith(github.ref, 'refs/tags/')"


@pytest.mark.parametrize(
    ("condition", "legs", "wanted"),
    [
        (None, False, Raised(text=None)),
        (TAG, False, Raised(text=TAG)),
        (f"${{{{ {TAG} }}}}", False, Raised(text=TAG)),
        (f"{TAG} && matrix.os == 'linux'", True, Raised(text=TAG)),
        (f"success() && {TAG}", False, Raised(text=TAG)),
        ("${{ success() }}", False, Raised(text=None)),
        ("matrix.os == 'linux'", True, Raised(text=None)),
        (
            "inputs.publish && needs.build.result == 'success'",
            False,
            Raised(text="inputs.publish && needs.build.result == 'success'"),
        ),
        ("contains('a || b', github.ref)", False, Raised(text="contains('a || b', github.ref)")),
        ("matrix.os == 'linux'", False, Raised(text=None, exact=False)),
        ("steps.a.outputs.b == 'env.c'", False, Raised(text=None, exact=False)),
        ("env.PUBLISH", False, Raised(text=None, exact=False)),
        ("hashFiles('dist/*') != ''", False, Raised(text=None, exact=False)),
        ("${{ github.ref }} == 'x' && ${{ inputs.y }}", False, Raised(text=None, exact=False)),
    ],
)
def test_raise_to_job(condition: str | None, legs: bool, wanted: Raised) -> None:
    assert conditions.raise_to_job(condition, legs=legs) == wanted


@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [
        (None, None, None),
        (TAG, None, TAG),
        ("a.b || github.c", TAG, f"(a.b || github.c) && {TAG}"),
        (f"{TAG} && github.x", TAG, f"{TAG} && github.x"),
        ("${{ github.x }}", "!github.y", "github.x && !github.y"),
    ],
)
def test_both(first: str | None, second: str | None, wanted: str | None) -> None:
    assert conditions.both(first, second) == wanted


@pytest.mark.parametrize(
    ("several", "wanted"),
    [
        ([None, TAG], None),
        ([TAG, f"${{{{ {TAG} }}}}"], TAG),
        (["github.a", "github.b && github.c"], "github.a || (github.b && github.c)"),
    ],
)
def test_either(several: list[str | None], wanted: str | None) -> None:
    assert conditions.either(several) == wanted


@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [
        ("github.event_name == 'push'", "github.event_name == 'release' && github.x", True),
        ("inputs.index == 'pypi'", "github.event.inputs.index == 'testpypi'", True),
        ("inputs.index == 'pypi'", "inputs.other == 'testpypi'", False),
        ("inputs.index == 'pypi'", "inputs.index == 'PyPI'", False),
        ("github.event_name != 'push'", "github.event_name == 'push'", True),
        ("github.event_name != 'push'", "github.event_name == 'release'", False),
        ("startsWith(github.ref, 'refs/tags/v')", "github.ref == 'refs/heads/main'", True),
        ("github.ref == 'refs/tags/v1'", "startsWith(github.ref, 'refs/tags')", False),
        ("startsWith(github.ref, 'refs/tags')", "startsWith(github.ref, 'refs/tags/v')", False),
        ("startsWith(github.ref, 'refs/tags')", "startsWith(github.ref, 'refs/heads/')", True),
        ("startsWith(github.ref, 'refs/tags')", "startsWith(github.ref_name, 'refs/heads/')", False),
        ("startsWith(github.ref, 'refs/tags')", "!startsWith(github.ref, 'refs/tags')", True),
        ("!contains(github.ref, 'rc') && github.x", "contains(github.ref, 'rc')", True),
        ("!contains(github.ref, 'rc')", "!contains(github.ref, 'rc')", False),
        ("!github.x == 'a'", "github.x == 'a'", False),
        ("github.ref == 'a' || github.x", "github.ref == 'b'", False),
        (None, "github.ref == 'b'", False),
    ],
)
def test_exclude(first: str | None, second: str | None, wanted: bool) -> None:
    assert conditions.exclude(first, second) is wanted


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        ("env.TOKEN != ''", None),
        ("${{ secrets.PYPI != '' }}", None),
        (f"env.TOKEN && {TAG}", TAG),
        (f"{TAG} && secrets.pypi != null", TAG),
        ("env.OTHER != ''", "env.OTHER != ''"),
        ("env.TOKEN == 'x'", "env.TOKEN == 'x'"),
        (f"env.TOKEN == 'true' && {TAG}", TAG),
        ("env.OTHER == 'true'", "env.OTHER == 'true'"),
        (f"env.TOKEN != '' || {TAG}", f"env.TOKEN != '' || {TAG}"),
    ],
)
def test_without_token(condition: str, wanted: str | None) -> None:
    assert conditions.without_token(condition, frozenset({"TOKEN"}), frozenset({"PYPI"})) == wanted


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        ("always() && github.x", True),
        ("!cancelled ()", True),
        ("success() || github.x", True),
        ("github.x == 'always()'", False),
        ("success() && github.x", False),
        (None, False),
    ],
)
def test_asks_for_status(condition: str | None, wanted: bool) -> None:
    assert conditions.asks_for_status(condition) is wanted
