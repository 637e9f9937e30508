"""A scan, a summary and a preview killed after every single request, and done again: nothing is lost, nothing twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from bot.config import PATH
from bot.demo.github import Exchange
from bot.events.payload import named, scan_job
from bot.jobs.preview import preview
from bot.jobs.scan import scan
from bot.jobs.summarise import summarise, summary_job
from bot.model import Done, Job, NodeId, Outcome, RepoId, RepoRef, SharedFile
from tests.jobs.test_sweep import PACKAGE, Organisation, acme

__all__ = ["acme"]

BROKEN = "lables: [ci]\n"


def ref(here: Organisation, name: str) -> RepoRef:
    found = here.github.repository(f"acme/{name}")
    return RepoRef(id=RepoId(found.id), node_id=NodeId(found.node_id), owner="acme", name=name)


async def kill_on_the_way(here: Organisation, run: Callable[[], Awaitable[Outcome]]) -> int:
    """Kill it after its first request, then after its second, and so on, until it lives long enough."""
    kills = 0
    while True:
        task, left = asyncio.ensure_future(run()), [kills + 1]

        def see(_: Exchange, task: asyncio.Future[Outcome] = task, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] == 0:
                task.cancel()

        here.github.recorder.listeners.append(see)
        await asyncio.wait({task})
        here.github.recorder.listeners.remove(see)
        if not task.cancelled():
            assert isinstance(task.result(), Done)
            return kills
        kills += 1
        assert kills < 40


async def test_a_scan_with_reviewers_and_a_broken_configuration(acme: Organisation) -> None:
    acme.github.create_user("bob")
    acme.create("tool", files={"pyproject.toml": PACKAGE.format(name="tool"), PATH: "reviewers: [bob]\n"})
    acme.github.set_role("acme/tool", "bob", "write")
    job = scan_job(acme.installation, ref(acme, "tool"))
    assert await kill_on_the_way(acme, lambda: scan(job, acme.services)) > 5
    [pull] = acme.github.repository("acme/tool").pulls.values()
    assert [one.login for one in pull.reviewers] == ["bob"]
    acme.push("tool", {PATH: BROKEN})
    assert await kill_on_the_way(acme, lambda: scan(job, acme.services)) > 2
    [check] = acme.github.repository("acme/tool").check_runs.values()
    assert check.conclusion == "failure"
    assert list(acme.github.repository("acme/tool").pulls) == [pull.number]
    assert pull.issue.open, "the last sound configuration is in force"


async def test_a_scan_that_the_accounts_file_overtook_is_done_again(acme: Organisation) -> None:
    """It would leave behind that it looked at everything, and a sweep would believe it."""
    acme.create("tool", files={"pyproject.toml": PACKAGE.format(name="tool")})
    newer = SharedFile(repo=RepoId(1), text="labels: [ci]\n")

    def overtake(asked: Exchange) -> None:
        if asked.path.endswith("/git/trees"):
            acme.services.configurations.put_shared("acme", acme.installation, newer, acme.time.now)

    acme.github.recorder.listeners.append(overtake)
    job = scan_job(acme.installation, ref(acme, "tool"))
    await scan(job, acme.services)
    assert (await acme.queued())["scan"] == ["tool"]
    acme.github.recorder.listeners.remove(overtake)
    await scan(job, acme.services)
    [pull] = acme.github.repository("acme/tool").pulls.values()
    assert [label.name for label in pull.issue.labels] == ["pubflow", "ci"]


async def test_a_summary(acme: Organisation) -> None:
    settings = "onboarding: {issue: acme/reports}\n"
    acme.create(".github", files={PATH: settings}, visibility="private")
    acme.create("reports", visibility="private")
    job = summary_job(acme.installation, "acme")
    assert await kill_on_the_way(acme, lambda: summarise(job, acme.services)) > 2
    assert len(acme.github.repository("acme/reports").issues) == 1


async def test_a_preview(acme: Organisation) -> None:
    acme.create("tool", files={PATH: BROKEN})
    sha = acme.github.repository("acme/tool").head or ""
    args = named(ref(acme, "tool")) | {"sha": sha}
    job = Job(kind="preview", key="x", installation=acme.installation, args=args)
    assert await kill_on_the_way(acme, lambda: preview(job, acme.services)) > 1
    assert len(acme.github.repository("acme/tool").check_runs) == 1
