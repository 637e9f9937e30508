"""How far a project has come, on its repository's page: names of secrets are for those who may write there."""

from __future__ import annotations

import pytest

from bot.model import Index, RepoId
from bot.rollout import State
from bot.store.rollouts import Rollout, Rollouts
from bot.web.dashboard.steps import LABELS, steps
from bot.web.dashboard.ways import ways
from tests.web.dashboard.house import NOW, House

ROLLOUT = Rollout(
    project="tool<b>",
    index=Index.PYPI,
    workflow=".github/workflows/release.yml",
    state=State.SECRET_TO_BE_DELETED,
    facts={"orphan-secret": ["repository OLD_PYPI_TOKEN: orphan"], "environment": "pypi"},
)


def test_only_who_may_write_sees_names_of_secrets() -> None:
    [seen] = ways([ROLLOUT], may_write=False)
    assert seen.facts == (("environment", ("pypi",)),)
    [seen] = ways([ROLLOUT], may_write=True)
    assert ("orphan-secret", ("repository OLD_PYPI_TOKEN: orphan",)) in seen.facts


@pytest.mark.parametrize("state", State)
def test_every_state_has_its_place_among_the_steps(state: State) -> None:
    places = [step.place for step in steps(state)]
    assert places == sorted(places, key=["done", "now", "later"].index)
    assert places.count("now") == (state in LABELS and state is not State.DONE)


async def test_the_page_shows_how_far_it_is(home: House) -> None:
    written = home.scanned("tool")
    Rollouts(home.engine).record(RepoId(written.repo_id), [ROLLOUT], NOW - 7200)
    page = (await (await home.person("alice")).get("/repositories/acme/tool")).text
    assert "From a token to nothing left to do" in page
    assert "secret to be deleted" in page
    assert '<li class="now" aria-current="step">Delete the secret' in page
    assert "OLD_PYPI_TOKEN: orphan" in page
    assert "tool<b>" not in page
    page = (await (await home.person("bob")).get("/repositories/acme/tool")).text
    assert "secret to be deleted" in page
    assert "OLD_PYPI_TOKEN" not in page
