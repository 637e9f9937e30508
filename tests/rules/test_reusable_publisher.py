"""`reusable-publisher`: uploads by trusted publishing from where PyPI does not support them."""

from __future__ import annotations

import pytest

from bot.model import FixKind
from bot.rules import reusable_publisher as rule
from tests.rules.judging import FILE, example, found

CALLER = ".github/workflows/ci.yml"
ACTION = "build/action.yml"
CALLS = f"on: push\njobs:\n  release:\n    permissions:\n      id-token: write\n    uses: ./{FILE}\n"
COMPOSITE = "runs:\n  using: composite\n  steps:\n    - uses: pypa/gh-action-pypi-publish@release/v1\n"


def workflow(on: str, step: str = "uses: pypa/gh-action-pypi-publish@release/v1") -> str:
    return (
        f"on: {on}\njobs:\n  publish:\n    runs-on: ubuntu-latest\n    permissions:\n      id-token: write\n"
        f"    steps:\n      - {step}\n"
    )


def test_the_example() -> None:
    before, after = example(rule)
    [finding] = found(rule, before)
    assert (finding.fix, finding.line) == (FixKind.NONE, 9)
    assert found(rule, after) == []


def test_a_workflow_that_this_repository_calls() -> None:
    [finding] = found(rule, workflow("[workflow_call, workflow_dispatch]"), {CALLER: CALLS})
    assert finding.file == FILE
    assert f"`{CALLER}` calls: it works today" in finding.message


def test_a_composite_action() -> None:
    [finding] = found(rule, workflow("push", "uses: ./build"), {ACTION: COMPOSITE})
    assert "from inside a composite action" in finding.message


QUIET = {
    "started by a release": (workflow("release"), {}),
    "started by a release, and callable": (workflow("[release, workflow_call]"), {}),
    "with a stored token": (
        workflow("workflow_call")[:-1] + "\n        with:\n          password: ${{ secrets.PYPI_API_TOKEN }}\n",
        {CALLER: CALLS},
    ),
    "a called workflow that builds": (workflow("workflow_call", "run: python -m build"), {CALLER: CALLS}),
    "a composite action that builds": (
        workflow("push", "uses: ./build"),
        {ACTION: COMPOSITE.replace("uses: pypa/gh-action-pypi-publish@release/v1", "run: python -m build")},
    ),
    "somebody else's workflow": (
        CALLS.replace(f"./{FILE}", "some/where/.github/workflows/publish-pypi.yml@v1"),
        {},
    ),
}


@pytest.mark.parametrize("name", QUIET)
def test_left_in_peace(name: str) -> None:
    assert found(rule, *QUIET[name]) == []
