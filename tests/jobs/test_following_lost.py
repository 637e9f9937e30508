"""The database is lost in every state: what GitHub and the index show leads to the same one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.demo.release import release
from bot.demo.stage import PERSON
from bot.jobs import sweep_all
from bot.messages.checkboxes import Box
from bot.model import RepoId
from bot.rollout import State
from bot.store.tables import metadata
from tests.jobs.conftest import Story, Telling
from tests.jobs.test_following import ANVIL, MOVED, PUBLISHER, UNHURRIED, anvil, full, issues, publish

QUEUE = {f"pubflow_{name}" for name in ("schema", "deliveries", "jobs", "ranks", "workers", "looks")}
"""What the engine keeps of one run; it knows nothing of repositories."""
NAMES = ("anvil", "refused", "bare", "off")


def states(story: Story) -> list[State]:
    found = [story.stage.rollouts.of(RepoId(story.github.repository(full(name)).id)) for name in NAMES]
    return [one.state for listed in found for one in listed]


def shown(story: Story) -> list[tuple[int, int, int]]:
    """What people see of each repository: pull requests, issues, what we said there."""
    repositories = [story.github.repository(full(name)) for name in NAMES]
    said = [sum(len(issue.comments) for issue in one.issues.values()) for one in repositories]
    counts = [(len(one.pulls), len(one.issues) - len(one.pulls)) for one in repositories]
    return [(*count, comments) for count, comments in zip(counts, said, strict=True)]


async def lose(story: Story, lost_in: set[State]) -> None:
    """Nothing is left of what we knew; the nightly sweep looks at everything, as it does on an empty database."""
    before, seen = states(story), shown(story)
    if before[0] not in lost_in:
        return
    with story.stage.engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            if table.name not in QUEUE:
                connection.execute(table.delete())
    await story.stage.restart()
    await story.queue.submit([sweep_all.all_job(full=True)])
    await story.calm()
    assert states(story) == before
    assert shown(story) == seen


HERE = {State.REGISTERED, State.TOKEN_TO_BE_REVOKED, State.SECRET_TO_BE_DELETED}
"""Where it is lost in `make test`: before the merge, after it, and with an issue of ours."""


@pytest.mark.parametrize(
    "lost_in", [pytest.param(HERE, id="some"), pytest.param(set(State), id="all", marks=pytest.mark.soak)]
)
async def test_a_lost_database_is_found_again(tell: Telling, lost_in: set[State]) -> None:
    async with tell(**UNHURRIED) as story:
        for name in ("anvil", "refused", "off"):
            anvil(story, name)
        story.package("bare")
        await story.install()
        for name in ("refused", "bare"):
            story.github.close_pull(full(name), 1, by=PERSON)
        story.push("off", {".github/pubflow.yml": "bump: {enabled: false}\n"})
        await story.calm()
        assert states(story) == [State.PROPOSED, State.TOKEN, State.NOT_PUBLISHED, State.PROPOSED]
        await lose(story, lost_in)

        await story.tick("anvil", Box.REGISTERED, by=PERSON)
        assert states(story)[0] is State.REGISTERED
        await lose(story, lost_in)

        story.github.merge_pull(ANVIL, 1, by=PERSON)
        await story.calm()
        assert states(story)[0] is State.MERGED
        await lose(story, lost_in)

        story.stage.pypi.register("anvil", replace(PUBLISHER, repository=ANVIL))
        await release(story.github, story.stage.pypi, MOVED, by=PERSON)
        story.push("off", {".github/pubflow.yml": "enabled: false\n"})
        await publish(story, "off")
        assert states(story) == [State.TOKEN_TO_BE_REVOKED, State.TOKEN, State.NOT_PUBLISHED, State.PROVEN]
        await lose(story, lost_in)

        (issue,) = issues(story)
        ticked = (issue.body or "").replace("- [ ] <!-- pubflow:revoked", "- [x] <!-- pubflow:revoked")
        story.github.edit_issue(ANVIL, issue.number, ticked, by=PERSON)
        await story.calm()
        assert states(story)[0] is State.SECRET_TO_BE_DELETED
        await lose(story, lost_in)

        story.github.delete_secret(ANVIL, "PYPI_TOKEN")
        story.github.edit_issue(ANVIL, issue.number, f"{issue.body}\n", by=PERSON)
        await story.calm()
        assert (states(story)[0], issue.open) == (State.DONE, False)
        await lose(story, lost_in)
