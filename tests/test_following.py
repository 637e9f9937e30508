"""What is followed in a repository, and what of it is known without asking anybody."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from bot.following import Evidence, Target, evidently_registered, replaced, targets
from bot.jobs.follow import rollouts
from bot.messages import marker, replaced_marker
from bot.model import (
    TRUSTED_PUBLISHING_BRANCH,
    Attested,
    Change,
    Index,
    IndexFacts,
    OwnPull,
    Plan,
    PullState,
    Sha,
    Snapshot,
)
from bot.rollout import State, Uploads
from bot.survey import survey
from bot.wishes import Wish, Wished, Wishes
from tests.snapshots import PUBLISHES, PYPROJECT, snapshot

RELEASE = ".github/workflows/release.yml"
UPLOAD = "      - uses: pypa/gh-action-pypi-publish@release/v1\n"
TOKEN = PUBLISHES.replace(UPLOAD, f"{UPLOAD}        with:\n          password: ${{{{ secrets.PYPI_TOKEN }}}}\n")
TEST = PUBLISHES.replace(UPLOAD, f"{UPLOAD}        with:\n          repository-url: https://test.pypi.org/legacy/\n")
OTHER = PUBLISHES.replace(UPLOAD, f"{UPLOAD}        with:\n          repository-url: https://pypi.acme.example/\n")
TWO = {f"{name}/pyproject.toml": PYPROJECT.replace("Spoon.Knife", name) for name in ("fork", "spoon")}

CASES: dict[str, tuple[dict[str, str], list[tuple[str, Index, Uploads, str | None]]]] = {
    "by trusted publishing": ({RELEASE: PUBLISHES}, [("spoon-knife", Index.PYPI, Uploads.TRUSTED, "pypi")]),
    "with a token": ({RELEASE: TOKEN}, [("spoon-knife", Index.PYPI, Uploads.TOKEN, "pypi")]),
    "both, in two workflows": (
        {RELEASE: PUBLISHES, ".github/workflows/old.yml": TOKEN},
        [("spoon-knife", Index.PYPI, Uploads.TOKEN, "pypi")],
    ),
    "to both indexes": (
        {RELEASE: TOKEN, ".github/workflows/test.yml": TEST},
        [
            ("spoon-knife", Index.PYPI, Uploads.TOKEN, "pypi"),
            ("spoon-knife", Index.TESTPYPI, Uploads.TRUSTED, "pypi"),
        ],
    ),
    "an environment that is computed": (
        {RELEASE: PUBLISHES.replace("environment: pypi", "environment: ${{ inputs.e }}")},
        [("spoon-knife", Index.PYPI, Uploads.TRUSTED, None)],
    ),
    "nothing uploads it": ({}, [("spoon-knife", Index.PYPI, Uploads.NOTHING, None)]),
    "elsewhere": ({RELEASE: OTHER}, []),
    "several packages": (
        {"pyproject.toml": "", **TWO, RELEASE: PUBLISHES},
        [("fork", Index.PYPI, Uploads.TRUSTED, "pypi"), ("spoon", Index.PYPI, Uploads.TRUSTED, "pypi")],
    ),
    "no package": ({"pyproject.toml": "", RELEASE: PUBLISHES}, [("", Index.PYPI, Uploads.TRUSTED, "pypi")]),
}


def read(files: dict[str, str]) -> Snapshot:
    return snapshot({"pyproject.toml": PYPROJECT, **files})


@pytest.mark.parametrize("case", CASES)
def test_what_is_followed(case: str) -> None:
    files, wanted = CASES[case]
    found = targets(survey(read(files)))
    assert [(each.project, each.index, each.uploads, each.environment) for each in found] == wanted


def pull(state: PullState, body: str = "", branch: str = TRUSTED_PUBLISHING_BRANCH) -> OwnPull:
    return OwnPull(number=1, url="", branch=branch, base="main", state=state, head=Sha("a" * 40), title="", body=body)


def test_only_what_was_merged_replaced_something() -> None:
    named = replaced_marker(["PYPI_TOKEN"])
    assert replaced([pull(PullState.MERGED, named)], ["OLD", "PYPI_TOKEN"]) == ("PYPI_TOKEN", "OLD")
    assert replaced([pull(PullState.OPEN, named), pull(PullState.CLOSED, named)]) == ()
    assert replaced([pull(PullState.MERGED, named, branch="pubflow/actions")]) == ()


def target(uploads: Uploads) -> Target:
    return Target(name="Spoon.Knife", index=Index.PYPI, uploads=uploads, workflow=RELEASE, environment="pypi")


SUBJECT = "0123456789abcdef"
OPEN = pull(PullState.OPEN, marker(SUBJECT, SUBJECT))
SAID = Wishes((Wished(wish=Wish.REGISTERED, value=SUBJECT, note="Octo-Org/Spoon"),))
STATES: list[tuple[Uploads, tuple[OwnPull, ...], Wishes, State]] = [
    (Uploads.NOTHING, (), Wishes(), State.NOT_PUBLISHED),
    (Uploads.TOKEN, (), Wishes(), State.TOKEN),
    (Uploads.TOKEN, (pull(PullState.CLOSED),), Wishes(), State.TOKEN),
    (Uploads.TOKEN, (OPEN,), Wishes(), State.PROPOSED),
    (Uploads.TOKEN, (OPEN,), SAID, State.REGISTERED),
    (Uploads.TOKEN, (pull(PullState.OPEN),), SAID, State.PROPOSED),
    (Uploads.TRUSTED, (pull(PullState.MERGED),), Wishes(), State.MERGED),
]


@pytest.mark.parametrize(("uploads", "pulls", "wishes", "state"), STATES)
def test_what_is_known_without_a_request(
    uploads: Uploads, pulls: tuple[OwnPull, ...], wishes: Wishes, state: State
) -> None:
    evidence = Evidence(snapshot=replace(read({}), pulls=pulls), wishes=wishes)
    assert evidence.state(target(uploads)) is state


ATTESTED = Attested(repository="Octo-Org/Spoon", workflow="release.yml", environment="pypi", at=1.0)
SHOWN: list[tuple[Attested | None, str, bool]] = [
    (ATTESTED, PUBLISHES, True),
    (replace(ATTESTED, environment=None), PUBLISHES, True),
    (replace(ATTESTED, environment="release"), PUBLISHES, False),
    (replace(ATTESTED, workflow="publish.yml"), PUBLISHES, False),
    (replace(ATTESTED, repository="somebody/spoon"), PUBLISHES, False),
    (None, PUBLISHES, False),
    (ATTESTED, TEST, False),
    (ATTESTED, "on: push\njobs: {}\n", False),
]


@pytest.mark.parametrize(("attested", "after", "shown"), SHOWN)
def test_what_the_index_shows_need_not_be_said(attested: Attested | None, after: str, shown: bool) -> None:
    found = survey(read({RELEASE: TOKEN}))
    plan = Plan(
        branch=TRUSTED_PUBLISHING_BRANCH,
        base="main",
        title="",
        body="",
        changes=(Change(file=RELEASE, before=TOKEN, after=after),),
        digest=SUBJECT,
        subject=SUBJECT,
    )
    facts = IndexFacts(name="spoon-knife", exists=True, attested=attested)
    assert evidently_registered(found, plan, [facts]) is shown


def test_runs_are_those_of_the_workflow_that_calls() -> None:
    called = ".github/workflows/_upload.yml"
    calls = "on: release\njobs:\n  up: {uses: ./.github/workflows/_upload.yml, permissions: {id-token: write}}\n"
    [one] = targets(survey(read({RELEASE: calls, called: PUBLISHES.replace("on: release", "on: workflow_call")})))
    assert (one.workflow, one.callers) == (called, (RELEASE,))
    [known] = rollouts(Evidence(snapshot=read({})), [one])
    assert known.runs_in(RELEASE)
    assert known.runs_in(called)
    assert not known.runs_in(".github/workflows/ci.yml")
