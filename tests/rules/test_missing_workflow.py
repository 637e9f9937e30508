"""`missing-workflow`: who is offered a publish workflow, who is told why not, and who is left in peace."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.config import PATH
from bot.model import Finding, FixKind, IndexFacts, Severity, Visibility
from bot.plan import Decision, decide
from bot.rules import RULES
from bot.rules.missing_workflow import ID
from bot.rules.workflows import FILE
from bot.yaml import parse
from tests.snapshots import PUBLISHES, PYPROJECT, facts, snapshot

FREE = IndexFacts(name="spoon-knife", exists=False)
OURS = IndexFacts(name="spoon-knife", exists=True, repositories=frozenset({"octo-org/spoon", "octo-org/old"}))
THEIRS = IndexFacts(name="spoon-knife", exists=True, repositories=frozenset({"somebody/else"}))
UNASKED = IndexFacts(name="spoon-knife", exists=None)
ADD = {PATH: "add: true\n"}


@dataclass(frozen=True, kw_only=True)
class Case:
    """A repository, and a piece of the reason why nothing is proposed; None where the workflow is."""

    files: dict[str, str] = field(default_factory=lambda: {"pyproject.toml": PYPROJECT})
    repo: dict[str, Any] = field(default_factory=dict)
    index: IndexFacts | None = FREE
    asked: bool = False
    reason: str | None = None


PACKAGE = {"pyproject.toml": PYPROJECT}
WITHOUT_BACKEND = {"setup.py": "from setuptools import setup\nsetup(name='Spoon.Knife')\n"}
MARKED = PYPROJECT + 'classifiers = ["Private :: Do Not Upload"]\n'
POETRY = """[build-system]
requires = ["poetry-core"]
build-backend = "poetry.core.masonry.api"

[tool.poetry]
name = "Spoon.Knife"
version = "1.0"
package-mode = false
"""
UV = PYPROJECT + "\n[tool.uv]\npackage = false\n"
TWO = {"a/pyproject.toml": PYPROJECT, "b/pyproject.toml": PYPROJECT.replace("Spoon.Knife", "fork")}
SAME = {"b/pyproject.toml": PYPROJECT}
MANY = {f"p{n}/pyproject.toml": PYPROJECT.replace("Spoon.Knife", f"p{n}") for n in range(11)}
COMPUTED = {"setup.py": "from setuptools import setup\nsetup(name=compute())\n"}
TAKEN_FILE = {**PACKAGE, FILE: "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: true\n"}

CASES = {
    # offered
    "a free name": Case(),
    "a project of this repository": Case(index=OURS),
    "a private repository that asks": Case(files=PACKAGE | ADD, repo={"visibility": Visibility.PRIVATE}),
    "an internal repository that asks": Case(files=PACKAGE | ADD, repo={"visibility": Visibility.INTERNAL}),
    "somebody else's name, and a maintainer asks": Case(files=PACKAGE | ADD, index=THEIRS),
    "no build backend, and a maintainer asks": Case(files=WITHOUT_BACKEND | ADD),
    "a checkout": Case(repo={"visibility": Visibility.UNKNOWN}, index=None, asked=True),
    "a checkout that does not say where it came from": Case(
        repo={"visibility": Visibility.UNKNOWN, "owner": ""}, index=THEIRS, asked=True
    ),
    "a checkout without a build backend": Case(
        files=WITHOUT_BACKEND, repo={"visibility": Visibility.UNKNOWN}, asked=True
    ),
    # told why not
    "a private repository": Case(repo={"visibility": Visibility.PRIVATE}, reason="the repository is private"),
    "an internal repository": Case(repo={"visibility": Visibility.INTERNAL}, reason="the repository is internal"),
    "a repository of unknown visibility": Case(repo={"visibility": Visibility.UNKNOWN}, reason="nothing says whether"),
    "a private checkout": Case(repo={"visibility": Visibility.PRIVATE}, asked=True, reason="the repository is private"),
    "somebody else's name": Case(index=THEIRS, reason="does not link to this repository"),
    "a project that links nowhere": Case(
        index=IndexFacts(name="spoon-knife", exists=True), reason="does not link to this repository"
    ),
    "a checkout under somebody else's name": Case(
        index=THEIRS, repo={"visibility": Visibility.UNKNOWN}, asked=True, reason="does not link to this repository"
    ),
    "an index that does not answer": Case(index=UNASKED, reason="PyPI could not be asked"),
    "an index that was not asked": Case(index=None, reason="PyPI could not be asked"),
    "an answer about another name": Case(index=IndexFacts(name="fork", exists=False), reason="PyPI could not be asked"),
    "no build backend": Case(files=WITHOUT_BACKEND, reason="declares no build backend"),
    "a private classifier": Case(files={"pyproject.toml": MARKED}, reason="marked not to be published"),
    "a private classifier, whoever asks": Case(
        files={"pyproject.toml": MARKED} | ADD, asked=True, reason="marked not to be published"
    ),
    "poetry without package mode": Case(files={"pyproject.toml": POETRY}, reason="marked not to be published"),
    "uv without a package": Case(files={"pyproject.toml": UV}, reason="marked not to be published"),
    "uv without a package, and asked for": Case(files={"pyproject.toml": UV, ".github/pubflow.yml": "add: true\n"}),
    "several packages": Case(files=TWO, reason="it holds 2 packages, and each would get a workflow"),
    "a checkout of several packages": Case(files=TWO, asked=True, reason="it holds 2 packages"),
    "two packages of one name": Case(files=TWO | ADD | SAME, reason="two packages have the same name"),
    "more packages than anybody reads about": Case(files=MANY | ADD, reason="it holds 11 packages, and a workflow"),
    "a computed name": Case(files=COMPUTED | ADD, asked=True, reason="is computed at build time"),
    "a name that PyPI does not allow": Case(
        files={"pyproject.toml": PYPROJECT.replace("Spoon.Knife", "-; echo")} | ADD, asked=True, reason="a name"
    ),
    "a folder that could be a command": Case(
        files={"a $(b)/pyproject.toml": PYPROJECT}, reason="is not a folder whose name is safe"
    ),
    "a file in the way": Case(files=TAKEN_FILE | ADD, reason="exists already and does something else"),
    "a file in the way in other letters": Case(
        files={**PACKAGE, FILE.replace("pypi", "PyPI"): TAKEN_FILE[FILE]} | ADD,
        reason="exists already and does something else",
    ),
    "a server of one's own": Case(files=PACKAGE | ADD, repo={"oidc": False}, asked=True, reason="github.com alone"),
}


def decision(case: Case) -> Decision:
    index = () if case.index is None else (case.index,)
    return decide(snapshot(case.files, facts(**case.repo)), index=index, asked=case.asked)


def of_rule(decision: Decision) -> list[Finding]:
    return [finding for finding in decision.findings if finding.rule == ID]


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.reason is None])
def test_the_workflow_is_offered(name: str) -> None:
    decided = decision(CASES[name])
    [finding] = of_rule(decided)
    assert (finding.fix, finding.severity) == (FixKind.SAFE, Severity.LOW)
    assert "nothing is proposed" not in finding.message
    [change] = decided.changes
    assert (change.file, change.before) == (FILE, None)
    assert not decided.refusals


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.reason is not None])
def test_there_is_a_finding_and_no_proposal(name: str) -> None:
    case = CASES[name]
    decided = decision(case)
    [finding] = of_rule(decided)
    assert (finding.fix, finding.severity) == (FixKind.MANUAL, Severity.INFO)
    assert case.reason is not None
    assert case.reason in finding.message
    assert decided.plans == ()
    assert decided.steps == ()
    assert [refusal.rule for refusal in decided.refusals] == [ID]
    assert case.reason in decided.refusals[0].reason


QUIET: dict[str, dict[str, str]] = {
    "no package": {"README.md": ""},
    "a package among the tests": {"tests/data/pyproject.toml": PYPROJECT},
    "published already": {**PACKAGE, ".github/workflows/p.yml": PUBLISHES},
    "published with a token": {
        **PACKAGE,
        ".github/workflows/p.yml": PUBLISHES + "        with:\n          password: ${{ secrets.T }}\n",
    },
    "published from elsewhere": {**PACKAGE, ".travis.yml": "deploy:\n  provider: pypi\n"},
    "published to another index": {
        **PACKAGE,
        ".github/workflows/p.yml": PUBLISHES + "        with:\n          repository-url: https://pkg.example/\n",
    },
    "a workflow that may publish and cannot be read": {**PACKAGE, ".github/workflows/p.yml": "a: [twine upload\n"},
}


@pytest.mark.parametrize("case", QUIET)
def test_nothing_is_said(case: str) -> None:
    decided = decide(snapshot(QUIET[case]), index=[FREE])
    assert not of_rule(decided)
    assert not any(change.file == FILE for change in decided.changes)


FILLED = {
    "pure": ({}, "python3 -m build"),
    "uv": ({"uv.lock": ""}, "uv build"),
    "native": (
        {"pyproject.toml": PYPROJECT.replace("hatchling.build", "scikit_build_core.build")},
        "pypa/cibuildwheel",
    ),
}


@pytest.mark.parametrize("kind", FILLED)
def test_the_workflow_is_the_one_for_the_kind_of_package(kind: str) -> None:
    files, telling = FILLED[kind]
    [change] = decide(snapshot(PACKAGE | files), index=[FREE]).changes
    assert change.after is not None
    assert telling in change.after
    publish = parse(change.after).root.get("jobs").get("publish-to-pypi")  # type: ignore[union-attr]
    assert publish is not None
    condition = publish.get("if")
    assert condition is not None
    assert "github.repository == 'Octo-Org/Spoon'" in condition.value


def test_a_workflow_for_nobody_knows_which_repository_names_none() -> None:
    [change] = decision(CASES["a checkout that does not say where it came from"]).changes
    assert change.after is not None
    assert "github.repository" not in change.after
    assert "example" not in change.after


def test_a_package_in_a_folder_is_built_there() -> None:
    [change] = decide(snapshot({"python/pyproject.toml": PYPROJECT}), index=[FREE]).changes
    assert change.after is not None
    assert "python" in change.after.replace("python3", "").replace("python-", "").replace("setup-python", "")


def test_the_rule_is_listed_under_its_name() -> None:
    assert ID in [rule.ID for rule in RULES]
