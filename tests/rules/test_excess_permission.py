"""`excess-permission`: identity tokens for jobs that upload nothing, and workflows that are right."""

from __future__ import annotations

import pytest

from bot.model import Change, FixKind, Refusal
from bot.rules import excess_permission as rule
from tests.rules.judging import FILE, context, example, fixed, found

BUILD = """  build:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - run: |
          pip install build
          python -m build
"""
PUBLISH = """  publish:
    needs: build
    runs-on: ubuntu-latest
    environment: pypi
    steps:
      - uses: actions/download-artifact@v8
      - uses: pypa/gh-action-pypi-publish@release/v1
"""
TOP = "on: release\npermissions:\n  id-token: write\n"
OWN = PUBLISH.replace("    environment: pypi\n", "    environment: pypi\n    permissions:\n      id-token: write\n")
ATTEST = """  attest:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/attest-build-provenance@v4
        with: {subject-path: dist/*}
"""
WRITES = "    permissions:\n      contents: write\n      id-token: write\n"


SHARED = "    permissions: *p\n"


def with_own(job: str, block: str = WRITES) -> str:
    return job.replace("    runs-on: ubuntu-latest\n", f"    runs-on: ubuntu-latest\n{block}", 1)


def unknown(step: str) -> str:
    return f"{TOP}jobs:\n{BUILD}{PUBLISH}  other:\n    runs-on: ubuntu-latest\n    steps:\n      - {step}\n"


def unnamed(job: str) -> str:
    return f"  {job}:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest\n"


def test_the_example() -> None:
    before, after = example(rule)
    [finding] = found(rule, before)
    assert finding.fix is FixKind.SAFE
    assert fixed(rule, before, finding) == (Change(file=FILE, before=before, after=after),)
    assert found(rule, after) == []


MENDED = {
    "the only permission leaves an empty block": (
        f"{TOP}jobs:\n{BUILD}{PUBLISH}",
        "on: release\npermissions: {}\njobs:\n"
        + BUILD
        + OWN.replace("id-token: write\n", "id-token: write  # this job needs an identity token\n"),
    ),
    "a job's own": (
        f"on: release\npermissions: {{}}\njobs:\n{with_own(BUILD)}{OWN}",
        "on: release\npermissions: {}\njobs:\n" + with_own(BUILD, "    permissions:\n      contents: write\n") + OWN,
    ),
    "a job's own, where the settings of the repository say what another may": (
        f"on: release\njobs:\n{with_own(BUILD)}{OWN}{unnamed('test')}",
        "on: release\njobs:\n" + with_own(BUILD, "    permissions:\n      contents: write\n") + OWN + unnamed("test"),
    ),
    "the workflow's, where the upload has its own": (
        f"{TOP}jobs:\n{BUILD}{OWN}",
        f"on: release\npermissions: {{}}\njobs:\n{BUILD}{OWN}",
    ),
    "jobs that attest keep it": (
        f"{TOP}  attestations: write\njobs:\n{BUILD}{ATTEST}{OWN}",
        "on: release\npermissions:\n  attestations: write\njobs:\n"
        + BUILD
        + with_own(
            ATTEST,
            "    permissions:\n      id-token: write  # this job needs an identity token\n      attestations: write\n",
        )
        + OWN,
    ),
    "carriage returns stay": (
        f"{TOP}jobs:\n{BUILD}{OWN}".replace("\n", "\r\n"),
        f"on: release\npermissions: {{}}\njobs:\n{BUILD}{OWN}".replace("\n", "\r\n"),
    ),
}


@pytest.mark.parametrize("name", MENDED)
def test_mended(name: str) -> None:
    before, after = MENDED[name]
    [finding] = found(rule, before)
    assert finding.fix is FixKind.SAFE
    [change] = fixed(rule, before, finding)
    assert change.after == after
    assert found(rule, after) == []


TOLD = {
    "everything for all": (
        f"on: release\npermissions: write-all\njobs:\n{BUILD}{PUBLISH}",
        "list for each job what it needs",
    ),
    "everything for one": (
        f"on: release\njobs:\n{BUILD}{with_own(PUBLISH, '    permissions: write-all' + chr(10))}",
        "list for each job what it needs",
    ),
    "an action that we do not know": (unknown("uses: some/thing@v1"), "`other` asks for an identity token"),
    "a script of the repository": (unknown("run: ./release.sh"), "`other` asks for an identity token"),
    "a signature": (unknown("run: cosign sign x"), "`other` asks for an identity token"),
    "an anchor": (
        f"{TOP}jobs:\n{BUILD}{with_own(PUBLISH, SHARED)}".replace("permissions:\n", "permissions: &p\n", 1),
        "",
    ),
}


@pytest.mark.parametrize("name", TOLD)
def test_left_to_a_person(name: str) -> None:
    workflow, reason = TOLD[name]
    [finding] = found(rule, workflow)
    assert finding.fix is FixKind.MANUAL
    refusal = rule.fix(context(workflow), finding)
    assert isinstance(refusal, Refusal)
    assert reason in refusal.reason


QUIET = {
    "only the job that uploads": f"on: release\npermissions: {{}}\njobs:\n{BUILD}{OWN}",
    "one job that does everything": TOP
    + "jobs:\n"
    + BUILD.replace("build:", "publish:")
    + "      - uses: pypa/gh-action-pypi-publish@release/v1\n",
    "every other job attests": f"{TOP}jobs:\n{ATTEST}{PUBLISH}",
    "another job may sign": f"on: release\njobs:\n{OWN}"
    + with_own(BUILD.replace("build:", "sign:").replace("python -m build", "cosign sign x")),
    "another job logs in to a cloud": f"on: release\njobs:\n{OWN}"
    + with_own(
        ATTEST.replace("actions/attest-build-provenance@v4", "google-github-actions/auth@v3").replace(
            "subject-path", "workload_identity_provider"
        )
    ),
    "a workflow that uploads nothing": f"{TOP}jobs:\n{BUILD}",
    "read-all": f"on: release\npermissions: read-all\njobs:\n{BUILD}{OWN}",
    "another index": f"{TOP}jobs:\n{BUILD}{PUBLISH}        with:\n          repository-url: https://pypi.example.org/\n"
    "          password: ${{ secrets.INTERNAL }}\n",
    "a called workflow": f"{TOP}jobs:\n{PUBLISH}  other:\n    uses: some/where/.github/workflows/x.yml@v1\n",
}


@pytest.mark.parametrize("name", QUIET)
def test_left_in_peace(name: str) -> None:
    assert found(rule, QUIET[name]) == []


CALLED = "on: workflow_call\njobs:\n" + BUILD
ASKING = "on: workflow_call\npermissions:\n  id-token: write\njobs:\n" + BUILD


@pytest.mark.parametrize(("called", "fix"), [(CALLED, FixKind.SAFE), (ASKING, None)])
def test_a_called_workflow_that_asks_for_the_permission_keeps_it(called: str, fix: FixKind | None) -> None:
    other = ".github/workflows/build.yml"
    workflow = f"{TOP}jobs:\n{PUBLISH.replace('needs: build', 'needs: make')}  make:\n    uses: ./{other}\n"
    assert [each.fix for each in found(rule, workflow, {other: called})] == ([] if fix is None else [fix])
