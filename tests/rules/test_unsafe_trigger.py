"""`unsafe-trigger`: uploads that a pull request starts for certain, and those that it does not or may not start."""

from __future__ import annotations

import pytest

from bot.model import FixKind, Severity
from bot.rules import unsafe_trigger as rule
from bot.rules.occasions import PULL_REQUEST, holds
from tests.rules.judging import example, found

TEST = ".github/workflows/test.yml"


def workflow(
    on: str = "[push, pull_request]",
    condition: str = "",
    step: str = "uses: pypa/gh-action-pypi-publish@release/v1",
    before: str = "uses: actions/checkout@v6",
) -> str:
    guard = f"    if: {condition}\n" if condition else ""
    return (
        f"on: {on}\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest\n"
        f"  publish:\n    needs: test\n{guard}    runs-on: ubuntu-latest\n    permissions:\n      id-token: write\n"
        f"    steps:\n      - {before}\n      - {step}\n"
    )


def after_tests(on_tests: str = "[push, pull_request]") -> dict[str, str]:
    return {
        TEST: f"name: Tests\non: {on_tests}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest\n"
    }


RUN = "{workflow_run: {workflows: [Tests], types: [completed]}}"
HEAD = "uses: actions/checkout@v6\n        with:\n          ref: ${{ github.event.workflow_run.head_sha }}"
ARTIFACT = "uses: actions/download-artifact@v8\n        with:\n          run-id: ${{ github.event.workflow_run.id }}"


def test_the_example() -> None:
    before, after = example(rule)
    [finding] = found(rule, before)
    assert (finding.fix, finding.line, finding.severity) == (FixKind.NONE, 1, Severity.MEDIUM)
    assert finding.message.startswith("the job `publish` uploads to PyPI on every pull request")
    assert found(rule, after) == []


TOLD = {
    "a pull request": (workflow(), Severity.MEDIUM),
    "a pull request to TestPyPI": (
        workflow()[:-1] + "\n        with:\n          repository-url: https://test.pypi.org/legacy/\n",
        Severity.LOW,
    ),
    "its target": (workflow("pull_request_target"), Severity.HIGH),
    "its target, kept from forks by name alone": (
        workflow("pull_request_target", "github.repository == 'o/r'"),
        Severity.HIGH,
    ),
    "a guard against bots": (workflow(condition="github.actor != 'dependabot[bot]'"), Severity.MEDIUM),
    "whatever happened": (workflow(condition="always()"), Severity.MEDIUM),
    "a command": (workflow(step="run: twine upload dist/*"), Severity.MEDIUM),
    "on purpose": (workflow(condition="${{ github.event_name == 'pull_request' }}"), Severity.MEDIUM),
}


@pytest.mark.parametrize("name", TOLD)
def test_an_upload_for_a_pull_request(name: str) -> None:
    text, severity = TOLD[name]
    [finding] = found(rule, text)
    assert (finding.severity, finding.fix) == (severity, FixKind.NONE)


@pytest.mark.parametrize("before", [HEAD, ARTIFACT], ids=["the head", "the artifact"])
def test_an_upload_of_what_a_run_for_a_pull_request_left(before: str) -> None:
    [finding] = found(rule, workflow(RUN, before=before), after_tests())
    assert finding.severity is Severity.HIGH
    [finding] = found(
        rule, workflow(RUN, "github.event.workflow_run.conclusion == 'success'", before=before), after_tests()
    )
    assert finding.line == 1


GUARDS = [
    "github.event_name == 'push'",
    "github.event_name != 'pull_request'",
    "${{ github.event_name == 'push' && startsWith(github.ref, 'refs/tags') }}",
    "startsWith(github.ref, 'refs/tags/v')",
    "github.ref == 'refs/heads/main'",
    "github.ref_name == 'main' || github.ref_type == 'tag'",
    "contains(github.ref, 'tags')",
    "github.event.release.tag_name != ''",
    "github.event.inputs.publish == 'true'",
    "github.event.pull_request.merged == true",
    "inputs.publish",
    "vars.PUBLISH == 'yes'",
    "needs.test.outputs.release == 'true'",
    "failure()",
    "!github.event.pull_request",
    "fromJSON(needs.test.outputs.x)",
    "(github.event_name == 'push'",
    "github.head_ref == 'release'",
]


@pytest.mark.parametrize("guard", GUARDS)
def test_a_condition_that_keeps_or_may_keep_the_upload_away(guard: str) -> None:
    assert found(rule, workflow(condition=f'"{guard}"')) == []


QUIET = {
    "a tag": workflow("{push: {tags: ['v*']}}"),
    "a script that looks for itself": workflow(step='run: if [ -n "$TAG" ]; then twine upload dist/*; fi'),
    "a step that is guarded": workflow()[:-1] + "\n        if: github.event_name == 'release'\n",
    "a job before it that is guarded": workflow().replace(
        "  test:\n", "  test:\n    if: startsWith(github.ref, 'refs/tags/')\n"
    ),
    "another index": workflow()[:-1]
    + "\n        with:\n          repository-url: https://pypi.example.org/\n          password: ${{ secrets.T }}\n",
    "nothing that uploads": workflow(step="run: twine check dist/*"),
    "semantic-release": workflow(
        step="run: semantic-release publish\n        env: {PYPI_TOKEN: '${{ secrets.PYPI_TOKEN }}'}"
    ),
    "after a run, from the default branch": workflow(RUN),
    "after a run, only of pushes": workflow(
        RUN, "github.event.workflow_run.event == 'push'", before="uses: actions/checkout@v6"
    ),
}


@pytest.mark.parametrize("name", QUIET)
def test_left_in_peace(name: str) -> None:
    assert found(rule, QUIET[name], after_tests()) == []


def test_after_a_run_that_no_pull_request_starts() -> None:
    assert found(rule, workflow(RUN, before=HEAD), after_tests("push")) == []
    assert found(rule, workflow(RUN, "github.event.workflow_run.event == 'push'", before=HEAD), after_tests()) == []
    assert (
        found(rule, workflow(RUN, "github.event.workflow_run.head_branch == 'main'", before=HEAD), after_tests()) == []
    )


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        ("true", True),
        ("'' || 'x'", True),
        ("!true", False),
        ("GITHUB.EVENT_NAME == 'Pull_Request'", True),
        ("github['event_name'] == 'push'", False),
        ("1 < 2", None),
        ("matrix.os == 'x' && false", False),
        ("matrix.os == 'x' || true", True),
        ("${{ matrix.os == 'x' }} && ${{ true }}", None),
        ("startsWith(github.ref)", None),
        ("", None),
        ("a b", None),
        ("((", None),
        ("'it''s' == 'it''s'", True),
        ("#", None),
        ("(" * 5000, None),
    ],
)
def test_expressions(condition: str, answer: bool | None) -> None:
    assert holds(condition, PULL_REQUEST) is answer


def test_jobs_that_all_need_each_other_are_looked_at_once() -> None:
    """There are more ways through them than anybody can go."""
    rows = range(17)
    jobs = "".join(
        f"  {name}{row}:\n    needs: [a{row + 1}, b{row + 1}, c{row + 1}]\n    runs-on: ubuntu-latest\n"
        "    steps:\n      - run: pytest\n"
        for row in rows
        for name in "abc"
    )
    last = "".join(f"  {name}17:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest\n" for name in "abc")
    text = workflow().replace("needs: test", "needs: [a0, b0, c0]") + jobs + last
    [finding] = found(rule, text)
    assert finding.severity is Severity.MEDIUM


def test_an_endless_condition_is_read_in_one_pass() -> None:
    assert holds("true" + " && true" * 100_000, PULL_REQUEST) is True
    assert holds("true" + " " * 1_000_000, PULL_REQUEST) is True
