"""Which pushes are worth a scan: those that touch what a scan reads, and those of which nobody can tell."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from bot.events import Jobs, decide
from bot.events.push import MOST_COMMITS, MOST_FILES, MOST_LOOKED_AT
from bot.model import RepoId
from tests.events.payloads import Payload, commit, encode, push

QUIET = commit("src/example/core.py")


def touches(payload: Payload, watched: Iterable[str] = ()) -> bool:
    def of(repository: RepoId) -> frozenset[str]:
        assert repository == 7
        return frozenset(watched)

    return isinstance(decide("push", encode(payload), of), Jobs)


@pytest.mark.parametrize(
    "payload",
    [
        push(commit(".github/workflows/release.yml")),
        push(commit(added=[".github/pubflow.yml"])),
        push(commit(removed=[".github/dependabot.yml"])),
        push(commit("pyproject.toml")),
        push(commit("packages/one/setup.cfg")),
        push(QUIET, QUIET, commit("README.md", "setup.py")),
        push(),
        push(QUIET, forced=True),
        push(QUIET, commit()),
        push({"id": "6" * 40}),
        push(*[QUIET] * 20),
        push(*[QUIET] * MOST_COMMITS),
        push(commit(*[f"src/{number}.py" for number in range(MOST_FILES)])),
        push(*[commit(*[f"src/{number}.py" for number in range(MOST_FILES - 1)])] * 7),
    ],
)
def test_touching_or_not_to_be_told(payload: Payload) -> None:
    assert touches(payload)


@pytest.mark.parametrize(
    "payload",
    [
        push(QUIET),
        push(*[QUIET] * 19),
        push(*[QUIET] * 21),
        push(*[QUIET] * (MOST_COMMITS - 1)),
        push(commit(*[f"src/{number}.py" for number in range(MOST_FILES - 1)])),
        push(commit("README.md", added=["docs/index.md"], removed=["github/workflows/release.yml"])),
        push(commit("src/.githubby", "src/pyproject.toml.md")),
    ],
)
def test_untouched(payload: Payload) -> None:
    assert not touches(payload)


def test_a_path_that_the_last_plan_read_touches() -> None:
    assert touches(push(commit("scripts/upload")), watched=["scripts/upload"])
    assert not touches(push(commit("scripts/uploads")), watched=["scripts/upload"])


def test_looking_stops_at_a_bound() -> None:
    assert MOST_LOOKED_AT < 7 * (MOST_FILES - 1)
