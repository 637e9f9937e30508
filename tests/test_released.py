"""What an index shows, and what that proves of a publisher: proven, unknown, or never released."""

from __future__ import annotations

import pytest

from bot.model import Attested, Sha
from bot.released import Expected, GreenRun, Released, proof_of, stranger, unconstrained
from bot.rollout import Proof

EXPECTED = Expected(repository="Octo/Spoon", workflow="release.yml", environment="pypi")
RUN = GreenRun(commit=Sha("a" * 40), began=1000.0, ended=1600.0)


def attested(
    repository: str = "Octo/Spoon", workflow: str = "release.yml", environment: str | None = "pypi"
) -> Released:
    publisher = Attested(repository=repository, workflow=workflow, environment=environment, at=10.0)
    return Released(name="spoon", exists=True, uploads=(10.0,), attested=publisher)


def uploaded(*at: float) -> Released:
    return Released(name="spoon", exists=True, uploads=at)


CASES: dict[str, tuple[Released, tuple[GreenRun, ...], Proof]] = {
    "the very publisher": (attested(), (), Proof.PROVEN),
    "a publisher that takes any environment": (attested(environment=None), (), Proof.PROVEN),
    "the index writes environments in lower case": (attested(environment="PyPI"), (), Proof.PROVEN),
    "the repository in another case": (attested("octo/spoon"), (), Proof.PROVEN),
    "another environment": (attested(environment="release"), (), Proof.UNKNOWN),
    "another workflow": (attested(workflow="publish.yml"), (), Proof.UNKNOWN),
    "the workflow in another case": (attested(workflow="Release.yml"), (), Proof.UNKNOWN),
    "another repository": (attested("somebody/spoon"), (), Proof.UNKNOWN),
    "files without provenance": (uploaded(10.0), (), Proof.UNKNOWN),
    "a file that came while a run went well": (uploaded(1300.0), (RUN,), Proof.PROVEN),
    "a file shortly after the end": (uploaded(1650.0), (RUN,), Proof.PROVEN),
    "an older file beside it": (uploaded(1300.0, 5.0), (RUN,), Proof.PROVEN),
    "a file before the run": (uploaded(500.0), (RUN,), Proof.UNKNOWN),
    "a file long after the run": (uploaded(9000.0), (RUN,), Proof.UNKNOWN),
    "a run, and no file": (uploaded(), (RUN,), Proof.NEVER_RELEASED),
    "a project that is not there": (Released(name="spoon", exists=False), (), Proof.NEVER_RELEASED),
    "an index that could not be asked": (Released(name="spoon", exists=None), (RUN,), Proof.UNKNOWN),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_proved(case: str) -> None:
    released, runs, proof = CASES[case]
    assert proof_of(released, EXPECTED, runs) is proof


def test_a_publisher_without_environment_could_demand_one() -> None:
    assert unconstrained(attested(environment=None), EXPECTED)
    assert not unconstrained(attested(), EXPECTED)
    assert not unconstrained(attested(workflow="other.yml", environment=None), EXPECTED)
    assert not unconstrained(uploaded(1.0), EXPECTED)
    bare = Expected(repository="Octo/Spoon", workflow="release.yml", environment=None)
    assert not unconstrained(attested(environment=None), bare)


def test_files_of_another_repository_are_told() -> None:
    assert stranger(attested("somebody/spoon"), "Octo/Spoon") == "somebody/spoon"
    assert stranger(attested("octo/spoon"), "Octo/Spoon") is None
    assert stranger(uploaded(1.0), "Octo/Spoon") is None
