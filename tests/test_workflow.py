"""The view of a workflow: every form of every key, and shapes that nobody should write."""

from __future__ import annotations

import pytest

from bot.errors import Unparsable
from bot.workflow import Job, UsesKind, Workflow, literal_false, parse_uses, read_action, read_workflow
from bot.yaml import parse


def workflow(text: str) -> Workflow:
    return read_workflow(".github/workflows/a.yml", parse(text))


def job(text: str) -> Job:
    body = "".join(f"    {line}\n" for line in text.splitlines())
    return workflow(f"jobs:\n  a:\n{body}").jobs["a"]


TRIGGERS = [
    ("on: push", ["push"]),
    ("on: [push, pull_request]", ["push", "pull_request"]),
    ("on:\n  - push\n  - release", ["push", "release"]),
    ("on:\n  push:\n  schedule:\n    - cron: '1 2 * * *'", ["push", "schedule"]),
    ("'on': {workflow_dispatch: {}}", ["workflow_dispatch"]),
    ("true: push", []),
    ("on:", []),
    ("on: [[push]]", []),
    ("name: x", []),
]


@pytest.mark.parametrize(("text", "events"), TRIGGERS)
def test_triggers(text: str, events: list[str]) -> None:
    assert list(workflow(text).triggers) == events


def test_filters_and_inputs() -> None:
    found = workflow(
        "on:\n  push:\n    tags: v*\n    branches: [main, dev]\n"
        "  workflow_call:\n    inputs:\n      where: {default: a, options: [a, b]}\n    secrets:\n      t: {}\n"
    ).triggers

    assert found["push"].filters == {"tags": ("v*",), "branches": ("main", "dev")}
    assert found["workflow_call"].inputs == {"where": ("a", "b")}
    assert found["workflow_call"].secrets == ("t",)
    assert (found["push"].line, found["push"].path) == (2, ("on", "push"))


USES = [
    ("a/b@v1", UsesKind.REMOTE, "a/b", "", "v1"),
    ("A/B/c/d@main", UsesKind.REMOTE, "a/b", "c/d", "main"),
    ("a/b/.github/workflows/x.yml@abc", UsesKind.REMOTE, "a/b", ".github/workflows/x.yml", "abc"),
    ("a/b", UsesKind.REMOTE, "a/b", "", ""),
    ("./.github/actions/x/", UsesKind.LOCAL, "", ".github/actions/x", ""),
    ("docker://alpine:3", UsesKind.DOCKER, "", "alpine:3", ""),
    ("${{ matrix.x }}", UsesKind.OTHER, "", "", ""),
    ("nonsense", UsesKind.OTHER, "", "", ""),
    ("a/b@${{ x }}", UsesKind.OTHER, "", "", ""),
]


@pytest.mark.parametrize(("text", "kind", "name", "path", "ref"), USES)
def test_uses(text: str, kind: UsesKind, name: str, path: str, ref: str) -> None:
    found = parse_uses(text)

    assert (found.kind, found.name, found.path, found.ref) == (kind, name, path, ref)


def test_permissions() -> None:
    found = workflow(
        "permissions: read-all\njobs:\n  a: {permissions: {id-token: write}}\n  b: {}\n  c: {permissions: {}}\n"
    )
    levels = [(found.permissions_of(one), found.may_mint(one)) for one in found.jobs.values()]

    assert [minting for _, minting in levels] == [True, False, False]
    assert [block.level("contents") for block, _ in levels if block is not None] == ["none", "read", "none"]


def test_a_called_workflow_leaves_permissions_to_its_callers() -> None:
    found = workflow("on: workflow_call\njobs: {a: {steps: []}}")

    assert found.may_mint(found.jobs["a"]) is None


ENVIRONMENTS = [
    ("environment: pypi", "pypi", None),
    ("environment:\n  name: pypi\n  url: https://x", "pypi", "https://x"),
    ("environment: ${{ inputs.e }}", "${{ inputs.e }}", None),
]


@pytest.mark.parametrize(("text", "name", "url"), ENVIRONMENTS)
def test_environment(text: str, name: str, url: str | None) -> None:
    found = job(text).environment

    assert found is not None
    assert (found.name, found.url) == (name, url)


@pytest.mark.parametrize("text", ["environment:", "environment: []", "environment: {url: x}", "name: x"])
def test_no_environment(text: str) -> None:
    assert job(text).environment is None


def test_matrix() -> None:
    found = job(
        "strategy:\n  matrix:\n    os: [a, b]\n    t: [{n: 1}, {n: 2}]\n    include:\n      - os: c\n        url: u\n"
        "    exclude: [{os: a}]\n"
    )

    assert found.matrix == {"os": ("a", "b", "c"), "t.n": ("1", "2"), "url": ("u",)}
    assert found.matrix is found.matrix  # a job with thousands of steps asks as often
    assert job("strategy: {matrix: '${{ fromJSON(x) }}'}").has_matrix


def test_steps_keep_their_place() -> None:
    found = job(
        "defaults: {run: {shell: pwsh}}\nsteps:\n  - uses: a/b@v\n    with: {x: 1}\n  - run: |\n     a\n    if: false\n"
    )

    assert [step.path for step in found.steps] == [("jobs", "a", "steps", 0), ("jobs", "a", "steps", 1)]
    assert [step.line for step in found.steps] == [5, 7]
    assert found.steps[0].inputs == {"x": "1"}
    assert (found.steps[1].run, found.shell) == ("a\n", "pwsh")
    assert literal_false(found.steps[1].condition)


def test_calls() -> None:
    found = job("uses: ./.github/workflows/x.yml\nwith: {a: b}\nsecrets: inherit\nneeds: c\n")

    assert found.uses is not None
    assert (found.inherits_secrets, found.needs, found.inputs) == (True, ("c",), {"a": "b"})


@pytest.mark.parametrize(
    "condition",
    ["False", "${{ false }}", "0", "false && github.ref == 'refs/tags/v1'", "${{ false && (success() && inputs.a) }}"],
)
def test_conditions_that_are_false(condition: str) -> None:
    assert literal_false(condition)


@pytest.mark.parametrize(
    "condition",
    [
        *("success()", "github.ref == 'false'", None, "'false'", "!false", "01", "false == inputs.a"),
        *("false && inputs.a || inputs.b", "${{ false }} && inputs.a", "false && '${{ inputs.a }}'"),
    ],
)
def test_conditions_that_are_not_false(condition: str | None) -> None:
    assert not literal_false(condition)


HOSTILE = [
    "",
    "- a",
    "a",
    "jobs: []",
    "jobs: x",
    "jobs: {a: , b: x, c: [], d: {steps: x}, e: {steps: {a: b}}, f: {steps: [x, [], , {run: [], uses: {}}]}}",
    "jobs: {a: {needs: {x: y}, env: [], permissions: [], runs-on: {group: x}, container: [], strategy: x, with: x}}",
    "on: {push: x, workflow_call: {inputs: [], secrets: x}}\npermissions: 1\nenv: x\ndefaults: []",
    "? [a, b]\n: c\njobs: {? [x] : {}}",
    "jobs: &a\n  b: {steps: [*a]}\n",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_shapes_give_what_can_be_read(text: str) -> None:
    try:
        document = parse(text)
    except Unparsable:
        return

    assert read_workflow("a", document).path == "a"
    assert read_action("a", document).steps == ()


def test_an_action() -> None:
    found = read_action(
        "action.yml", parse("inputs: {a: {default: b}, c: {}}\nruns: {using: composite, steps: [{run: x}]}")
    )

    assert (found.using, found.inputs, found.steps[0].run) == ("composite", {"a": "b", "c": None}, "x")
    assert found.steps[0].path == ("runs", "steps", 0)
