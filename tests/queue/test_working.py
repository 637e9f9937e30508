"""How jobs are worked: one at a time where it matters, again where it helps, and never forgotten."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace

import pytest

from bot.errors import ConfigurationError, Conflict, Forbidden, Gone, Stopped, Unavailable, Unwanted, WaitUntil
from bot.model import Done, InstallationId, Job, JsonValue, Later, Outcome, RepoId
from bot.queue import JobState, Queue
from tests.queue.conftest import FAST, Queues, until

OK = Done(summary="done")


def job(
    kind: str = "scan",
    key: str = "1",
    *,
    repo: int | None = None,
    installation: int = 1,
    once: bool = False,
    n: int = 0,
) -> Job:
    args: dict[str, JsonValue] = {"n": n} if repo is None else {"n": n, "repo_id": repo}
    return Job(kind=kind, key=key, installation=InstallationId(installation), args=args, once=once)


@dataclass(slots=True)
class Log:
    """What ran, and how much of it at a time."""

    runs: list[Job] = field(default_factory=list)
    now: Counter[object] = field(default_factory=Counter)
    most: dict[object, int] = field(default_factory=lambda: defaultdict(int))

    async def during(self, job: Job, *names: object) -> None:
        self.runs.append(job)
        for name in names:
            self.now[name] += 1
            self.most[name] = max(self.most[name], self.now[name])
        await asyncio.sleep(0.01)
        for name in names:
            self.now[name] -= 1


async def submit(queue: Queue, *jobs: Job) -> None:
    await queue.submit(jobs)


async def test_of_four_hundred_pushes_the_last_is_never_missed_and_never_two_run(queues: Queues) -> None:
    log, pushed, read = Log(), dict.fromkeys(range(5), 0), dict.fromkeys(range(5), 0)

    async def work(job: Job) -> Outcome:
        repo = int(job.key)
        read[repo] = pushed[repo]
        await log.during(job, repo)
        return OK

    queue = await queues({"scan": work})
    for n in range(80):
        for repo in pushed:
            pushed[repo] = n + 1
        assert all(
            await asyncio.gather(
                *(queue.accept(f"{repo}-{n}", "push", None, [job(key=str(repo), repo=repo, n=n)]) for repo in pushed)
            )
        )
    assert await queue.idle(60)
    assert read == pushed
    assert log.most == dict.fromkeys(range(5), 1)
    assert len(pushed) <= len(log.runs) <= 300  # how many depends on how fast this machine is


async def test_a_push_during_a_run_makes_exactly_one_more(queues: Queues) -> None:
    begun, go_on, seen = asyncio.Event(), asyncio.Event(), list[JsonValue]()

    async def work(job: Job) -> Outcome:
        seen.append(job.args["n"])
        begun.set()
        await go_on.wait()
        return OK

    queue = await queues({"scan": work})
    await submit(queue, job(n=1))
    await begun.wait()
    for n in range(2, 12):
        await submit(queue, job(n=n))
    assert (await queue.depth()).waiting.count == 1
    go_on.set()
    assert await queue.idle(30)
    assert seen == [1, 11]


async def test_jobs_of_one_repository_never_overlap_whatever_their_kind(queues: Queues) -> None:
    log = Log()

    async def work(job: Job) -> Outcome:
        await log.during(job, job.args["repo_id"])
        return OK

    queue = await queues({"scan": work, "settle": work})
    jobs = [job("scan", str(repo), repo=repo) for repo in range(4)]
    jobs += [job("settle", f"{repo}:{n}", repo=repo, once=True) for repo in range(4) for n in range(5)]
    await queue.submit(jobs)
    assert await queue.idle(60)
    assert len(log.runs) == 24
    assert set(log.most.values()) == {1}


async def test_jobs_of_one_repository_are_worked_in_the_order_of_their_coming(queues: Queues) -> None:
    log = Log()

    async def work(job: Job) -> Outcome:
        await log.during(job)
        return OK

    queue = await queues({"settle": work})
    for n in range(8):
        await submit(queue, job("settle", str(n), repo=1, once=True, n=n))
    assert await queue.idle(30)
    assert [run.args["n"] for run in log.runs] == list(range(8))


async def test_no_more_jobs_of_an_installation_run_than_it_may_have(queues: Queues) -> None:
    log = Log()

    async def work(job: Job) -> Outcome:
        await log.during(job, job.installation)
        return OK

    queue = await queues({"scan": work})
    await queue.submit([job(key=str(n), installation=n % 2, repo=n) for n in range(40)])
    assert await queue.idle(60)
    assert len(log.runs) == 40
    assert max(log.most.values()) <= FAST.per_installation
    assert max(log.most.values()) >= 2


async def test_an_installation_with_much_to_do_does_not_hold_up_another(queues: Queues) -> None:
    log, go_on = Log(), asyncio.Event()

    async def work(job: Job) -> Outcome:
        log.runs.append(job)
        if job.installation == 1:
            await go_on.wait()
        return OK

    queue = await queues({"scan": work})
    await queue.submit([job(key=str(n), installation=1, repo=n) for n in range(60)])
    await until(lambda: len(log.runs) == FAST.per_installation)
    await submit(queue, job(key="other", installation=2, repo=99))
    await until(lambda: any(run.key == "other" for run in log.runs))
    await queue.forget(InstallationId(1))
    go_on.set()


@pytest.mark.parametrize("once", [True, False])
async def test_a_job_that_must_wait_comes_back_and_holds_nothing_meanwhile(queues: Queues, once: bool) -> None:
    runs = list[str]()

    async def work(job: Job) -> Outcome:
        runs.append(job.kind)
        return Later(seconds=1.0, reason="rate limit") if runs.count("slow") == 1 and job.kind == "slow" else OK

    queue = await queues({"slow": work, "quick": work})
    await submit(queue, job("slow", repo=1, once=once))
    await until(lambda: runs == ["slow"])
    await submit(queue, job("quick", repo=1))
    await until(lambda: "quick" in runs)
    (waiting,) = await queue.jobs(JobState.WAITING)
    assert (waiting.kind, waiting.error, waiting.tries) == ("slow", "rate limit", 0)
    assert waiting.due_at is not None
    assert await queue.idle(30)
    assert runs == ["slow", "quick", "slow"]


async def test_a_delayed_job_absorbs_later_ones_and_can_be_hurried(queues: Queues) -> None:
    seen = list[JsonValue]()

    async def work(job: Job) -> Outcome:
        seen.append(job.args["n"])
        return Later(seconds=3600, reason="rate limit") if len(seen) == 1 else OK

    queue = await queues({"scan": work})
    await submit(queue, job(n=1))
    await until(lambda: seen == [1])
    await until_waiting(queue)
    for n in (2, 3):
        await submit(queue, job(n=n))
    (waiting,) = await queue.jobs()
    assert not await queue.idle(0)
    assert await queue.retry(waiting.id)
    assert await queue.idle(30)
    assert seen == [1, 3]


async def test_one_that_came_during_a_run_takes_over_its_delay(queues: Queues) -> None:
    begun, go_on, seen = asyncio.Event(), asyncio.Event(), list[JsonValue]()

    async def work(job: Job) -> Outcome:
        seen.append(job.args["n"])
        begun.set()
        await go_on.wait()
        return Later(seconds=3600, reason="rate limit") if len(seen) == 1 else OK

    queue = await queues({"scan": work})
    await submit(queue, job(n=1))
    await begun.wait()
    await submit(queue, job(n=2))
    go_on.set()
    await until_waiting(queue)
    (waiting,) = await queue.jobs()
    assert (waiting.id, waiting.error) == ("scan:1#2", "rate limit")
    assert waiting.due_at is not None
    assert seen == [1]


async def until_waiting(queue: Queue) -> None:
    async def only_waits() -> bool:
        depth = await queue.depth()
        return depth.waiting.count > 0 and depth.running.count == 0

    await until(only_waits)


FAILING: list[tuple[BaseException, str, int, str | None]] = [
    (Gone("the repository is not there"), "done", 1, None),
    (Stopped("paused"), "done", 1, None),
    (WaitUntil("rate limit", seconds=3600), "waiting", 1, "WaitUntil: rate limit"),
    (Forbidden("no permission"), "failed", 1, "Forbidden: no permission"),
    (Unwanted("a defect"), "failed", 1, "Unwanted: a defect"),
    (Unavailable("502"), "failed", 5, "Unavailable: 502"),
    (Conflict("moved"), "failed", 5, "Conflict: moved"),
    (ConfigurationError("the key is not taken"), "failed", 5, "ConfigurationError: the key is not taken"),
    (ValueError("a defect"), "failed", 5, "ValueError: a defect"),
    (asyncio.CancelledError(), "failed", 5, "CancelledError: "),
    (TimeoutError(), "failed", 5, "TimeoutError: "),
]
DELAYED = "2"
"""The key of the one that waits for the rate limit."""


async def test_what_a_failure_leads_to(queues: Queues) -> None:
    runs: Counter[str] = Counter()

    async def work(job: Job) -> Outcome:
        runs[job.key] += 1
        raise FAILING[int(job.key)][0]

    async def fine(job: Job) -> Outcome:
        return OK

    queue = await queues({"scan": work, "fine": fine})
    await queue.submit([job(key=str(n), repo=n) for n in range(len(FAILING))])
    await queue.submit([job("fine", str(n), repo=n) for n in range(len(FAILING))])

    async def settled() -> bool:
        found = await queue.jobs()
        return all(info.state is JobState.FAILED or info.key == DELAYED for info in found) and len(runs) == len(FAILING)

    await until(settled)
    found = {(info.kind, info.key): (info.state.value, info.error) for info in await queue.jobs()}
    for n, (error, state, times, text) in enumerate(FAILING):
        assert runs[str(n)] == times, error
        assert found.pop(("scan", str(n)), ("done", None)) == (state, text)
    assert found == {}


async def test_a_job_that_fails_a_few_times_is_done_in_the_end(queues: Queues) -> None:
    log = Log()

    async def work(job: Job) -> Outcome:
        log.runs.append(job)
        if len(log.runs) < 4:
            raise Unavailable("502")
        return OK

    queue = await queues({"scan": work})
    await submit(queue, job())
    assert await queue.idle(30)
    assert len(log.runs) == 4
    assert await queue.jobs() == []


@pytest.mark.parametrize("once", [True, False])
async def test_a_job_set_aside_blocks_nothing_and_can_be_retried(queues: Queues, once: bool) -> None:
    log, mended = Log(), asyncio.Event()

    async def work(job: Job) -> Outcome:
        log.runs.append(job)
        if not mended.is_set():
            raise Unavailable("502")
        return OK

    async def fine(job: Job) -> Outcome:
        return OK

    queue = await queues({"scan": work, "fine": fine})
    await submit(queue, job(repo=1, once=once))
    assert await queue.idle(30)
    (failed,) = await queue.jobs(JobState.FAILED)
    assert (failed.tries, failed.error) == (5, "Unavailable: 502")
    await submit(queue, job("fine", repo=1))
    assert await queue.idle(30)
    mended.set()
    assert await queue.retry(failed.id)
    assert await queue.idle(30)
    assert len(log.runs) == 6
    assert await queue.jobs() == []
    assert not await queue.retry(failed.id)
    assert not await queue.retry("no such job")


async def test_a_kind_that_this_worker_does_not_know_waits_for_one_that_does(queues: Queues) -> None:
    """Old and new machines side by side: what only the new ones know is neither lost nor held against it."""
    old = await queues({})
    await submit(old, job("new"))

    async def offered() -> bool:
        return any("knows no job of kind new" in (info.error or "") for info in await old.jobs())

    await until(offered)
    (waiting,) = await old.jobs()
    assert (waiting.state, waiting.tries) == (JobState.WAITING, 0)
    assert waiting.due_at is not None
    await old.stop(0)


async def test_no_secret_and_no_novel_is_stored_of_an_error(queues: Queues) -> None:
    async def work(job: Job) -> Outcome:
        raise Unwanted("token ghs_secret \0 " + "x" * 5000)

    queue = await queues({"scan": work}, redact=lambda text: text.replace("ghs_secret", "***"))
    await submit(queue, job())
    assert await queue.idle(30)
    (failed,) = await queue.jobs()
    assert failed.error is not None
    assert failed.error.startswith("Unwanted: token *** \N{REPLACEMENT CHARACTER} xxx")
    assert len(failed.error) == 500


async def test_a_job_that_takes_too_long_has_failed(queues: Queues) -> None:
    async def work(job: Job) -> Outcome:
        await asyncio.Event().wait()
        return OK

    queue = await queues({"scan": work}, options=replace(FAST, deadline=0.05, tries=2))
    await submit(queue, job())
    assert await queue.idle(30)
    (failed,) = await queue.jobs()
    assert (failed.error, failed.tries) == ("TimeoutError: ", 2)


async def test_what_waits_can_be_dropped_and_what_runs_cannot(queues: Queues) -> None:
    log, begun, go_on = Log(), asyncio.Event(), asyncio.Event()

    async def work(job: Job) -> Outcome:
        log.runs.append(job)
        begun.set()
        await go_on.wait()
        return OK

    queue = await queues({"scan": work})
    await submit(queue, job(n=1))
    await begun.wait()
    await submit(queue, job(n=2))
    running, waiting = sorted(await queue.jobs(), key=lambda info: info.state)
    assert (running.state, waiting.state) == (JobState.RUNNING, JobState.WAITING)
    assert not await queue.drop(running.id)
    assert await queue.drop(waiting.id)
    assert not await queue.drop(waiting.id)
    assert not await queue.drop("no such job")
    go_on.set()
    assert await queue.idle(30)
    assert len(log.runs) == 1


async def test_what_waits_for_somebody_who_is_gone_is_dropped(queues: Queues) -> None:
    queue = await queues()
    await queue.submit([job(key=str(n), installation=n % 2, repo=n) for n in range(10)])
    await submit(queue, job("settle", "x", installation=1, repo=4, once=True))
    assert await queue.forget(InstallationId(1)) == 6
    assert await queue.forget(InstallationId(1)) == 0
    assert await queue.forget_repository(RepoId(4)) == 1
    assert await queue.forget_repository(RepoId(77)) == 0
    assert {info.key for info in await queue.jobs()} == {"0", "2", "6", "8"}


async def test_depth_counts_what_waits_runs_and_failed(queues: Queues) -> None:
    go_on = asyncio.Event()

    async def work(job: Job) -> Outcome:
        if job.key == "bad":
            raise Unwanted("no")
        await go_on.wait()
        return OK

    queue = await queues({"scan": work})
    assert (await queue.depth()).idle
    await submit(queue, job(key="bad"))
    assert await queue.idle(30)
    await submit(queue, *(job(key=str(n)) for n in range(8)))

    async def full() -> bool:
        return (await queue.depth()).running.count == FAST.per_installation

    await until(full)
    depth = await queue.depth()
    assert (depth.waiting.count, depth.running.count, depth.failed.count) == (5, 3, 1)
    assert 0 <= depth.waiting.oldest <= depth.failed.oldest < 60
    assert not depth.idle
    go_on.set()


async def test_a_queue_without_workers_only_keeps(queues: Queues) -> None:
    queue = await queues()
    await submit(queue, job())
    await queue.every("nightly", "* * * * * *", job(key="nightly"))
    assert not await queue.idle(0.3)
    assert (await queue.depth()).waiting.count == 1
