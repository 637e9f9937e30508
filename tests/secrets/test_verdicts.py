"""The decision table of secrets on situations; a word wrong here and somebody deletes what a release needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from bot.secrets import (
    Branch,
    Inventory,
    Secret,
    State,
    Store,
    Verdict,
    findings,
    judge,
    kept,
    may_be_named,
    references,
)
from bot.survey import survey
from tests.snapshots import snapshot

REPOSITORY, ENVIRONMENT, ORGANISATION, DEPENDABOT = Store
TOKEN = Secret(name="PYPI_TOKEN", store=REPOSITORY)
OF_ENVIRONMENT = Secret(name="PYPI_TOKEN", store=ENVIRONMENT, environment="pypi")
OF_ORGANISATION = Secret(name="PYPI_TOKEN", store=ORGANISATION)
OF_DEPENDABOT = Secret(name="PYPI_TOKEN", store=DEPENDABOT)
CLEAN = "on: push\njobs: {test: {runs-on: x, steps: [{run: pytest}]}}\n"


def uses(expression: str) -> str:
    return CLEAN + f"env:\n  X: ${{{{ {expression} }}}}\n"


def calls(what: str, secrets: str) -> str:
    return f"on: push\njobs:\n  call:\n    uses: {what}\n    secrets: {secrets}\n"


@dataclass(frozen=True, kw_only=True)
class Case:
    """`branches`: name -> the one workflow on it, or a table of files; `states` of the secrets, in their order."""

    branches: Mapping[str, str | dict[str, str]]
    states: list[State]
    secrets: list[Secret] = field(default_factory=lambda: [TOKEN])
    replaced: tuple[str, ...] = ("PYPI_TOKEN",)
    proven: bool = True
    elsewhere: dict[str, bool | None] = field(default_factory=dict)
    checked: frozenset[Store] = frozenset()
    complete: bool = True


MAIN = {"main": CLEAN}
CASES = {
    "replaced, and a release proves it": Case(branches=MAIN, states=[State.OBSOLETE]),
    "replaced, and no release yet": Case(branches=MAIN, states=[State.PENDING_REMOVAL], proven=False),
    "another workflow uses it": Case(branches={"main": uses("secrets.PYPI_TOKEN")}, states=[State.IN_USE]),
    "in another case": Case(branches={"main": uses("secrets.pypi_token")}, states=[State.IN_USE]),
    "in brackets": Case(branches={"main": uses("secrets['PYPI_TOKEN']")}, states=[State.IN_USE]),
    "only in a comment": Case(branches={"main": "# ${{ secrets.PYPI_TOKEN }}\n" + CLEAN}, states=[State.OBSOLETE]),
    "in a comment of a script, which GitHub expands": Case(
        branches={"main": CLEAN.replace("pytest", '"# ${{ secrets.PYPI_TOKEN }}"')}, states=[State.IN_USE]
    ),
    "in a name that begins the same": Case(branches={"main": uses("secrets.PYPI_TOKEN_2")}, states=[State.OBSOLETE]),
    "a release branch still uses it": Case(
        branches={"main": CLEAN, "1.x": uses("secrets.PYPI_TOKEN")}, states=[State.IN_USE]
    ),
    "clean on every release branch": Case(branches={"main": CLEAN, "1.x": CLEAN}, states=[State.OBSOLETE]),
    "a local action uses it": Case(
        branches={
            "main": {
                ".github/workflows/w.yml": CLEAN,
                "up/action.yml": "runs: {using: composite, steps: [{run: '${{ secrets.PYPI_TOKEN }}'}]}",
            }
        },
        states=[State.IN_USE],
    ),
    "handed to a workflow by name": Case(
        branches={"main": calls("o/r/.github/workflows/x.yml@v1", "{token: '${{ secrets.PYPI_TOKEN }}'}")},
        states=[State.IN_USE],
    ),
    "everything handed to a workflow elsewhere": Case(
        branches={"main": calls("o/r/.github/workflows/x.yml@v1", "inherit")}, states=[State.UNKNOWN]
    ),
    "everything handed to a workflow of ours that is clean": Case(
        branches={
            "main": {
                ".github/workflows/w.yml": calls("./.github/workflows/x.yml", "inherit"),
                ".github/workflows/x.yml": CLEAN.replace("push", "workflow_call"),
            }
        },
        states=[State.OBSOLETE],
    ),
    "chosen at run time": Case(branches={"main": uses("secrets[matrix.token]")}, states=[State.UNKNOWN]),
    "all of them as JSON": Case(branches={"main": uses("toJSON(secrets)")}, states=[State.UNKNOWN]),
    "chosen at run time on a release branch": Case(
        branches={"main": CLEAN, "release/2": uses("secrets[env.X]")}, states=[State.UNKNOWN]
    ),
    "a workflow that is no YAML names it": Case(
        branches={"main": "on: push\n\t- ${{ secrets.PYPI_TOKEN }}\n"}, states=[State.IN_USE]
    ),
    "a tree that GitHub cut": Case(branches=MAIN, states=[State.UNKNOWN], complete=False),
    "no branch was read": Case(branches={}, states=[State.UNKNOWN]),
    "the same name on three levels": Case(
        branches=MAIN,
        secrets=[TOKEN, OF_ENVIRONMENT, OF_ORGANISATION],
        elsewhere={"PYPI_TOKEN": False},
        states=[State.OBSOLETE, State.OBSOLETE, State.OBSOLETE],
    ),
    "of the organisation, clean everywhere": Case(
        branches=MAIN, secrets=[OF_ORGANISATION], elsewhere={"pypi_token": False}, states=[State.OBSOLETE]
    ),
    "of the organisation, used elsewhere": Case(
        branches=MAIN, secrets=[OF_ORGANISATION], elsewhere={"PYPI_TOKEN": True}, states=[State.IN_USE]
    ),
    "of the organisation, elsewhere not checked": Case(
        branches=MAIN, secrets=[OF_ORGANISATION], states=[State.UNKNOWN]
    ),
    "Dependabot's copy": Case(branches=MAIN, secrets=[OF_DEPENDABOT], states=[State.OBSOLETE]),
    "Dependabot's copy of one in use": Case(
        branches={"main": uses("secrets.PYPI_TOKEN")}, secrets=[OF_DEPENDABOT], states=[State.IN_USE]
    ),
    "never referred to, with a telling name": Case(branches=MAIN, replaced=(), states=[State.ORPHAN]),
    "never referred to, prefixed by a project": Case(
        branches=MAIN, replaced=(), secrets=[Secret(name="SPOON_PYPI_TOKEN", store=REPOSITORY)], states=[State.ORPHAN]
    ),
    "an orphan where secrets are chosen at run time": Case(
        branches={"main": uses("secrets[matrix.x]")}, replaced=(), states=[State.UNKNOWN]
    ),
    "of something else": Case(
        branches=MAIN, secrets=[Secret(name="CODECOV_TOKEN", store=REPOSITORY)], replaced=(), states=[]
    ),
    "of an index of one's own": Case(
        branches=MAIN, secrets=[Secret(name="INTERNAL_PYPI_TOKEN", store=REPOSITORY)], replaced=(), states=[]
    ),
    "a user name alone": Case(
        branches=MAIN, secrets=[Secret(name="PYPI_USERNAME", store=REPOSITORY)], replaced=(), states=[]
    ),
    "an odd name that the move replaced": Case(
        branches=MAIN, secrets=[Secret(name="SEKRIT", store=REPOSITORY)], replaced=("sekrit",), states=[State.OBSOLETE]
    ),
    "referred to, and nowhere stored": Case(
        branches={"main": uses("secrets.PYPI_TOKEN")},
        secrets=[],
        checked=frozenset({REPOSITORY, ENVIRONMENT, ORGANISATION}),
        states=[State.GONE],
    ),
    "referred to, and a store could not be listed": Case(
        branches={"main": uses("secrets.PYPI_TOKEN")}, secrets=[], checked=frozenset({REPOSITORY}), states=[]
    ),
    "nothing is stored": Case(branches=MAIN, secrets=[], checked=frozenset(Store), states=[]),
}


def branch(name: str, content: str | dict[str, str], *, complete: bool) -> Branch:
    files = content if isinstance(content, dict) else {".github/workflows/w.yml": content}
    return references(survey(snapshot(files, complete=complete)), name)


@pytest.mark.parametrize("name", CASES)
def test_a_verdict(name: str) -> None:
    case = CASES[name]
    branches = [branch(each, content, complete=case.complete) for each, content in case.branches.items()]
    inventory = Inventory(secrets=tuple(case.secrets), checked=case.checked, elsewhere=case.elsewhere)
    verdicts = judge(inventory, branches, replaced=case.replaced, proven=case.proven)
    assert [verdict.state for verdict in verdicts] == case.states
    assert all(verdict.why for verdict in verdicts)


def verdict(secret: Secret, state: State) -> Verdict:
    return Verdict(secret=secret, state=state, why="so")


@pytest.mark.parametrize(
    ("secret", "state", "shown", "named"),
    [
        (TOKEN, State.OBSOLETE, ["pypi_token"], True),
        (OF_ENVIRONMENT, State.PENDING_REMOVAL, ["PYPI_TOKEN"], True),
        (TOKEN, State.OBSOLETE, [], False),
        (TOKEN, State.ORPHAN, ["PYPI_TOKEN"], False),
        (OF_ORGANISATION, State.OBSOLETE, ["PYPI_TOKEN"], False),
        (OF_DEPENDABOT, State.OBSOLETE, ["PYPI_TOKEN"], False),
    ],
)
def test_a_public_place_names_only_what_the_workflows_show(
    secret: Secret, state: State, shown: list[str], named: bool
) -> None:
    assert may_be_named(verdict(secret, state), shown) is named


def test_only_left_over_secrets_are_findings() -> None:
    found = findings([verdict(TOKEN, state) for state in State])
    assert [each.rule for each in found] == ["obsolete-secret", "orphan-secret"]
    assert found[0].message == "the repository secret `PYPI_TOKEN`: so"


def test_what_its_maintainers_wish_to_keep_is_not_left_over() -> None:
    found = kept([verdict(TOKEN, State.OBSOLETE), verdict(OF_ENVIRONMENT, State.ORPHAN)], ["pypi_token"])
    assert {each.state for each in found} == {State.IN_USE}
    assert findings(kept([verdict(TOKEN, State.OBSOLETE)], ["OTHER"]))
