"""What is said after a merge, and beside other people's pull requests: exact, short, and in nobody else's words."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from bot.diagnosis import AILMENTS, Diagnosis
from bot.guard import Change, Kind
from bot.messages import Places, guarded, last_steps, release_failed, relocated
from bot.messages.checkboxes import Answer, answered
from bot.messages.last_steps import LastSteps, Proven
from bot.messages.marker import read_replaced, replaced_marker
from bot.messages.registrations import registrations
from bot.messages.release_failed import FailedRelease
from bot.model import Conclusion, Index, IndexFacts, NodeId, RepoId, RepoRef, Sha
from bot.moving.nouns import Identity
from bot.secrets import Secret, Store

PLACES = Places()
REPO = RepoRef(id=RepoId(1), node_id=NodeId("R_1"), owner="Octo-Org", name="Spoon")
HOSTILE = [
    "`](https://evil.example) @octocat",
    "a\n\n# Heading\n",
    "<img src=x>",
    "| a | b |",
    "<!-- pubflow:last-steps -->",
    "- [x] <!-- pubflow:revoked -->",
]


def identity(workflow: str = "release.yml", environment: str | None = "pypi", project: str = "spoon") -> Identity:
    return Identity(workflow=workflow, environment=environment, index=Index.PYPI, projects=(project,))


def steps(name: str = "spoon", environment: str = "pypi") -> str:
    return last_steps.body(
        LastSteps(
            proofs=(Proven(project=name, index="PyPI", workflow=f"{name}.yml", tokens_url="https://pypi.org/t"),),
            secrets=(Secret(name="PYPI_TOKEN", store=Store.ENVIRONMENT, environment=environment),),
            kept=(("OTHER", f"`{name.replace('`', '')}` on `1.x` refers to it"),),
            unconstrained=(name,),
        ),
        REPO.owner,
        REPO.name,
        PLACES,
    )


def failed(number: int = 0, *, workflow: str = ".github/workflows/release.yml", about: str | None = None) -> str:
    diagnosis = Diagnosis(ailment=AILMENTS[number], about=about, claims={"environment": "pypi"})
    listed = registrations([identity(workflow.rsplit("/", 1)[-1])], REPO.owner, REPO.name, PLACES)
    return release_failed.body(
        FailedRelease(
            workflow=workflow,
            run_url="https://github.com/o/r/actions/runs/1",
            ref="v1.0",
            diagnosis=diagnosis,
            registrations=listed,
        )
    )


def summary(file: str = "release.yml", environment: str | None = "pypi") -> str:
    change = Change(
        kind=Kind.RENAMED,
        message=f"the upload moves to `{file.replace('`', '')}`",
        file=file,
        register=identity(file, environment),
    )
    return guarded.check([change], REPO, Sha("a" * 40), PLACES).summary


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize(
    "say",
    [
        lambda name: steps(name, name),
        lambda name: failed(workflow=f".github/workflows/{name}", about=name),
        lambda name: relocated.body(f"a/{name}", f"b/{name}", registrations([identity(name, name)], "b", name, PLACES)),
        lambda name: summary(name, name),
    ],
    ids=["last steps", "failed release", "new name", "guard"],
)
def test_a_hostile_name_says_nothing_of_its_own(say: object, name: str) -> None:
    text = say(name)  # type: ignore[operator]
    outside = re.sub(r"(`+)(?!`).+?(?<!`)\1(?!`)", "", text)
    outside = re.sub(r"\]\(https://(?:pypi\.org|github\.com)/[!-'*-~]*\)", "", outside)
    outside = re.sub(r"<!-- pubflow:[A-Za-z0-9-]+ -->", "<!-- -->", outside)
    assert not re.search(r"evil|octocat|# Heading|<img|\| a \| b", outside)
    assert answered(text) == frozenset()
    assert "pubflow:" not in outside


def test_ticks_survive_when_the_issue_is_brought_up_to_date() -> None:
    before = steps().replace("- [ ] <!-- pubflow:revoked", "- [x] <!-- pubflow:revoked")
    again = last_steps.body(LastSteps(proofs=(), secrets=()), REPO.owner, REPO.name, PLACES, before=before)
    assert answered(again) == {Answer.REVOKED}


def test_who_may_not_list_secrets_says_so() -> None:
    text = last_steps.body(LastSteps(proofs=(), secrets=(), checked=False), REPO.owner, REPO.name, PLACES)
    assert "pubflow may not list the secrets" in text
    assert "closes by itself" not in text
    assert "pubflow:deleted" not in text


def test_the_token_is_asked_for_first() -> None:
    text = steps()
    assert text.index("pubflow:revoked") < text.index("pubflow:deleted")
    assert "[PyPI: your API tokens](https://pypi.org/t)" in text
    assert "github.com/Octo-Org/Spoon/settings/environments" in text


@pytest.mark.parametrize("number", range(len(AILMENTS)), ids=[ailment.id for ailment in AILMENTS])
def test_every_failure_says_why_what_helps_and_how_to_release_again(number: int) -> None:
    text = failed(number)
    ailment = AILMENTS[number]
    assert "**Why.** " in text
    assert "**What helps.** " in text
    assert "**How to release again.** " in text
    assert ("provider=github&owner=Octo-Org&repository=Spoon" in text) is ailment.publisher
    assert release_failed.marker(
        FailedRelease(workflow="release.yml", run_url="", ref=None, diagnosis=Diagnosis(ailment=ailment))
    ).startswith("<!-- pubflow:release-failed-")


def test_what_is_not_on_the_index_gets_a_pending_publisher() -> None:
    known = {(Index.PYPI, "spoon"): IndexFacts(name="spoon", exists=False)}
    [one] = registrations([identity()], "o", "r", PLACES, known)
    assert (one.exists, one.url) == (False, "https://pypi.org/manage/account/publishing/")
    text = relocated.body("a/b", "o/r", [one])
    assert "expires after 30 days and does not reserve the name" in text


def test_who_owns_it_is_said() -> None:
    known = {(Index.PYPI, "spoon"): IndexFacts(name="spoon", exists=True, owners=("ana", "ben"))}
    text = relocated.body("a/b", "o/r", registrations([identity()], "o", "r", PLACES, known))
    assert "`spoon` belongs on PyPI to `ana` and `ben`: ask there." in text


def test_each_index_knows_its_own_projects() -> None:
    known = {(Index.TESTPYPI, "spoon"): IndexFacts(name="spoon", exists=False, owners=("ana",))}
    pypi, trial = registrations([identity(), replace(identity(), index=Index.TESTPYPI)], "o", "r", PLACES, known)
    assert (pypi.exists, pypi.owners, trial.exists) == (None, (), False)
    assert trial.url == "https://test.pypi.org/manage/account/publishing/"


def test_a_check_without_changes_is_well() -> None:
    check = guarded.check([], REPO, Sha("a" * 40), PLACES)
    assert (check.conclusion, check.remarks) == (Conclusion.SUCCESS, ())


@pytest.mark.parametrize("names", [["A"], ["PYPI_TOKEN", "_x9"]])
def test_the_secrets_that_a_move_replaced_are_read_back(names: list[str]) -> None:
    assert read_replaced(f"x\n{replaced_marker(names)}\ny") == tuple(names)


@pytest.mark.parametrize("names", [[], ["a b -->"], ["-"], ["x" * 101], ["a", ""]])
def test_what_is_no_name_is_not_written(names: list[str]) -> None:
    assert replaced_marker(names) == ""


@pytest.mark.parametrize(
    "body", ["", "pubflow:replaced A", "<!-- pubflow:replaced -->", "<!-- pubflow:replaced A; -->"]
)
def test_what_is_no_marker_names_nothing(body: str) -> None:
    assert read_replaced(body) == ()
